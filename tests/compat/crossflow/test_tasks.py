"""Tasks as they are declared, copied and called without a client."""

import pytest

from flowlab.compat.crossflow.given import Reader
from flowlab.compat.crossflow.tasks import DEBUGINFO, STDOUT, FunctionTask, SubprocessTask
from flowlab.errors import WrongPath, WrongValue

READER = Reader()


def command(template="cat a b > c", inputs=("a", "b"), outputs=("c",)):
    task = SubprocessTask(template)
    task.set_inputs(list(inputs))
    task.set_outputs(list(outputs))
    return task


def function(body, inputs, outputs=("out",)):
    task = FunctionTask(body)
    task.set_inputs(list(inputs))
    task.set_outputs(list(outputs))
    return task


def test_a_task_can_be_called_here():
    assert command()("file1.txt", "file2.txt").read_text() == "one\ntwo\n"
    assert command().run("file2.txt", "file1.txt").read_text() == "two\none\n"


def test_too_many_arguments_and_too_few_are_refused():
    for args in (("file1.txt",), ("file1.txt",) * 3, ()):
        with pytest.raises(
            IndexError, match=rf"takes 2 arguments \(a, b\), and was given {len(args)}"
        ):
            command()(*args)


def test_a_constant_is_no_argument_any_longer():
    task = command()
    task.set_constant("b", "file2.txt")
    assert task.inputs == ["a"]
    assert task("file1.txt").read_text() == "one\ntwo\n"
    task.set_constant("b", "file1.txt")  # the last word counts
    assert task("file1.txt").read_text() == "one\none\n"
    task.set_inputs(["a", "b"])
    assert task.constants == {}


def test_a_constant_is_a_file_as_it_was_or_the_value_of_a_variable(place):
    task = command("cat a; echo {n}", ["a", "n"], [STDOUT])
    task.set_constant("a", "file1.txt")
    task.set_constant("n", "file2.txt")
    (place / "file1.txt").write_text("changed")
    assert task() == "one\nfile2.txt\n"
    with pytest.raises(WrongPath, match="input 'x'"):
        task.set_constant("x", "absent")


def test_a_copy_is_its_own_task():
    task = command()
    other = task.copy()
    other.set_constant("b", "file2.txt")
    other.set_outputs(["c", DEBUGINFO])
    assert (task.inputs, task.outputs, task.constants) == (["a", "b"], ["c"], {})
    assert other("file1.txt")[0].read_text() == "one\ntwo\n"


def test_a_function_task_can_be_called_here_and_copied():
    task = function(lambda x, y: x * y, ["x", "y"])
    assert task(6, 7) == 42
    other = task.copy()
    other.set_constant("y", 2)
    assert (other(6), task(6, 7)) == (12, 42)
    assert repr(task) == "<FunctionTask <lambda>>"


def test_a_function_may_have_defaults_but_no_further_arguments():
    task = function(lambda x, y=2: x * y, ["x", "y"])
    assert task(6) == 12
    with pytest.raises(IndexError, match="takes 2 arguments"):
        task(1, 2, 3)


def test_a_dictionary_names_a_functions_inputs():
    task = function(lambda x, y: (x, y), ["x", "y"])
    assert task({"y": 1, "x": 2}) == (2, 1)
    assert task({"y": 1}, 3) == (3, 1)
    assert task({"z": 1}, 3) == ({"z": 1}, 3)
    assert task({}, 3) == ({}, 3)


def test_names_of_a_function_task_may_be_any_sequence():
    task = FunctionTask(len)
    task.set_inputs("obj")
    task.set_outputs("length")
    assert (task.inputs, task.outputs) == (["obj"], ["length"])
    task.set_inputs(("obj",))
    assert task.inputs == ["obj"]
    for wrong in ([5], [""]):
        with pytest.raises(TypeError, match="names"):
            task.set_outputs(wrong)


def test_names_of_a_command_are_lists():
    for set_names in (SubprocessTask("x").set_inputs, SubprocessTask("x").set_outputs):
        with pytest.raises(TypeError, match="must be of type list"):
            set_names(("a",))


def test_what_cannot_be_run_is_refused():
    with pytest.raises(TypeError, match="takes a function, not 5"):
        FunctionTask(5)
    with pytest.raises(WrongValue, match="NUL"):
        SubprocessTask("echo \0")


def test_arguments_are_bound_by_name():
    given = command("cat a; echo {n}", ["a", "n"]).bind(["file1.txt", "file2.txt"], READER)
    assert (given["a"].read_text(), given["n"]) == ("one\n", "file2.txt")
    assert repr(command()) == "<SubprocessTask 'cat a b > c'>"
