"""Jobs as tasks, and as Ruffus tells of them."""

import os
import stat
import subprocess
from pathlib import Path

import pytest

from flowlab import SessionError
from flowlab.compat.ruffus.job import Calls, Job, describe
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import files, find_steps, jobs_limit
from tests.compat.ruffus.pipelines import copy, fail, named, stand, write
from tests.stories.watching import wait_until


class Proxy:
    def __str__(self):
        return "Logging proxy"


def step(function, *given):
    files(*given)(function)
    return find_steps(function, "Task")[0]


def given_out(made, job, session, name="job"):
    """A job that has ended."""
    found = Job(made, job, describe(job), name)
    site = Site(session)
    found.task, found.made = Calls(made, session).declare(name, job, site)
    session.submit([found.task])
    session.settled()
    found.task.update()
    return found, site


def test_a_job_is_called_by_its_files_and_what_stands_behind_them():
    assert describe((None, "a.1", Proxy(), 3)) == "Job  = [None -> a.1, Logging proxy, 3]"
    assert describe((["a", "b"], "c")) == "Job  = [[a, b] -> c]"
    assert describe(()) == "Job"


def test_a_job_reads_and_makes_files_here(session):
    Path("in").mkdir()
    Path("in/a.1").write_text("one")
    job, site = given_out(step(named(copy, "one"), "x", "y"), ("in/a.1", "out/b.1", "!"), session)
    assert job.inputs == ["in/a.1"]
    assert [each.label for each in job.task.inputs] == ["in/a.1"]
    assert job.task.name == "job"
    job.bring_back(site)
    assert Path("out/b.1").read_text() == "one!"


def test_whole_names_and_those_that_lead_out_work_as_well(session, place, tmp_path):
    (tmp_path / "far").write_text("far")
    Path("a").write_text("near ")
    job = ([str(place / "a"), str(tmp_path / "far")], str(tmp_path / "made"))
    done, site = given_out(step(named(copy, "one"), "x", "y"), job, session)
    done.bring_back(site)
    assert (tmp_path / "made").read_text() == "near far"


def test_one_file_may_have_two_names(inline):
    Path("a").write_text("one ")
    made = step(named(copy, "one"), "x", "y")
    done, site = given_out(made, (["a", "./a"], "./out"), inline)
    done.bring_back(site)
    assert Path("out").read_text() == "one one "


def test_directories_and_programs_go_and_come(session):
    def build(read, made):
        tree, program = made
        subprocess.run([os.path.abspath(read), tree], check=True)
        write(None, f"{tree}/more/leaf", "leaf")
        write(None, program, "#!/bin/sh\necho built")
        os.chmod(program, 0o755)

    Path("maker").write_text('#!/bin/sh\nmkdir -p "$1/more"\n')
    os.chmod("maker", 0o755)
    done, site = given_out(
        step(named(build, "one"), "x", "y"), ("maker", ["out/tree", "out/tree/built"]), session
    )
    done.bring_back(site)
    assert Path("out/tree/more/leaf").read_text() == "leaf"
    assert subprocess.check_output(["out/tree/built"], text=True) == "built\n"
    again, site = given_out(
        step(named(copy, "two"), "x", "y"), ("out/tree/more/leaf", "got"), session
    )
    again.bring_back(site)
    assert Path("got").read_text() == "leaf"
    done.bring_back(site)  # a directory takes the place of one
    assert Path("out/tree/more/leaf").read_text() == "leaf"


def test_a_file_is_as_private_as_it_was_made_or_was_before(session):
    def build(_, made):
        for name, mode in zip(made, (0o600, 0o644, 0o750), strict=True):
            write(None, name, name)
            os.chmod(name, mode)

    Path("old").write_text("before")
    os.chmod("old", 0o640)
    done, site = given_out(
        step(named(build, "one"), None, "y"), (None, ["secret", "old", "tool"]), session
    )
    done.bring_back(site)
    modes = [stat.S_IMODE(os.stat(name).st_mode) for name in ("secret", "old", "tool")]
    assert modes == [0o600, 0o640, 0o750]
    assert Path("old").read_text() == "old"


def test_a_file_may_be_read_with_the_directory_it_lies_in(inline):
    Path("tree").mkdir()
    Path("tree/leaf").write_text("leaf")
    for number, read in enumerate((["tree", "tree/leaf"], ["tree/leaf", "tree"])):
        made = step(named(lambda i, o: copy("tree/leaf", o), f"s{number}"), "x", "y")
        done, site = given_out(made, (read, f"got{number}"), inline)
        done.bring_back(site)
        assert Path(f"got{number}").read_text() == "leaf"


def test_calls_of_different_numbers_of_outputs_share_a_step(inline):
    def make(_, made):
        for each in [made] if isinstance(made, str) else made or ():
            write(None, each, each)

    made = step(named(make, "one"), "x", "y")
    for outputs in ("a", ["b", "c"], ["d", "./d"], None):
        job, site = given_out(made, (None, outputs), inline)
        job.bring_back(site)
    assert [Path(name).read_text() for name in "abc"] == ["a", "b", "c"]


def test_a_job_counts_for_its_step_s_limit(inline):
    made = step(jobs_limit(2, "db")(named(write, "one")), None, "y")
    inline.limit(*made.limit)
    task, _ = Calls(made, inline).declare("one", (None, "y"), Site(inline))
    assert task.resources.limits == ("jobs_limit db",)


@pytest.mark.parametrize("text", ["no a"])
def test_a_failure_is_a_row_of_ruffus(session, text):
    job, _ = given_out(step(named(fail, "bad"), None, "a"), (None, "a"), session)
    row, stops = job.failure()
    assert row[:4] == ("bad", "Job  = [None -> a]", "builtins.ValueError", f"({text})")
    assert "raise ValueError" in row[4]
    assert not stops


@pytest.mark.engines
@pytest.mark.parametrize("runs", [False, True])
def test_what_is_cancelled_is_a_failure_too(two, place, runs):
    def begin(read, made):
        Path(str(place), "begun").touch()
        stand(read, made)

    with two.new_session(on_error="continue") as session:
        made = step(named(begin, "one"), None, "a")
        job = Job(made, (None, "a"), "Job", "one")
        job.task, job.made = Calls(made, session).declare("one", (None, "a"), Site(session))
        session.submit([job.task])
        if runs:  # then it is interrupted on its engine, which is told the same way
            wait_until((place / "begun").exists, 30)
        session.cancel([job.task])
        session.settled()
        job.task.update()
        row, stops = job.failure()
    assert row[2] == "flowlab.errors.TaskError"
    assert "was cancelled" in row[3]
    assert not stops


@pytest.mark.parametrize("error", [SessionError("the session is closed"), None])
def test_a_failure_is_told_whatever_its_wait_does(inline, error):
    class Odd:
        info, state = None, "skipped"

        def wait(self):
            if error is not None:
                raise error

    job = Job(step(named(fail, "bad"), None, "a"), (None, "a"), "Job", "one", Odd())
    row, stops = job.failure()
    assert row[3] == ("(the session is closed)" if error else "(task 'one' ended as skipped)")
    assert not stops
