"""What the decorator and annotations say of a function's inputs and outputs."""

import textwrap

import pytest

from flowlab import remote
from flowlab.errors import ContentTypeError, UsageError, WrongKind
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.staging.instance import DataInstance
from flowlab.tasks.hints import Hints
from flowlab.tasks.objects import blob, directory, pickled


@remote(inputs={"data": Input(load=True)}, auto_encode="json")
def seen(ctx, data, other=None, *rest, **more):
    """What arrived as a value, and what as an instance."""

    def look(thing):
        if isinstance(thing, list):
            return [look(each) for each in thing]
        return f"instance {thing.content_type}" if isinstance(thing, DataInstance) else thing

    return [look(each) for each in (data, other, *rest, *more.values())]


def test_an_input_is_loaded_where_it_is_asked_for_in_containers_too(engine):
    one, two = pickled(1), blob("2")
    assert engine.value(seen([one, [two]], one)) == [[1, ["2"]], "instance pickle"]
    assert engine.value(seen(other=two, data=one)) == [1, "instance text"]


def test_gathered_arguments_have_the_input_of_their_parameter(engine):
    @remote(inputs=[("rest", Input(load=True)), ("more", Input(load=True))], auto_encode="json")
    def gather(ctx, first, *rest, **more):
        return [isinstance(first, DataInstance), *rest, *more.values()]

    one, two = pickled(1), pickled(2)
    assert engine.value(gather(one, one, two, x=one, y=5)) == [True, 1, 2, 1, 5]


def test_auto_load_can_be_refused_for_one(engine):
    @remote(auto_load=True, auto_encode="json", inputs={"raw": Input(load=False)})
    def mixed(ctx, raw, loaded):
        return [raw.get_str(), loaded]

    data = blob([1], encode="json")
    assert engine.value(mixed(data, data)) == ["[1]", [1]]


@remote(inputs={"data": Input(content_type="json")}, auto_encode="json")
def typed(ctx, data):
    return [data.content_type, data.load()]


@pytest.mark.parametrize("given", [{"encode": "json"}, {}], ids=["the same", "none"])
def test_a_content_type_that_is_asked_for_is_there(engine, given):
    value = [1, 2] if given else b"[1, 2]"
    assert engine.value(typed(blob(value, **given))) == ["json", [1, 2]]


def test_another_content_type_fails_the_task(engine):
    with pytest.raises(
        ContentTypeError, match=r"input 0 \('pickle'\): Incompatible content types: 'json' and"
    ):
        engine.run(typed(pickled([1])))


def test_a_narrower_type_stays_as_it_is(engine):
    @remote(inputs={"data": Input(content_type="user/a")})
    def kind(ctx, data):
        return data.content_type

    for content_type, expected in [("user/a/b", b"user/a/b"), ("user/a", b"user/a")]:
        (instance,) = engine.run(kind(blob(b"", content_type=content_type)))
        assert instance.get_bytes() == expected
    with pytest.raises(ContentTypeError, match="types: 'user/a' and 'user/ab'"):
        engine.run(kind(blob(b"", content_type="user/ab")))


def test_blobs_and_directories_are_told_apart_when_the_task_is_declared(engine, tmp_path):
    @remote(inputs={"tree": InputDir()})
    def names(ctx, tree):
        tree.write("here")
        return b"written"

    (tmp_path / "d").mkdir()
    folder = directory(tmp_path / "d")
    assert engine.run(names(folder))[0].get_bytes() == b"written"
    with pytest.raises(UsageError, match="Input 'tree' expects data type dir"):
        names(blob(b""))
    with pytest.raises(UsageError, match="Input 'data' expects data type blob"):
        typed(folder)


def test_a_call_may_say_it_of_its_own_arguments(engine, tmp_path):
    one = pickled(1)
    task = seen(Input(dataobj=one, load=False), [one], Input("x", dataobj=[one], load=True), y=one)
    assert engine.value(task) == [
        "instance pickle", ["instance pickle"], [1], "instance pickle",
    ]  # fmt: skip
    as_json = seen(data=Input(dataobj=blob(b"[2]"), content_type="json", load=True))
    assert engine.value(as_json) == [[2], None]
    (tmp_path / "d").mkdir()
    with pytest.raises(UsageError, match="expects data type blob"):
        seen(Input(dataobj=directory(tmp_path / "d")))
    with pytest.raises(UsageError, match=r"needs its data: Input\(dataobj=…\)"):
        seen(Input("x"))
    with pytest.raises(UsageError, match="path is for programs"):
        seen(Input(dataobj=one, path="x"))


