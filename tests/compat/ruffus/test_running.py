"""Runs of a whole pipeline: in which order, how many at once, and what an error does."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from flowlab import blob, tasks
from flowlab.compat.ruffus import (
    JobSignalledBreak,
    RethrownJobError,
    files,
    follows,
    jobs_limit,
    mkdir,
    pipeline_run,
    posttask,
)
from flowlab.compat.ruffus.job import Calls, Job
from flowlab.compat.ruffus.loggers import Progress
from flowlab.compat.ruffus.running import Manner, Runner
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import find_steps
from tests.compat.ruffus.pipelines import copy, fail, named, stand, write
from tests.stories.watching import wait_until


def enter(place):
    """A job that notes in a directory that it runs, and how many others do."""

    def work(_, made):
        mine = Path(place, f"{made}.runs")
        mine.touch()
        Path(made).write_text(str(len(list(Path(place).glob("*.runs")))))
        time.sleep(0.05)
        mine.unlink()

    return work


def row_names(error):
    return [row[1] for row in error.value.job_exceptions]


def test_steps_begin_when_those_before_have_ended(session, said):
    first = files([[None, f"a.{n}"] for n in range(3)])(named(write, "first"))
    second = follows(first)(files([["a.0", "b.0"], [["a.1", "a.2"], "b.1"]])(named(copy, "second")))
    pipeline_run([second], multiprocess=4, verbose=3, logger=said)
    assert [Path(f"b.{n}").read_text() for n in range(2)] == ["written", "writtenwritten"]
    order = said.with_words("enters queue", "Completed")
    assert order == [
        "Task enters queue = 'first'",
        "Completed Task = 'first'",
        "Task enters queue = 'second'",
        "Completed Task = 'second'",
    ]
    assert len(said.with_words("] completed")) == 5


def test_files_go_from_job_to_job_as_objects(inline, said):
    first = files(None, "a.1")(named(write, "first"))
    files(first, "b.1")(named(copy, "second"))
    pipeline_run(logger=said)
    dot = inline.make_graph().make_dot("pipeline")
    assert (dot.count("shape=oval"), dot.count("shape=box"), dot.count("->")) == (2, 2, 3)


def test_what_was_made_is_not_made_again(inline, said):
    files(None, "a.1")(named(write, "first"))
    files("a.1", "b.1")(follows("first")(named(copy, "second")))
    pipeline_run(logger=said)
    pipeline_run(logger=said)
    assert len(said.with_words("Completed Task")) == 2
    assert said.with_words("Task = 'first'")[-1] == "Task = 'first'"


@pytest.mark.engines
def test_at_most_so_many_run_at_once(two, place):
    work = named(enter(str(place)), "work")
    files([[None, f"a.{n}"] for n in range(6)])(work)
    with two.new_session(on_error="continue"):
        pipeline_run([work], multiprocess=1, verbose=0)
    assert [Path(f"a.{n}").read_text() for n in range(6)] == ["1"] * 6


@pytest.mark.engines
def test_u10_a_limit_holds_over_steps(two, place):
    one = jobs_limit(1, "db")(named(enter(str(place)), "one"))
    other = jobs_limit(1, "db")(named(enter(str(place)), "other"))
    files([[None, f"a.{n}"] for n in range(4)])(one)
    files([[None, f"b.{n}"] for n in range(4)])(other)
    with two.new_session(on_error="continue"):
        pipeline_run(multiprocess=8, verbose=0)
    assert {Path(f"{each}.{n}").read_text() for each in "ab" for n in range(4)} == {"1"}


# --- U11


def test_u11_errors_are_gathered_up_to_the_number_of_jobs_at_once(session):
    bad = files([[None, f"f.{n}"] for n in range(6)])(named(fail, "bad"))
    with pytest.raises(RethrownJobError) as caught:
        pipeline_run([bad], multiprocess=2, verbose=0)
    assert sorted(row_names(caught)) == ["Job  = [None -> f.0]", "Job  = [None -> f.1]"]
    assert [row[0] for row in caught.value.job_exceptions] == ["bad", "bad"]
    assert sorted(row[3] for row in caught.value.job_exceptions) == ["(no f.0)", "(no f.1)"]


def test_u11_the_first_alone_when_it_is_to_end_at_once(session):
    bad = files([[None, f"f.{n}"] for n in range(6)])(named(fail, "bad"))
    with pytest.raises(RethrownJobError) as caught:
        pipeline_run([bad], multiprocess=2, exceptions_terminate_immediately=True, verbose=0)
    assert len(caught.value) == 1


def test_u11_one_at_a_time_stops_at_the_first(session, place):
    def second_fails(_, made):
        write(None, made)
        if made == "f.1":
            raise ValueError(made)

    bad = files([[None, f"f.{n}"] for n in range(4)])(named(second_fails, "bad"))
    with pytest.raises(RethrownJobError) as caught:
        pipeline_run([bad], verbose=0)
    assert len(caught.value) == 1
    assert os.listdir(place) == ["f.0"]  # and nothing of what failed, or did not begin


@pytest.mark.engines
def test_u11_what_runs_beside_an_error_ends_and_nothing_else_begins(two, place):
    def some(_, made):
        if made == "f.0":
            raise ValueError(made)
        time.sleep(0.3)
        write(None, made)

    bad = files([[None, f"f.{n}"] for n in range(6)])(named(some, "bad"))
    after = follows(bad)(files(None, "after")(named(write, "after")))
    with two.new_session(on_error="continue"), pytest.raises(RethrownJobError) as caught:
        pipeline_run([after], multiprocess=2, verbose=0)
    assert row_names(caught) == ["Job  = [None -> f.0]"]
    assert os.listdir(place) == ["f.1"]


def test_u11_a_job_can_stop_all(session, said):
    def stop(_, made):
        raise JobSignalledBreak("enough")

    step = files([[None, f"f.{n}"] for n in range(6)])(named(stop, "stop"))
    with pytest.raises(RethrownJobError, match="Exceptions running jobs for") as caught:
        pipeline_run([step], multiprocess=4, logger=said)
    assert len(caught.value) == 1
    assert caught.value.job_exceptions[0][2].endswith("JobSignalledBreak")


@pytest.mark.engines
def test_u11_what_stops_all_does_not_wait_for_others(two):
    def some(read, made):
        if made == "f.1":
            raise JobSignalledBreak("enough")
        stand(read, made)

    step = files([[None, f"f.{n}"] for n in range(2)])(named(some, "some"))
    with two.new_session(on_error="continue") as session:
        with pytest.raises(RethrownJobError):
            pipeline_run([step], multiprocess=2, verbose=0)
        assert session.settled(30)  # it was cancelled


def test_u11_errors_are_told_as_they_come_when_that_is_wanted(inline, said):
    bad = files([[None, f"f.{n}"] for n in range(3)])(named(fail, "bad"))
    with pytest.raises(RethrownJobError):
        pipeline_run([bad], multiprocess=2, log_exceptions=True, logger=said)
    assert len(said.with_words("raised in ...")) == 2


def test_u11_an_input_that_is_not_there_is_told_with_its_step(inline):
    miss = files("missing", "h.1")(named(copy, "miss"))
    with pytest.raises(RethrownJobError, match="Exceptions generating parameters") as caught:
        pipeline_run([miss], verbose=0)
    task, job, name, value, _ = caught.value.job_exceptions[0]
    assert (task, job) == ("miss", "")
    assert name.endswith("MissingInputFileError")
    assert value == "(No way to run job: Input file 'missing' does not exist)"


def test_u11_what_a_generator_raises_is_told_with_its_step(inline):
    def jobs():
        if Path("a.1").exists():
            raise RuntimeError("no jobs")
        return []

    files(None, "a.1")(named(write, "first"))
    late = follows("first")(files(jobs)(named(write, "late")))
    with pytest.raises(RethrownJobError, match="no jobs") as caught:
        pipeline_run([late], verbose=0)
    assert caught.value.job_exceptions[0][0] == "late"


# --- the rest


def test_a_generator_is_asked_when_what_it_follows_has_ended(session):
    def jobs():
        for each in sorted(Path().glob("a.*")):
            yield str(each), f"b{each.suffix}"

    first = files([[None, f"a.{n}"] for n in range(3)])(named(write, "first"))
    second = follows(first)(files(jobs)(named(copy, "second")))
    pipeline_run([second], multiprocess=2, verbose=0)
    assert sorted(map(str, Path().glob("b.*"))) == ["b.0", "b.1", "b.2"]


def test_what_is_called_behind_a_step_is_called_once_and_here(inline):
    calls = []
    step = posttask(lambda: calls.append(threading.get_ident()))(named(write, "one"))
    files([[None, f"a.{n}"] for n in range(3)])(step)
    pipeline_run([step], verbose=0)
    assert calls == [threading.get_ident()]


def test_what_else_was_declared_in_the_session_goes_on_waiting(inline):
    other = tasks.Sleep(blob("text"), 0.0)
    step = files(None, "a.1")(named(write, "one"))
    pipeline_run([step], verbose=0)
    assert inline.declared == (other,)


def test_an_object_among_the_parameters_arrives_with_its_data(session):
    def work(read, made, table):
        copy(read, made, table.get_str())

    write(None, "in")
    files("in", "out", blob(" and a table"))(named(work, "one"))
    pipeline_run(verbose=0)
    assert Path("out").read_text() == "written and a table"


def test_directories_are_made_before_a_step(inline):
    step = follows(mkdir("out", "out/more"))(files(None, "a.1")(named(write, "one")))
    pipeline_run([step], verbose=0)
    assert Path("out/more").is_dir()


def test_a_function_without_files_is_called_with_nothing_at_each_run(inline, place):
    def note():
        with open(place / "notes", "a") as file:
            file.write("x")

    step = follows()(named(note, "note"))
    pipeline_run([step], verbose=0)
    pipeline_run([step], verbose=0)
    assert (place / "notes").read_text() == "xx"


def test_what_cannot_be_written_here_is_a_job_s_error(inline, place):
    Path("out").write_text("no directory")
    step = files(None, "out/a")(named(write, "one"))
    with pytest.raises(RethrownJobError) as caught:
        pipeline_run([step], verbose=0)
    assert caught.value.job_exceptions[0][1] == "Job  = [None -> out/a]"
    assert "out" in caught.value.job_exceptions[0][3]


def test_what_could_not_be_sent_is_forgotten(inline, said):
    step = find_steps(files(None, "a.1")(named(write, "one")), "Task")[0]
    site, manner = Site(inline), Manner(1, False, False, Progress(said, 1))
    job = Job(step, (None, "a.1"), "Job", "one")
    job.task, job.made = Calls(step, inline).declare("one", (None, "a.1"), site)
    runner = Runner({step: []}, [], site, inline, manner)
    runner._running.append(job)  # as when it is interrupted before it is sent
    runner._stop()
    assert inline.task_count == 0


@pytest.mark.engines
def test_an_interrupt_stops_what_runs(two, place):
    def work(_, made):
        Path(str(place), f"{made}.runs").touch()
        stand(_, made)

    def interrupt():
        wait_until(lambda: len(list(place.glob("*.runs"))) == 2, 30)
        signal.raise_signal(signal.SIGINT)

    step = files([[None, f"f.{n}"] for n in range(3)])(named(work, "step"))
    with two.new_session(on_error="continue") as session:
        helper = threading.Thread(target=interrupt)
        helper.start()
        with pytest.raises(KeyboardInterrupt):
            pipeline_run([step], multiprocess=2, verbose=0)
        helper.join()
        assert session.settled(30)  # they were cancelled, and the third never began
    assert len(list(place.glob("*.runs"))) == 2
