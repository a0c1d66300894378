"""Tasks that run in this process, in a directory that goes."""

import os
import tempfile

import pytest

from flowlab.compat.crossflow.errors import CalledProcessError
from flowlab.compat.crossflow.here import Here, run_here
from flowlab.compat.crossflow.running import Body, Command
from flowlab.staging.filehandle import FileHandle


@pytest.fixture
def temporary(tmp_path, monkeypatch):
    """Where temporary directories are made; empty at the end."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield tmp_path / "temporary"
    assert not [name for name in os.listdir(tmp_path / "temporary") if "files" not in name]


def test_a_command_runs_in_an_empty_directory_that_goes(temporary, place):
    where, made = run_here(
        Command("pwd; cat a > b", ("STDOUT", "b")), {"a": FileHandle.load("file1.txt")}
    )
    assert where.startswith(f"{temporary}/")
    assert made.read_text() == "one\n"
    assert made.name == "b"


def test_a_command_that_fails_raises_with_its_streams(temporary):
    with pytest.raises(CalledProcessError) as caught:
        run_here(Command("echo said; echo sad >&2; exit 4", ("x",)), {})
    error = caught.value
    assert (error.returncode, error.stdout, error.stderr) == (4, b"said\n", b"sad\n")


def test_a_function_runs_there_and_the_process_stays_where_it_was(temporary, place):
    def fail(name):
        assert os.listdir() == [name]
        raise KeyError(name)

    for body in (Body(fail, ("x",)), Body(lambda name: os.getcwd(), ("x",))):
        try:
            result = run_here(body, {"name": FileHandle.load("file1.txt")})
        except KeyError as error:
            result = error.args[0]
        assert os.getcwd() == str(place)
    assert result.startswith(f"{temporary}/")


def test_lists_of_files_are_handles_in_order(tmp_path):
    for number, name in enumerate("cab"):
        (tmp_path / f"list/{number}").mkdir(parents=True)
        (tmp_path / f"list/{number}/{name}").write_text(name)
    here = Here(tmp_path)
    assert [each.name for each in here.files("list", 3)] == ["c", "a", "b"]
    assert here.value(5) == 5
