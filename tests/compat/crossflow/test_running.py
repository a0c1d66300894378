"""Recipes as an engine runs them, with a context that keeps what they made."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flowlab.compat.crossflow.errors import ERROR, CalledProcessError, unpack_error
from flowlab.compat.crossflow.forms import FILES, NAME, value_of
from flowlab.compat.crossflow.running import SAID, SHOWN, Body, Command, Plain
from flowlab.errors import WrongKind
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode
from flowlab.staging.instance import DataInstance


class Context:
    """As much of an engine's context as is used."""

    def __init__(self, place):
        self.sandbox = place / "work"
        self.sandbox.mkdir()
        self.user = {}
        self.read = []

    def run_program(self, args, stdin, stdout):
        assert stdin is None
        with stdout.open("wb") as file:
            done = subprocess.run(args, cwd=self.sandbox, stdout=file, stderr=-1, check=False)
        return done.returncode, done.stderr.decode()

    def stage_file(self, path, content_type=None):
        assert not os.path.isabs(path)
        staged = self.sandbox.parent / f"staged{len(os.listdir(self.sandbox.parent))}"
        (self.sandbox / path).rename(staged)
        return DataInstance(DataType.BLOB, content_type, staged)

    def stage_directory(self, path):
        archive = pack_directory(self.sandbox / path)
        (self.sandbox / path).rename(self.sandbox.parent / f"gone{len(archive)}-{path}")
        return DataInstance(DataType.DIR, "dir", archive)

    def pickled(self, value):
        return DataInstance(DataType.BLOB, "pickle", encode(value, "pickle"))


@pytest.fixture
def context(tmp_path, monkeypatch):
    made = Context(tmp_path)
    monkeypatch.chdir(made.sandbox)
    return made


def file(text, name="f"):
    return DataInstance(DataType.BLOB, None, text.encode(), user={NAME: name})


def test_a_file_that_was_made_leaves_as_a_file_and_never_as_a_pickle(context):
    made = Command("cat a > c.txt", ("c.txt",))(context, ["a"], file("one"))
    assert isinstance(made.source, Path)
    assert made.user == {NAME: "c.txt"}
    assert value_of(made).read_text() == "one"


def test_many_files_leave_as_one_directory(context):
    made, none = Command("touch b a", ("?", "x*"))(context, [])
    assert made.data_type is DataType.DIR
    assert made.user == {FILES: 2}
    assert [each.name for each in value_of(made)] == ["a", "b"]
    assert value_of(none) == []


def test_a_directory_that_was_made_is_one(context):
    made = Command("mkdir d; echo x > d/y", ("d",))(context, [])
    assert value_of(made).is_dir
    assert Path(value_of(made), "y").read_text() == "x\n"


def test_what_was_not_made_is_none(context):
    assert value_of(Command("true", ("x",))(context, [])) is None
    assert value_of(Command("true", ())(context, [])) == ()


def test_variables_are_filled_in_and_are_no_files(context):
    command = Command("ls; echo {n} {f}", ("STDOUT",))
    made = command(context, ["n", "f", "a"], 5, file("text", "x.dat"), file("b"))
    said = value_of(made).split()
    assert said[:2] == ["a", "5"]
    assert said[2].endswith("/x.dat")


def test_what_it_wrote_is_read_whole_only_for_an_output(context, capsys):
    long = f"head -c {4 * SHOWN} /dev/zero | tr '\\0' x"
    assert len(value_of(Command(long, ("STDOUT",))(context, []))) == 4 * SHOWN
    assert Command(long, ("x",)).read_said(context.sandbox) == b"x" * SHOWN
    assert capsys.readouterr().out == "x" * SHOWN
    assert (context.sandbox / SAID).name.startswith(".")


def test_a_failure_travels_beside_its_text(context):
    with pytest.raises(CalledProcessError, match="code 3"):
        Command("echo out; echo err >&2; exit 3", ("x",))(context, [])
    error = unpack_error(context.user[ERROR])
    assert (error.returncode, error.stdout, error.stderr) == (3, b"out\n", b"err\n")