def test_annotations_say_the_same(engine):
    @remote
    def test1(ctx: object, a: Input(content_type="json", load=True), b: int = 0) -> Output(
        encode="pickle", label="test_pickle"
    ):
        return {"a": a, "b": b}

    task = test1(blob(b"[1]"), 5)
    assert task.outputs.labels() == ["test_pickle"]
    assert engine.value(task) == {"a": [1], "b": 5}


@pytest.mark.parametrize(
    ("hint", "labels"),
    [
        (0, []),
        (2, ["out0", "out1"]),
        ((Output("first", encode="json"), "lbl"), ["first", "lbl"]),
        (OutputDir("tree"), ["tree"]),
        (bytes, ["out0"]),
        (True, ["out0"]),
        ("bytes", ["out0"]),
        (tuple[int, str], ["out0"]),
        (None, ["out0"]),
    ],
)
def test_the_annotation_of_what_is_returned_may_be_the_outputs(hint, labels):
    def f(ctx):
        return None

    f.__annotations__["return"] = hint
    assert remote(f)().outputs.labels() == labels


def test_annotations_that_are_text_are_understood(engine):
    names = {"remote": remote, "Input": Input, "Output": Output}
    source = """
        from __future__ import annotations
        @remote()
        def f(ctx, a: Input(load=True), b: OnlyForCheckers = 1) -> Output(encode="json", label="x"):
            return [a, b]
    """
    exec(textwrap.dedent(source), names)
    task = names["f"](pickled(1))
    assert task.outputs.labels() == ["x"]
    assert engine.value(task) == [1, 1]


def declared(**said):
    def f(ctx, a: Input(load=True), b=None) -> 0:
        return None

    return Hints(f, **said)


@pytest.mark.parametrize(
    ("said", "error", "message"),
    [
        ({"inputs": {"a": Input()}}, UsageError, "parameter 'a' of f\\(\\) is described twice"),
        ({"outputs": 1}, UsageError, r"outputs of f\(\) are described twice"),
        ({"inputs": {"c": Input()}}, UsageError, r"f\(\) has no parameter 'c'"),
        ({"inputs": {"ctx": Input()}}, UsageError, r"f\(\) has no parameter 'ctx'"),
        ({"inputs": {"b": "json"}}, WrongKind, "takes an Input, not 'json'"),
        ({"inputs": {"b": Input("label")}}, UsageError, "'b': label is for programs"),
        ({"inputs": {"b": Input(path="p")}}, UsageError, "'b': path is for programs"),
        ({"inputs": {"b": Input(dataobj=1)}}, UsageError, "'b': dataobj is for programs"),
        ({"inputs": {"b": Input(write=True)}}, UsageError, "'b': write is for programs"),
    ],
)
def test_what_contradicts_itself_is_refused(said, error, message):
    with pytest.raises(error, match=message):
        declared(**said)


def test_arguments_find_their_parameters():
    def f(ctx, a, /, b, *rest, c, **more):
        return None

    hints = Hints(f)
    assert hints.parameters(4, ["c", "x"]) == ["a", "b", "rest", "rest", "c", "more"]
    assert hints.parameters(1, ["b", "c", "a"]) == ["a", "b", "c", "more"]


def _no_context(*args):
    return args


@pytest.mark.parametrize(
    "function",
    [
        lambda ctx: 0,
        lambda ctx, a: 0,
        lambda ctx, a, b=1: 0,
        lambda ctx, a, /, b: 0,
        lambda ctx, *rest: 0,
        lambda ctx, a, *rest, c=1: 0,
        lambda ctx, a, *, c: 0,
        lambda ctx, **more: 0,
        _no_context,
    ],
)
@pytest.mark.parametrize("count", range(4))
@pytest.mark.parametrize("keywords", [{}, {"c": 1}, {"a": 1}])
def test_a_call_is_refused_as_python_refuses_it(function, count, keywords):
    def fits(call, *args):
        try:
            call(*args, **keywords)
        except TypeError:
            return False
        return True

    args = (0,) * count
    check = Hints(function).check_call
    assert fits(lambda *a, **k: check(a, k), *args) == fits(function, None, *args)


def test_an_input_may_hint_at_the_size_of_its_objects():
    @remote(inputs={"data": Input(size_hint=5)})
    def f(ctx, data, other):
        return b""

    task = f([blob(b"x")], blob(b"y"))
    assert [each.spec.size_hint for each in task.inputs] == [5, None]
