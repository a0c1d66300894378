"""How a program's task is declared: arguments, files, standard streams."""

import pytest

from flowlab.errors import ContentTypeError, UsageError
from flowlab.model.inputs import Input, InputDir, Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.tasks.basic import Concat
from flowlab.tasks.execute import Execute
from flowlab.tasks.objects import blob, directory, pickled


def text(engine, task):
    return [instance.get_bytes() for instance in engine.run(task)]


def test_a_command_line_is_split_into_words(engine):
    task = Execute("printf '%s|' 'a b' c", stdout=True)
    assert text(engine, task) == [b"a b|c|"]
    assert task.source == "printf '%s|' 'a b' c"
    assert task.output.label == "stdout"


def test_words_are_taken_as_they_are(engine):
    assert text(engine, Execute(["printf", "%s", "$HOME 'x'"], stdout=True)) == [b"$HOME 'x'"]


def test_a_shell_gets_a_string_untouched_and_words_joined(engine):
    kept = Execute("echo 'a  b' && echo $((1 + 1))", stdout=True, shell=True)
    joined = Execute(("echo", "$((1", "+", "2))"), stdout=True, shell=True)
    assert text(engine, kept) == [b"a  b\n2\n"]
    assert kept.source == "echo 'a  b' && echo $((1 + 1))"
    assert text(engine, joined) == [b"3\n"]


def test_objects_and_tasks_as_arguments_are_files_of_their_own_names(engine):
    task = Execute(["cat", blob("one "), blob("two "), Concat([blob("three")])], stdout="all")
    assert text(engine, task) == [b"one two three"]
    assert task.outputs["all"] is task.output


def test_a_directory_as_an_argument(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "x").write_text("")
    assert text(engine, Execute(["ls", directory(tmp_path / "d")], stdout=True)) == [b"x\n"]


def test_an_input_has_a_path_or_its_label(engine):
    task = Execute(
        [
            "cat",
            Input("a.txt", dataobj=blob("A")),
            Input("b", path="deep/b.txt", dataobj=blob("B")),
        ],
        stdout=True,
        input_paths=[Input("c", dataobj=blob("C"))],
    )
    assert text(engine, task) == [b"AB"]
    assert task.inputs.labels() == ["c", "a.txt", "b"]
    listed = Execute("find . -type f ! -name .*", True, input_paths=[Input("c", dataobj=blob(""))])
    assert text(engine, listed) == [b"./c\n"]


def test_an_object_alone_is_a_file_by_its_label(engine):
    named, made = blob("A", label="deep/a"), Concat([blob("B")])
    task = Execute("cat deep/a output", stdout=True, input_paths=[named, made])
    assert engine.run(task)[0].get_bytes() == b"AB"
    one = Execute("cat const", stdout=True, input_paths=blob("x"))
    assert engine.run(one)[0].get_bytes() == b"x"


def test_two_inputs_may_have_one_label(engine):
    given = [Input("a", path=path, dataobj=blob(path)) for path in ("one", "two")]
    task = Execute(["cat", *given], stdout=True)
    assert engine.run(task)[0].get_bytes() == b"onetwo"
    assert task.inputs.labels() == ["a", None]


def test_a_command_that_cannot_be_taken_apart_is_refused():
    with pytest.raises(UsageError, match=r"\"echo 'a\" cannot be taken apart: No closing quot"):
        Execute("echo 'a")


def test_an_input_may_hint_at_its_size():
    data = blob(b"x")
    Execute(["cat", Input("in", dataobj=data, size_hint=5)])
    assert data.spec.size_hint == 5


def test_stdin_takes_an_object_or_an_input(engine):
    assert text(engine, Execute("cat", stdout=True, stdin=blob("in"))) == [b"in"]
    labelled = Execute("cat", True, Input("given", dataobj=blob("in")))
    assert text(engine, labelled) == [b"in"]
    assert labelled.inputs.labels() == ["given"]
    assert text(engine, Execute("cat", stdout=True)) == [b""]
    assert len(Execute("cat", stdout=False).outputs) == 0


