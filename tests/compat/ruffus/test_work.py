"""Jobs as tasks of a session: what they find, and what is taken from them."""

import inspect
import os
from pathlib import Path

import pytest

from flowlab import TaskError, blob
from flowlab.compat.ruffus.errors import JobSignalledBreak
from flowlab.compat.ruffus.work import FOLDER, RAISED, Work
from flowlab.tasks.objects import directory
from flowlab.tasks.python import RemoteFunction
from tests.compat.ruffus.pipelines import copy, fail, write


def run(session, function, read, made, given, *inputs):
    """A job that has ended; gives its task."""
    task = RemoteFunction(Work(function), outputs=len(made))(
        tuple(read), tuple(made), given, *inputs, outputs=list(made)
    )
    task.keep_outputs()
    session.submit()
    session.wait([task])
    return task


def test_a_job_finds_its_inputs_and_leaves_its_outputs_by_their_names(session):
    read = {"in/a.1": blob("one "), ".outside/data/b": blob("two")}
    given = (list(read), "out/c", " more")
    task = run(session, copy, read, ["out/c"], given, *read.values())
    assert task.output.fetch().get_bytes() == b"one two more"


def test_a_job_has_as_many_outputs_as_it_names(session):
    def two(_, made):
        for name in made:
            write(None, name, name)

    task = run(session, two, [], ["a", "x/b"], (None, ["a", "x/b"]))
    assert [each.fetch().get_bytes() for each in task.outputs] == [b"a", b"x/b"]
    assert len(run(session, lambda *_: 3, [], [], (None, None)).outputs) == 0


def test_what_a_job_does_not_make_is_missing(session):
    task = run(session, lambda *_: None, [], ["a"], (None, "a"))
    assert task.output.fetch().missing


def test_a_directory_is_an_output_and_an_input(session, place):
    def grow(_, made):
        write(None, os.path.join(made, "leaf") if os.path.isdir(made) else made)

    def make(_, made):
        os.mkdir(made)
        write(None, f"{made}/leaf", "leaf")

    made = run(session, make, [], ["tree"], (None, "tree")).output
    assert made.fetch().user[FOLDER]
    read = run(session, copy, ["tree"], ["out"], ("tree/leaf", "out"), made)
    assert read.output.fetch().get_bytes() == b"leaf"
    Path("mine").mkdir()
    Path("mine/leaf").write_text("from here")
    mine = directory("mine")
    read = run(session, copy, ["tree"], ["out"], ("tree/leaf", "out"), mine)
    assert read.output.fetch().get_bytes() == b"from here"


def test_a_link_to_an_input_is_a_file_of_its_own(session):
    def link(read, made):
        os.symlink(read, made)

    task = run(session, link, ["a"], ["b"], ("a", "b"), blob("one"))
    assert task.output.fetch().get_bytes() == b"one"


def test_a_file_that_is_input_and_output_may_be_changed(session):
    def grow(read, made):
        with open(made, "a") as file:
            file.write(" more")

    task = run(session, grow, ["a"], ["a"], ("a", "a"), blob("one"))
    assert task.output.fetch().get_bytes() == b"one more"


def test_what_a_job_raises_is_told_by_name_and_value(session):
    with pytest.raises(TaskError, match="no out") as caught:
        run(session, fail, [], ["out"], (None, "out"))
    assert "raise ValueError" in caught.value.traceback


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("no"), ["builtins.ValueError", "(no)", False]),
        (KeyError(), ["builtins.KeyError", "", False]),
        (
            JobSignalledBreak("enough"),
            ["flowlab.compat.ruffus.errors.JobSignalledBreak", "(enough)", True],
        ),
    ],
)
def test_the_task_keeps_what_ruffus_tells(inline, error, told):
    def stop(*_):
        raise error

    task = RemoteFunction(Work(stop), outputs=0)((), (), (None, None))
    inline.submit()
    with pytest.raises(TaskError):
        task.wait()
    task.update()
    assert task.info.user[RAISED] == told


def test_an_error_that_cannot_be_shown_is_an_error_all_the_same(inline):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    def stop(*_):
        raise Mute

    task = RemoteFunction(Work(stop), outputs=0)((), (), (None, None))
    inline.submit()
    with pytest.raises(TaskError):
        task.wait()
    task.update()
    assert task.info.user[RAISED][0].endswith("Mute")


def test_people_are_shown_the_function_itself():
    work = Work(copy)
    assert work.__name__ == "copy"
    assert work.__code__ is copy.__code__
    assert inspect.getsource(work).startswith("def copy")
    assert list(inspect.signature(work).parameters) == ["ctx", "read", "made", "given", "inputs"]
