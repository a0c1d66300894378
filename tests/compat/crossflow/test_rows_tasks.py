"""Crossflow's behaviour, row by row: C12–C24, tasks; in this process and on engines."""
# mirrors: what Crossflow documents of tasks, over tasks, running and folder

import os
import subprocess
from pathlib import Path

import pytest

from flowlab.compat import crossflow
from flowlab.compat.crossflow import tasks
from flowlab.compat.crossflow.filehandling import FileHandler
from flowlab.compat.crossflow.tasks import DEBUGINFO, STDOUT, SubprocessTask
from tests.compat.crossflow.declare import command, function


def test_c12_a_command_is_a_shells_and_runs_in_an_empty_directory_that_goes(client):
    where, left = client.submit(command("pwd && ls -A | grep -v flowlab; :", (), [STDOUT, "x"]))
    assert left.result() is None
    (folder,) = where.result().split()
    assert not os.path.exists(os.path.join(folder, "anything"))
    first = client.submit(command("touch left-over; ls", (), [STDOUT])).result()
    assert first == client.submit(command("touch left-over; ls", (), [STDOUT])).result()


def test_c13_inputs_and_outputs_are_lists_in_the_order_of_arguments_and_results():
    for set_names in (SubprocessTask("x").set_inputs, SubprocessTask("x").set_outputs):
        with pytest.raises(TypeError, match="must be of type list"):
            set_names(("a", "b"))
    task = command("cat b > two; cat a > one", ["a", "b"], ["one", "two"])
    assert [one.read_text() for one in task("file1.txt", "file2.txt")] == ["one\n", "two\n"]


@pytest.mark.parametrize("kind", ["text", "path", "handle", "future"])
def test_c14_an_input_may_be_given_in_many_ways(client, kind):
    ways = {
        "text": lambda: "file1.txt",
        "path": lambda: Path("file1.txt"),
        "handle": lambda: FileHandler().load("file1.txt"),
        "future": lambda: client.submit(command("echo one > b", (), ["b"])),
    }
    assert client.submit(command("cat a", ["a"]), ways[kind]()).result() == "one\n"


def test_c14_too_many_arguments_and_too_few_are_refused_before_anything_runs(client):
    for args in ((), ("file1.txt", "file2.txt")):
        with pytest.raises(IndexError, match=r"takes 1 arguments \(a\)"):
            client.submit(command("cat a", ["a"]), *args)


def test_c15_declared_names_in_braces_are_filled_in_and_awk_survives(client):
    tail = command("tail -n {n_lines} input.dat", ["input.dat", "n_lines"])
    Path("data.txt").write_text("1 a\n2 b\n3 c\n")
    assert client.submit(tail, "data.txt", 2).result() == "2 b\n3 c\n"
    awk = command("awk '{print $1}' input.dat", ["input.dat"])
    assert client.submit(awk, "data.txt").result() == "1\n2\n3\n"
    both = command("awk '{print $1 * {x}}' input.dat", ["x", "input.dat"])
    assert client.submit(both, 10, "data.txt").result() == "10\n20\n30\n"
    escaped = command("awk '{{print $2}}' {f}", ["f"])
    assert client.submit(escaped, Path("data.txt")).result() == "a\nb\nc\n"


def test_c16_a_pattern_among_the_inputs_takes_a_list_and_counts(client):
    many = [Path(f"in{i}") for i in range(11)]
    for path in many:
        path.write_text(f"{path}\n")
    said = client.submit(command("ls; cat file*", ["file*.txt"]), many).result().split()
    assert said[:11] == [f"file{i:02d}.txt" for i in range(11)]
    assert said[11:] == [str(path) for path in many]
    assert client.submit(command("ls", ["f??"]), "in?").result().split() == [
        f"f{i:02d}" for i in range(10)
    ]
    with pytest.raises(ValueError, match="too many files"):
        client.submit(command("ls", ["f?"]), many).result()


def test_c17_a_pattern_among_the_outputs_gives_a_sorted_list(client):
    made = client.submit(command("for i in b c a; do echo $i > x$i.dat; done", (), ["x*", "y?"]))
    xs, ys = client.gather(made)
    assert [one.name for one in xs] == ["xa.dat", "xb.dat", "xc.dat"]
    assert [one.read_text() for one in xs] == ["a\n", "b\n", "c\n"]
    assert ys == []


def test_c18_files_need_not_stand_in_the_command(client):
    task = command("sort $(head -n 1 config.dat)", ["config.dat", "list"], [STDOUT, "logfile"])
    Path("config").write_text("list\n")
    said, log = client.submit(task, "config", "file2.txt")
    assert (said.result(), log.result()) == ("two\n", None)
    task = command("echo out > out; echo log > logfile", (), ["out", "logfile"])
    assert [one.read_text() for one in client.gather(client.submit(task))] == ["out\n", "log\n"]


def test_c19_an_output_that_was_not_made_is_none(client):
    made, missing = client.submit(command("echo x > a", (), ["a", "b"]))
    assert made.result().read_text() == "x\n"
    assert missing.result() is None
    with pytest.raises(OSError, match="input 'a' is None"):
        client.submit(command("cat a", ["a"]), missing).result()


