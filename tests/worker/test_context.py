"""What a running task may use."""

import os

from tests.worker.workshop import batch, inline, job, object_id, task_id


def failure(shop, call):
    return shop.call(call).failed[task_id(1)].message


def test_inputs_have_their_labels_and_order(shop):
    one = job(1, inputs=[object_id(1), object_id(2)], publish=True)
    spec = type(one.spec)(
        one.spec.id, "call", inputs=one.spec.inputs, labels=("a", ""), outputs=one.spec.outputs
    )
    labelled = type(one)(spec, one.assignment, one.outputs, one.publish, one.urgent)
    values = {object_id(1): inline("first"), object_id(2): inline("second")}

    def call(ctx):
        return ctx.inputs.labels(), [one.get_bytes() for one in ctx.inputs]

    sheet = shop.run(batch([labelled], [call], values=values))
    labels, contents = shop.value(sheet, 1)
    assert labels == ["a", None]
    assert contents == [values[object_id(1)].data, values[object_id(2)].data]


def test_the_same_object_may_be_read_twice(shop):
    one = job(1, inputs=[object_id(1)] * 2, publish=True)
    sheet = shop.run(batch([one], [lambda ctx: len(ctx.inputs)], values={object_id(1): inline(1)}))
    assert shop.value(sheet, 1) == 2


def test_blobs_are_made_of_bytes_text_or_an_encoded_value(shop):
    def call(ctx):
        made = [
            ctx.blob(b"b"),
            ctx.blob("t"),
            ctx.blob([1], encode="json"),
            ctx.blob("{}", content_type="json"),
            ctx.pickled([1]),
        ]
        return [(one.content_type, one.size > 0) for one in made]

    types = [content_type for content_type, _ in shop.value(shop.call(call), 1)]
    assert types == [None, "text", "json", "json", "pickle"]


def test_text_of_a_type_is_what_it_says(shop):
    def call(ctx):
        return [
            ctx.blob("[1, 2]", content_type="json").load(),
            ctx.blob("ě", content_type="text-latin2").get_bytes(),
            ctx.blob("<a>", content_type="mime/text/html").get_bytes(),
            ctx.blob("plain", content_type="pickle").load(),
            ctx.blob([1], content_type="json").load(),
        ]

    assert shop.value(shop.call(call), 1) == [[1, 2], b"\xec", b"<a>", "plain", [1]]


def test_an_unknown_type_is_refused(shop):
    def stage(ctx):
        with open("file", "w"):
            return ctx.stage_file("file", "foo")

    for call in (lambda ctx: ctx.blob(b"x", "foo"), lambda ctx: ctx.blob("x", "foo"), stage):
        assert "Content type 'foo' is not recognized" in failure(shop, call)


def test_a_value_that_is_no_blob_is_refused_with_the_remedy(shop):
    assert "encode='pickle'" in failure(shop, lambda ctx: ctx.blob(3.5))


def test_debug_formats_only_when_there_is_something_to_fill_in(shop):
    def call(ctx):
        ctx.debug("{not a field}")
        ctx.debug("{} {name}", 1, name="two")
        raise ValueError("after it")

    sheet = shop.call(call)
    assert sheet.failed[task_id(1)].debug == "{not a field}\n1 two"
    assert sheet.text(1, "debug") == "{not a field}\n1 two\n"
    assert "takes text" in failure(shop, lambda ctx: ctx.debug(3))


def test_a_staged_file_is_moved_out(shop):
    def call(ctx):
        with open("table", "w") as file:
            file.write("a,b")
        instance = ctx.stage_file("table", "text")
        return os.listdir(), instance.get_str(), instance.content_type

    assert shop.value(shop.call(call), 1) == ([], "a,b", "text")


def test_a_staged_directory_is_moved_out(shop):
    def call(ctx):
        os.mkdir("tree")
        with open("tree/leaf", "w") as file:
            file.write("x")
        instance = ctx.stage_directory("tree")
        instance.write("copy")
        return os.listdir(), os.listdir("copy"), str(instance.data_type)

    assert shop.value(shop.call(call), 1) == (["copy"], ["leaf"], "dir")


def test_only_what_lies_in_the_working_directory_is_staged(shop):
    assert "relative" in failure(shop, lambda ctx: ctx.stage_file("/etc/passwd"))


def test_a_way_out_of_the_working_directory_is_refused(shop):
    assert "relative" in failure(shop, lambda ctx: ctx.stage_file("../x"))


def test_what_is_not_there_cannot_be_staged(shop):
    assert "there is no file 'x'" in failure(shop, lambda ctx: ctx.stage_file("x"))


def test_what_a_task_says_about_itself_must_be_json(shop):
    def call(ctx):
        ctx.user["made"] = object()
        return 1

    assert "must be JSON" in failure(shop, call)


def test_an_input_mapped_for_reading_that_was_written_fails_the_task(shop):
    def call(ctx):
        ctx.inputs[0].link("mapped")
        os.chmod("mapped", 0o600)
        with open("mapped", "w") as file:
            file.write("changed")
        return 1

    one = job(1, inputs=[object_id(1)])
    sheet = shop.run(batch([one], [call], values={object_id(1): inline("first")}))
    assert "read-only input 'mapped'" in sheet.failed[task_id(1)].message