def test_outputs_come_in_order_stdout_paths_arguments(engine):
    task = Execute(
        ["tee", Output("copy"), Output("second", path="deep/second.txt")],
        stdout="shown",
        stdin=blob("data"),
        output_paths=["other", Output("labelled", path="other2", content_type="text")],
    )
    assert task.outputs.labels() == ["shown", "other", "labelled", "copy", "second"]
    assert task.outputs["labelled"].content_type == "text"


def test_files_that_are_made_become_outputs(engine):
    task = Execute(
        ["sh", "-c", "printf 1 > a; mkdir d; printf 2 > d/b; printf 3 > sub/c; tee e", "sh"],
        output_paths=["a", OutputDir("d"), "sub/c", Output("named", path="e")],
        stdin=blob("4"),
    )
    a, d, c, e = engine.run(task)
    assert (a.get_bytes(), c.get_bytes(), e.get_bytes()) == (b"1", b"3", b"4")
    d.write(engine.place / "d")
    assert (engine.place / "d" / "b").read_text() == "2"
    assert d.data_type is DataType.DIR


def test_an_output_as_an_argument_is_its_path(engine):
    task = Execute(["cp", Input("a", dataobj=blob("x")), Output("b", content_type="text")])
    assert engine.value(task) == "x"


def test_names_and_paths_in_a_shell_are_quoted(engine):
    task = Execute(["cat", Input("a b;c", dataobj=blob("x"))], stdout=True, shell=True)
    assert text(engine, task) == [b"x"]


def test_an_empty_label_is_a_label(engine):
    task = Execute(["printf", "x"], stdout=Output(""))
    assert text(engine, task) == [b"x"]
    assert task.outputs.labels() == [""]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"args": ["echo", 5]}, "1. argument is invalid, it has to be string, Input, or Output"),
        ({"args": []}, "needs a program"),
        ({"args": ""}, "needs a program"),
        ({"args": "x", "stdout": Output("o", path="p")}, "'path' is not allowed"),
        ({"args": "x", "stdout": OutputDir("o")}, "stdout is a blob"),
        ({"args": "x", "stdout": 5}, "stdout is True, a label or an Output, not 5"),
        ({"args": "x", "output_paths": ["/abs"]}, "inside the task's working directory"),
        ({"args": "x", "output_paths": ["a/../../b"]}, "inside the task's working directory"),
        ({"args": "x", "output_paths": ["."]}, "inside the task's working directory"),
        ({"args": "x", "output_paths": ["./"]}, "inside the task's working directory"),
        ({"args": "x", "output_paths": ["a\0b"]}, "inside the task's working directory"),
        ({"args": "x", "output_paths": ["a", Output("b", path="a")]}, "two outputs"),
        ({"args": "x", "output_paths": [Output("b", encode="json")]}, "encode is for Python"),
        ({"args": "x", "output_paths": [3]}, "takes paths and Outputs"),
        ({"args": "x", "input_paths": [Input("b")]}, "needs its data"),
        ({"args": "x", "input_paths": ["b"]}, "takes Input"),
    ],
)
def test_what_makes_no_sense_is_refused(session, arguments, message):
    with pytest.raises(UsageError, match=message):
        Execute(**arguments)
    assert session.added == []


@pytest.mark.parametrize(
    ("described", "error", "message"),
    [
        (lambda: Input("a", dataobj=blob(""), load=True), UsageError, "load is for Python"),
        (lambda: InputDir("a", dataobj=blob("")), UsageError, "expects data type dir"),
        (lambda: Input("../a", dataobj=blob("")), UsageError, "inside the task's"),
        (
            lambda: Input("a", dataobj=pickled(1), content_type="json"),
            ContentTypeError,
            "Incompatible content types",
        ),
    ],
)
def test_an_input_that_does_not_fit_is_refused(described, error, message):
    with pytest.raises(error, match=message):
        Execute("true", input_paths=[described()])


def test_two_inputs_at_one_path_are_refused():
    given = [Input("a", dataobj=blob("")), Input("b", path="a", dataobj=blob(""))]
    with pytest.raises(UsageError, match="mapped to the path 'a'"):
        Execute("true", input_paths=given)


def test_it_has_a_name_and_cpus(session):
    task = Execute("true", name="group/run", cpus=2)
    assert (task.name, task.resources.cpus) == ("group/run", 2)
    assert Execute("true").name == ""
    assert session.added[0] is task
