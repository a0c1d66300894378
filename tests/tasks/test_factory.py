"""Programs that are written down once and called with data."""

import pytest

from flowlab import Program
from flowlab.errors import MissingData, UsageError, WrongKind
from flowlab.graph import active
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.tasks.basic import Concat
from flowlab.tasks.objects import blob, directory
from tests.graph.owner import NoEngines

GREP = Program(["grep", "rain", Input("my_input", path="my_file")], stdout=True)


def text(engine, task):
    return [instance.get_bytes() for instance in engine.run(task)]


def test_each_call_is_a_task_with_its_own_data(engine, session):
    dry = GREP(my_input=blob("no\nrain\n"))
    wet = GREP(my_input=Concat([blob("It is\n"), blob("rainy day\n")]), name="days/wet")
    assert text(engine, dry) == [b"rain\n"]
    assert text(engine, wet) == [b"rainy day\n"]
    assert (dry.name, wet.name) == ("", "days/wet")
    assert wet.inputs.labels() == ["my_input"]
    assert [each for each in session.added if each in (dry, wet)] == [dry, wet]


def test_all_places_take_labelled_data(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    program = Program(
        "cat deep/1; cat; cp -r tree out; printf changed > first",
        "shown",
        Input("standard"),
        [
            Input("first", path="deep/1"),
            InputDir("tree"),
            Input("more", path="first", write=True),
        ],
        [OutputDir("out"), "first"],
        shell=True,
        name="group/all",
        cpus=2,
    )
    assert program.labels == ("first", "tree", "more", "standard")
    data = {"standard": blob("in"), "first": blob("1"), "more": blob("")}
    task = program(tree=directory(tmp_path / "d"), **data)
    shown, out, first = engine.run(task)
    out.write(tmp_path / "got")
    assert (shown.get_bytes(), first.get_bytes()) == (b"1in", b"changed")
    assert (tmp_path / "got" / "x").read_text() == "x"
    assert task.outputs.labels() == ["shown", "out", "first"]
    assert (task.name, task.resources.cpus) == ("group/all", 2)


def test_one_input_or_output_needs_no_list(engine):
    for made in ("copy", Output("copy")):
        program = Program("cp a copy", input_paths=Input("a"), output_paths=made)
        assert text(engine, program(a=blob("x"))) == [b"x"]


def test_a_label_alone_stands_for_an_input(engine):
    program = Program("cat a -", stdin="b", input_paths=["a"], stdout=True)
    assert program.labels == ("a", "b")
    assert text(engine, program(a=blob("1"), b=blob("2"))) == [b"12"]


def test_inputs_without_a_label_are_called_by_their_place(engine):
    program = Program(["cat", Input(), "-", Input()], stdin=Input(), stdout=True)
    assert program.labels == ("arg1", "arg3", "stdin")
    task = program(arg1=blob("1"), stdin=blob("2"), arg3=blob("3"))
    assert text(engine, task) == [b"123"]


def test_one_program_serves_many_sessions(session):
    other = NoEngines(2)
    data = blob("rain", session=other)
    task = GREP(my_input=data, session=other)
    active.push(other)
    again = GREP(my_input=data)
    active.pop(other)
    assert (other.added, session.added) == ([data, task, again], [])


def test_a_directory_may_stand_among_the_arguments(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("x")
    copy = Program(["cp", "-r", InputDir("from"), OutputDir("to")])
    (instance,) = engine.run(copy(**{"from": directory(tmp_path / "d")}))
    instance.write(tmp_path / "got")
    assert (tmp_path / "got" / "x").read_text() == "x"


def test_data_that_is_missing_is_named(session):
    with pytest.raises(KeyError, match="needs data for its input 'my_input'"):
        GREP()
    with pytest.raises(MissingData, match=r"program\(my_input=…\)"):
        GREP(other=blob(""))


def test_data_goes_by_label_not_by_position():
    with pytest.raises(TypeError, match=r"takes its data by label, as in program\(my_input=…\)"):
        GREP(blob("x"))


def test_unknown_keywords_are_ignored(engine):
    task = GREP(my_input=blob("rain"), output=Output("x"), other=1)
    assert task.outputs.labels() == ["stdout"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (lambda: {"args": ["grep", blob("")]}, WrongKind, "belongs to no session"),
        (lambda: {"args": ["grep", Concat([])]}, WrongKind, "belongs to no session"),
        (lambda: {"args": "grep", "stdin": blob("")}, WrongKind, "belongs to no session"),
        (lambda: {"args": ["grep", 5]}, WrongKind, "1. item of the program is <class 'int'>"),
        (lambda: {"args": ["cat", Input("a", dataobj=blob(""))]}, WrongKind, "has no dataobj"),
        (lambda: {"args": "cat", "input_paths": [5]}, WrongKind, "and not Input"),
        (lambda: {"args": "cat", "input_paths": [Input()]}, UsageError, "needs a label"),
        (lambda: {"args": ["cat", Input("name")]}, UsageError, "keyword of every call"),
        (lambda: {"args": ["cat", Input("a")], "stdin": Input("a")}, UsageError, "label 'a'"),
    ],
)
def test_what_cannot_stand_in_a_pattern_is_refused(arguments, error, message):
    given = arguments()
    with pytest.raises(error, match=message):
        Program(**given)


def test_it_shows_its_command():
    assert repr(GREP) == "<Program 'grep rain {my_input}'>"