def test_c20_stdout_and_debuginfo(client):
    awk = command(
        "echo said; cat a > out; exit {n}", ["a", "n"], ["out", "none", STDOUT, DEBUGINFO]
    )
    out, none, said, info = client.gather(client.submit(awk, "file1.txt", 3))
    assert (out.read_text(), none, said) == ("one\n", None, "said\n")
    assert isinstance(info, tasks.CalledProcessError)
    assert (info.returncode, info.stdout) == (3, b"said\n")
    *_, info = client.gather(client.submit(awk, "file1.txt", 0))
    assert isinstance(info, subprocess.CompletedProcess)
    assert (info.returncode, info.stdout, info.stderr) == (0, b"said\n", b"")
    assert crossflow.DEBUGINFO == tasks.DEBUGINFO == "DEBUGINFO"
    assert crossflow.STDOUT == "STDOUT"


def test_c21_a_command_that_fails_raises_with_all_that_is_known(client):
    future = client.submit(command("echo out; echo err >&2; exit 3"))
    with pytest.raises(tasks.CalledProcessError) as caught:
        future.result()
    error = caught.value
    assert isinstance(error, tasks.XflowError)
    assert (error.cmd, error.returncode) == ("echo out; echo err >&2; exit 3", 3)
    assert (error.stdout, error.stderr, error.output) == (b"out\n", b"err\n", b"out\n")
    assert "failed with return code 3" in str(error)
    killed = client.submit(command("kill -9 $$")).exception()
    assert killed.returncode == -9


@pytest.mark.parametrize("kind", ["file", "handle", "future"])
def test_c22_a_constant_is_taken_from_the_arguments(client, kind):
    task = command("cat variable.dat constants", ["variable.dat", "constants"])
    ways = {
        "file": lambda: "file2.txt",
        "handle": lambda: FileHandler().load("file2.txt"),
        "future": lambda: client.submit(command("echo two > x", (), ["x"])),
    }
    task.set_constant("constants", ways[kind]())
    assert task.inputs == ["variable.dat"]
    assert client.submit(task, "file1.txt").result() == "one\ntwo\n"
    assert task("file2.txt") == "two\ntwo\n"


def test_c22_a_constant_may_be_a_value(client):
    task = command("head -c {n} a; echo {word}", ["a", "n", "word"])
    task.set_constant("n", 2)
    task.set_constant("word", client.submit(str.upper, "end"))
    assert client.submit(task, "file1.txt").result() == "onEND\n"
    scaled = function(lambda x, y: x * y, ["x", "y"])
    scaled.set_constant("y", 10)
    assert client.gather(client.map(scaled, [1, 2])) == [10, 20]


def test_c23_tasks_are_copied_and_called_without_a_client():
    task = command("cat a b > c", ["a", "b"], ["c"])
    other = task.copy()
    other.set_constant("b", "file2.txt")
    assert task("file1.txt", "file1.txt").read_text() == "one\none\n"
    assert other("file1.txt").read_text() == "one\ntwo\n"
    with pytest.raises(tasks.CalledProcessError):
        command("exit 1")()
    assert function(lambda x, y: x * y, ["x", "y"], ["xy"])(7.5, 8.0) == 60.0


def test_c24_a_function_gets_file_names_and_what_it_names_becomes_a_handle(client):
    def copy(path, times):
        assert os.listdir() == [path]
        Path("copy.txt").write_text(Path(path).read_text() * times)
        return "copy.txt"

    made = client.submit(function(copy, ["path", "times"]), "file1.txt", 2).result()
    assert (made.name, made.read_text()) == ("copy.txt", "one\none\n")


def test_c24_a_function_may_give_several_files(client):
    def split(path):
        Path("a").write_text("A")
        Path("b").write_text("B")
        return ["a", "b"]

    one, other = client.submit(function(split, ["path"], ["x", "y"]), "file1.txt")
    assert (one.result().read_text(), other.result().read_text()) == ("A", "B")
    both = client.submit(function(split, ["path"], ["list"]), "file1.txt")
    assert [each.read_text() for each in both.result()] == ["A", "B"]
    assert [each.read_text() for each in function(split, ["path"], ["list"])("file1.txt")] == [
        "A",
        "B",
    ]


def test_c24_an_exception_of_a_function_leaves_its_engine_as_it_was(client, place):
    def fail(path):
        raise RuntimeError(path)

    with pytest.raises(RuntimeError, match=r"file1\.txt"):
        client.submit(function(fail, ["path"]), "file1.txt").result()
    assert client.submit(function(os.listdir)).result() == []
    assert os.getcwd() == str(place)


def test_c24_text_that_a_task_made_no_file_of_stays_text(client):
    assert client.submit(function(lambda: "/etc/hostname")).result() == "/etc/hostname"
    assert client.submit(command("echo {name}", ["name"]), "file1.txt").result() == "file1.txt\n"
