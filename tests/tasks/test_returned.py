"""What a Python function may return."""

import pytest

from flowlab import remote
from flowlab.errors import ContentTypeError, UsageError
from flowlab.model.inputs import Output
from flowlab.model.labels import LabeledList


def returning(value, **options):
    """A task that returns this."""

    @remote(**options)
    def give(ctx):
        return value

    return give()


def got(engine, task):
    return [instance.get_bytes() for instance in engine.run(task)]


@pytest.mark.parametrize(
    ("value", "options", "data", "content_type"),
    [
        (b"raw", {}, b"raw", None),
        ("žluť", {}, "žluť".encode(), "text"),
        (b"", {}, b"", None),
        ("[1]", {"outputs": [Output("o", content_type="json")]}, b"[1]", "json"),
        ("é", {"outputs": Output("o", content_type="text-latin1")}, b"\xe9", "text-latin1"),
        ([1], {"outputs": [Output("o", encode="json")]}, b"[1]", "json"),
        ("x", {"auto_encode": "json"}, b'"x"', "json"),
    ],
)  # fmt: skip
def test_what_may_be_returned(engine, value, options, data, content_type):
    task = returning(value, **options)
    (instance,) = engine.run(task)
    assert instance.get_bytes() == data
    assert instance.content_type == content_type


@pytest.mark.parametrize(
    ("value", "options", "message"),
    [
        (None, {}, "Invalid result object: None"),
        (5, {}, "Invalid result object: 5 .*auto_encode='pickle'"),
        (b"", {"outputs": 0}, "No returned value allowed"),
        ((1, 2), {"outputs": 3}, "Python task should return 3 outputs, got 2."),
        ("ab", {"outputs": 2}, "should return 2 outputs, .* got one 'str'"),
        (b"ab", {"outputs": 2}, "should return 2 outputs, .* got one 'bytes'"),
        (None, {"outputs": 2}, "should return 2 outputs"),
        ({"a": b""}, {"outputs": ["a", "b"]}, "no value for the output 'b'"),
    ],
)
def test_what_may_not_be_returned(engine, value, options, message):
    with pytest.raises(UsageError, match=message):
        engine.run(returning(value, **options))


def test_several_outputs_come_as_a_sequence_or_by_label(engine):
    assert got(engine, returning([b"1", "2"], outputs=2)) == [b"1", b"2"]
    by_label = returning({"b": b"B", "a": b"A", "more": 1}, outputs=["a", "b"])
    assert got(engine, by_label) == [b"A", b"B"]
    assert by_label.outputs.labels() == ["a", "b"]
    assert got(engine, returning((), outputs=0)) == []
    assert got(engine, returning(None, outputs=0)) == []


def test_an_instance_must_fit_the_declared_type(engine):
    @remote(outputs=[Output("o", content_type="json")])
    def wrong(ctx):
        return ctx.pickled(1)

    with pytest.raises(ContentTypeError, match="Incompatible content types: 'json' and 'pickle'"):
        engine.run(wrong())


def test_a_labeled_list_is_a_sequence_too(engine):
    task = returning(LabeledList([b"1", b"2"], ["x", "y"]), outputs=2)
    assert got(engine, task) == [b"1", b"2"]


def test_a_long_value_is_shown_short(engine):
    with pytest.raises(UsageError, match=r"Invalid result object: \[0, 1, .{60,80}… for"):
        engine.run(returning(list(range(1000))))
