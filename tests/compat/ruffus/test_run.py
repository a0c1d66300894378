"""Which steps run, and what is said of it (U12)."""

import pytest

from flowlab import UsageError, WrongValue
from flowlab.compat.ruffus import files, follows, pipeline_run
from flowlab.compat.ruffus.errors import error_circular_dependencies
from flowlab.compat.ruffus.run import in_order, outdated
from flowlab.compat.ruffus.site import Site
from flowlab.compat.ruffus.steps import find_steps
from tests.compat.ruffus.pipelines import copy, later, named, write

RULE = "_" * 40


@pytest.fixture
def three():
    """first, second and third, each of which reads what the one before makes."""

    def first(i, o):
        """Makes a.1"""
        write(i, o)

    first.__module__ = "__main__"
    files(None, "a.1")(first)
    files(first, "b.1", 5)(named(lambda i, o, n: copy(i, o), "second"))
    files("b.1", "c.1")(follows("second")(named(copy, "third")))
    return [find_steps(name, "Task")[0] for name in ("first", "second", "third")]


def names(steps):
    return [step.name for step in steps]


def test_steps_stand_behind_what_they_need(three):
    assert names(in_order([three[2], three[0]])) == ["first", "second", "third"]
    assert names(in_order([three[1]])) == ["first", "second"]


def test_steps_that_wait_for_each_other_are_an_error(three):
    follows("third")(three[0].function)
    with pytest.raises(error_circular_dependencies, match=r"third, second, first|first, third"):
        in_order([three[2]])


def test_what_stands_behind_an_outdated_step_is_outdated(three, inline):
    before, site = in_order([three[2]]), Site(inline)
    assert names(outdated(before, [], site)) == ["first", "second", "third"]
    pipeline_run(verbose=0)
    assert outdated(before, [], site) == []
    assert names(outdated(before, [three[1]], site)) == ["second", "third"]
    later("b.1")
    assert names(outdated(before, [], site)) == ["third"]


# --- U12: as measured with Ruffus 3.0.0


def test_u12_what_a_run_says(three, session, said):
    pipeline_run(["third"], verbose=3, logger=said, multiprocess=2)
    assert said.lines == [
        "", RULE, "Tasks which will be run:", "", "",
        "Task enters queue = 'first' ",
        "    Makes a.1",
        "    Job  = [None -> a.1]",
        "    Job  = [None -> a.1] completed",
        "Completed Task = 'first' ",
        "Task enters queue = 'second' ",
        "    Job  = [a.1 -> b.1, 5]",
        "    Job  = [a.1 -> b.1, 5] completed",
        "Completed Task = 'second' ",
        "Task enters queue = 'third' ",
        "    Job  = [b.1 -> c.1]",
        "    Job  = [b.1 -> c.1] completed",
        "Completed Task = 'third' ",
    ]  # fmt: skip


def test_u12_what_is_up_to_date_is_told_first(three, inline, said):
    pipeline_run(verbose=0)
    later("b.1")
    pipeline_run(verbose=1, logger=said)
    assert said.lines == [
        "", RULE, "Tasks which are up-to-date:", "", "",
        "Task = 'first'  ", "Task = 'second'  ", RULE, "", "",
        "", RULE, "Tasks which will be run:", "", "",
        "Task enters queue = 'third' ", "Completed Task = 'third' ",
    ]  # fmt: skip


def test_u12_the_jobs_of_what_is_up_to_date_at_level_six(three, inline, said):
    pipeline_run(verbose=0)
    pipeline_run([three[1].function], verbose=6, logger=said)
    assert said.lines[5:14] == [
        "Task = 'first'  ", '    "Makes a.1"', "       Job  = [None", "             -> a.1]", "",
        "Task = 'second'  ", "       Job  = [a.1", "             -> b.1, 5]", "",
    ]  # fmt: skip


def test_u12_why_a_job_runs_at_level_four_and_why_one_does_not_at_five(inline, said):
    step = files([[None, "a.1"], [None, "a.2"]])(named(write, "one"))
    write(None, "a.2")
    pipeline_run([step], verbose=4, logger=said)
    assert said.with_words("Job") == [
        "Job  = [None -> a.1] ...\n        Missing file [a.1]",
        "Job  = [None -> a.1] completed",
    ]
    said.lines.clear()
    pipeline_run([step], [step], verbose=5, logger=said)
    assert said.with_words("Forced", "force task") == [
        "Task enters queue = 'one' : Forced to rerun",
        "force task Job  = [None -> a.1] to rerun",
        "force task Job  = [None -> a.2] to rerun",
    ]
    said.lines.clear()
    (later("a.1"), write(None, "x"))
    files([["x", "a.1"], ["x", "a.3"]])(step)
    pipeline_run([step], verbose=5, logger=said)
    assert "Job  = [x -> a.1] unnecessary: already Up to date" in said.with_words("unnecessary")


def test_u12_a_step_whose_jobs_all_turned_out_up_to_date_says_so(inline, said):
    files([[None, "a.1"], [None, "a.2"]])(named(write, "one"))
    follows("one")(files("x", "b.1")(named(copy, "two")))
    write(None, "x")
    write(None, "b.1")
    later("b.1")
    pipeline_run(logger=said)
    assert said.with_words("Uptodate") == ["Uptodate Task = 'two'"]


def test_u12_nothing_is_said_at_level_nought(three, inline, said):
    pipeline_run(verbose=0, logger=said)
    assert said.lines == []


def test_u12_without_a_logger_it_is_said_on_stderr(three, inline, capsys):
    pipeline_run()
    assert "Completed Task = 'third' " in capsys.readouterr().err


# --- arguments


def test_ruffus_other_arguments_are_taken_where_they_change_nothing(inline):
    pipeline_run(checksum_level=0, gnu_make_maximal_rebuild_mode=True, one_second_per_job=False)
    with pytest.raises(UsageError, match=r"touch_files_only=True\) is not supported"):
        pipeline_run(touch_files_only=True)
    with pytest.raises(TypeError, match="unexpected keyword argument 'nonsense'"):
        pipeline_run(nonsense=1)


def test_as_many_jobs_at_once_as_a_number_says(inline):
    pipeline_run(multiprocess=None)
    for strange in (-1, "two", 1.5):
        with pytest.raises(WrongValue, match="multiprocess is how many jobs run at once"):
            pipeline_run(multiprocess=strange)