def test_with_debuginfo_a_failure_is_an_output(context):
    command = Command("echo x > a; exit 3", ("a", "b", "DEBUGINFO", "STDOUT"))
    made = [value_of(each) for each in command(context, [])]
    assert (made[0].read_text(), made[1], made[3]) == ("x\n", None, "")
    assert isinstance(made[2], CalledProcessError)
    assert context.user == {}
    done = value_of(Command("echo x", ("DEBUGINFO",))(context, []))
    assert isinstance(done, subprocess.CompletedProcess)
    assert (done.returncode, done.stdout, done.args) == (0, b"x\n", "echo x")


def test_a_function_gets_names_and_what_it_names_leaves_as_a_file(context):
    def double(path, times):
        Path("out.txt").write_text(Path(path).read_text() * times)
        return "out.txt"

    made = Body(double, ("out",))(context, ["path", "times"], file("ab", "in.txt"), 2)
    assert isinstance(made.source, Path)
    assert (value_of(made).name, value_of(made).read_text()) == ("out.txt", "abab")


def test_a_function_may_return_a_list_of_files_in_its_own_order(context):
    def make():
        for name in "ab":
            Path(name).write_text(name)
        return ["b", "a"]

    made = Body(make, ("files",))(context, [])
    assert made.data_type is DataType.BLOB
    assert [each.read_text() for each in value_of(made)] == ["b", "a"]
    one, other = Body(make, ("b", "a"))(context, [])
    assert [value_of(one).read_text(), value_of(other).read_text()] == ["b", "a"]


def test_files_among_other_things_are_handles(context):
    def make():
        Path("a").write_text("text")
        return ["a", 5, "no file"]

    handle, *rest = value_of(Body(make, ("all",))(context, []))
    assert (handle.read_text(), rest) == ("text", [5, "no file"])


def test_as_many_results_as_outputs(context):
    assert value_of(Body(lambda: (1, 2), ())(context, [])) == (1, 2)
    assert value_of(Body(lambda: (1, 2), ("x",))(context, [])) == (1, 2)
    assert [value_of(each) for each in Body(lambda: (1, 2), ("x", "y"))(context, [])] == [1, 2]
    for result in (1, (1,), [1, 2, 3]):
        with pytest.raises(WrongKind, match="has 2 outputs, x, y; it returned"):
            Body(lambda result=result: result, ("x", "y"))(context, [])


def test_a_plain_function_gets_its_arguments_as_they_are(context):
    def told(*args, **kwargs):
        return args, kwargs

    given = (["", "", "k"], "a", {"x": [file("text", "n")]}, 3)
    args, kwargs = value_of(Plain(told)(context, *given))
    assert (args[0], kwargs) == ("a", {"k": 3})
    assert args[1]["x"][0].read_text() == "text"


def test_a_functions_exception_travels_as_itself(context):
    def fail():
        raise LookupError("it is not there")

    for recipe in (Body(fail, ("x",)), Plain(fail)):
        context.user.clear()
        with pytest.raises(LookupError):
            recipe(context, [])
        assert type(unpack_error(context.user[ERROR])) is LookupError


def test_people_are_shown_what_the_user_wrote():
    def fail():
        """A function with a text."""

    assert (Command("/bin/cat a | sort", ()).name, Command(" ", ()).name) == ("cat", "command")
    assert Command("cat a", ()).source == "cat a"
    assert Body(fail, ()).name == Plain(fail).name == "fail"
    assert "A function with a text." in Body(fail, ()).source
    assert Body(fail, ()).__code__ is fail.__code__


def test_an_engine_loads_no_client():
    program = "import sys, flowlab.compat.crossflow.running; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert not {"flowlab.session", "flowlab.cluster", "zmq", "fsspec"} & loaded
