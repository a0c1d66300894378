"""What a task may give."""

from flowlab.model.ids import Assignment
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Inline, Stored
from flowlab.model.specs import DataType, ObjectSpec, TaskSpec
from flowlab.worker.messages import Job
from tests.worker.workshop import batch, job, out, task_id


def typed(content_type, data_type=DataType.BLOB):
    spec = TaskSpec(task_id(1), "call", outputs=(out(1),))
    output = ObjectSpec(out(1), "table", data_type, content_type)
    return Job(spec, Assignment(1), (output,), (out(1),), urgent=False)


def failure(shop, one, call):
    return shop.run(batch([one], [call])).failed[task_id(1)].message


def test_the_declared_type_fills_in_what_the_task_left_open(shop):
    sheet = shop.run(batch([typed("json")], [lambda ctx: ctx.blob(b"[1]")]))
    assert sheet.finished[task_id(1)][4][0].content_type == "json"


def test_another_type_than_the_declared_one_fails(shop):
    message = failure(shop, typed("json"), lambda ctx: ctx.blob("text"))
    assert message == "output 'table' was declared as 'json', the task gave 'text'"


def test_a_directory_is_not_a_blob(shop):
    message = failure(shop, typed("", DataType.DIR), lambda ctx: ctx.blob(b""))
    assert message == "Output 'table' (content_type='') expects type dir, but blob is provided"


def test_an_output_that_is_lacking_or_too_much_is_said(shop):
    two = job(1, outputs=2, publish=True)
    assert failure(shop, two, lambda ctx: [1]) == (
        "Some of outputs were not produced: the task gave 1 outputs, 2 were declared"
    )
    assert failure(shop, job(1, outputs=2, publish=True, assignment=2), lambda ctx: [1, 2, 3]) == (
        "the task gave 3 outputs, 2 were declared"
    )


def test_an_output_may_say_what_is_wrong_with_it(shop):
    def call(ctx):
        made = ctx.blob(b"half")
        made.info.error = "only half of it"
        return made

    assert failure(shop, typed(""), call) == "output 'table': only half of it"


def test_an_empty_error_is_none(shop):
    def call(ctx):
        made = ctx.blob(b"whole")
        made.info.error, made.info.debug, made.info.user["rows"] = "", "counted", (1, 2)
        return made

    sheet = shop.run(batch([typed("")], [call]))
    (info,) = sheet.finished[task_id(1)][4]
    assert info.user == {"rows": [1, 2], "_debug": "counted"}


def test_what_is_said_of_an_output_is_text_that_can_travel(shop):
    def call(ctx):
        made = ctx.blob(b"")
        made.user["name"] = "no \udcff text"
        return made

    assert "info.user of output 'table' must be JSON: 'utf-8'" in failure(shop, typed(""), call)


def test_what_is_said_of_an_output_is_json(shop):
    def call(ctx):
        made = ctx.blob(b"")
        made.info.user["x"] = object()
        return made

    assert "info.user of output 'table' must be JSON: Object of type object" in failure(
        shop, typed(""), call
    )


def test_up_to_the_limit_a_value_travels_above_it_lies_in_the_store(shop):
    jobs = [job(number, publish=True) for number in (1, 2)]
    calls = [lambda ctx: ctx.blob(b"x" * INLINE_OBJECT), lambda c: c.blob(b"x" * INLINE_OBJECT * 2)]
    sheet = shop.run(batch(jobs, calls))
    assert isinstance(sheet.values[out(1)], Inline)
    assert isinstance(sheet.values[out(2)], Stored)


def test_a_small_staged_file_travels(shop):
    def stages(ctx):
        (ctx.sandbox / "small").write_bytes(b"abc")
        return ctx.stage_file("small", "text")

    sheet = shop.run(batch([job(1, publish=True)], [stages]))
    assert sheet.values[out(1)] == Inline(b"abc")
