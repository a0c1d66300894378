"""The jobs of one `_schedule_jobs`: what stops them, and what comes of those that were stopped."""

import os
import platform
import signal
import threading

import psutil
import pytest

from flowlab.compat.lofar import BaseRecipe, ComputeJob, PipelineQuit, RemoteCommandMixin
from flowlab.errors import SessionError, UsageError, WrongValue
from flowlab.tasks.objects import blob, pickled
from tests.compat.lofar.scripts import objects, strings
from tests.stories.watching import wait_until


class Recipe(BaseRecipe, RemoteCommandMixin):
    pass


@pytest.fixture
def sleeper(place):
    """A script that says who it is, and stays."""
    (place / "nodes" / "sleeps.py").write_text(
        "import os, sys, time\nopen(f'{sys.argv[1]}/{os.getpid()}', 'w').close()\ntime.sleep(100)\n"
    )
    (place / "running").mkdir()
    return place / "running"


def when(condition, act):
    """Do it as soon as the condition holds, beside the test."""

    def look():
        if wait_until(condition, 30):
            act()

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    return thread


def is_gone(pid):
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@pytest.mark.engines
def test_an_interrupt_kills_what_runs_and_marks_what_waits(two, sleeper):
    with two.new_session("interrupted", on_error="continue") as session:
        made = Recipe(session)
        jobs = [ComputeJob("any", "true")]
        jobs += [ComputeJob("any", "python nodes/sleeps.py", [sleeper]) for _ in range(5)]
        look = when(
            lambda: len(os.listdir(sleeper)) == 2 and jobs[0].results["returncode"] == 0,
            lambda: os.kill(os.getpid(), signal.SIGINT),
        )
        with pytest.raises(PipelineQuit, match="5 of 6 jobs did not end by themselves"):
            made._schedule_jobs(jobs)
        look.join()
        assert made.error.is_set()
        assert [job.results["returncode"] for job in jobs] == [0, 1, 1, 1, 1, 1]
        assert wait_until(lambda: all(is_gone(int(pid)) for pid in os.listdir(sleeper)), 10)
        assert session.state == "open"


def test_a_job_that_cannot_be_declared_leaves_nothing_behind(session):
    made = Recipe()
    with pytest.raises(UsageError, match="No closing quotation"):
        made._schedule_jobs([ComputeJob("any", "true"), ComputeJob("any", "echo 'x")])
    assert session.task_count == 0
    session.submit()
    session.wait_all()


@pytest.mark.engines
def test_a_session_that_is_closed_meanwhile_marks_the_jobs(two, sleeper):
    session = two.new_session("closed", on_error="continue")
    made = Recipe(session)
    job = ComputeJob("any", "python nodes/sleeps.py", [sleeper])
    look = when(lambda: os.listdir(sleeper), session.close)
    with pytest.raises(SessionError, match="Session is closed"):
        made._schedule_jobs([job])
    look.join()
    assert job.results["returncode"] == 1
    assert made.error.is_set()


def test_an_interrupt_before_they_run_marks_them_all(session, monkeypatch):
    def interrupted(_tasks):
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "submit", interrupted)
    made = Recipe()
    jobs = [ComputeJob("any", "true") for _ in range(3)]
    with pytest.raises(PipelineQuit, match="3 of 3 jobs did not end"):
        made._schedule_jobs(jobs)
    assert [job.results["returncode"] for job in jobs] == [1, 1, 1]
    assert made.error.is_set()
    assert session.task_count == 0


@pytest.mark.engines
def test_an_error_of_ours_leaves_no_job_running(two, sleeper, monkeypatch):
    with two.new_session("broken", on_error="continue") as session:

        def broken(_tasks):
            assert wait_until(lambda: len(os.listdir(sleeper)) == 1, 30)
            raise RuntimeError("broken")

        monkeypatch.setattr(session, "wait_some", broken)
        job = ComputeJob("any", "python nodes/sleeps.py", [sleeper])
        with pytest.raises(RuntimeError, match="broken"):
            Recipe(session)._schedule_jobs([job])
        assert job.results["returncode"] == 1
        assert wait_until(lambda: all(is_gone(int(pid)) for pid in os.listdir(sleeper)), 10)


def test_nothing_of_them_stays_in_the_session(session, place):
    made = Recipe()
    made.job_directory = place
    made._schedule_jobs([ComputeJob("any", "true"), ComputeJob("any", "python nodes/one.py")])
    assert not session._kept


def test_the_traceback_comes_before_the_error_of_the_master(session, kept):
    for _ in range(5):
        kept.records.clear()
        Recipe()._schedule_jobs([ComputeJob("any", "python nodes/raises.py")])
        levels = [level for level, _ in kept.told()]
        assert levels[-1] == "ERROR"
        assert ("WARNING", "ValueError: no good") in kept.told()[:-1]


def test_a_script_does_not_say_how_it_went_itself(session, place):
    text = "self.outputs.update(returncode=7, host='x', usage=0, engine=9, job_duration=0)"
    (place / "nodes" / "tells.py").write_text(strings(f"{text}\nself.outputs['mine'] = 3"))
    job = ComputeJob("any", "python nodes/tells.py")
    made = Recipe()
    made._schedule_jobs([job])
    assert (job.results["returncode"], job.results["mine"]) == (0, 3)
    assert job.results["host"] == platform.node()
    assert float(job.results["job_duration"]) > 0
    assert not made.error.is_set()


def test_outputs_that_are_no_dictionary_cost_no_other_job(session, kept, place):
    (place / "nodes" / "number.py").write_text(strings("self.outputs = 5"))
    (place / "nodes" / "sends.py").write_text(
        strings("from flowlab.compat.lofar import lofarnode\nlofarnode._send(b'o', b'I5\\n.')")
    )
    made = Recipe()
    jobs = [
        ComputeJob("any", f"python nodes/{name}.py", ["a"]) for name in ("number", "sends", "ok")
    ]
    made._schedule_jobs(jobs)
    assert [job.results["returncode"] for job in jobs] == [1, 0, 0]
    assert jobs[2].results["args"] == ("a",)
    assert made.error.is_set()
    told = [text for _, text in kept.told()]
    assert any("mine.outputs is a dictionary, not 5" in text for text in told)
    assert any("the outputs of python nodes/sends.py cannot be read" in text for text in told)


def test_files_that_cannot_be_written_cost_no_other_job_its_files(session, kept, place):
    (place / "job").mkdir()
    (place / "nodes" / "makes.py").write_text(
        "import os, sys\nmade, there = sys.argv[1:]\nopen(made, 'w').write('made')\n"
        "if there != 'free': os.mkdir(there.partition('=')[2])\n"
    )
    made = Recipe()
    made.job_directory = place / "job"
    words = [[place / "job" / "taken", f"there={place}/job/taken"], [place / "job" / "new", "free"]]
    jobs = [ComputeJob("any", "python nodes/makes.py", each) for each in words]
    made._schedule_jobs(jobs)
    assert [job.results["returncode"] for job in jobs] == [0, 0]
    assert (place / "job" / "new").read_text() == "made"
    assert made.error.is_set()
    told = f"the files of makes.py cannot be written: '{place}/job/taken' cannot be written: Is a d"
    assert [text[: len(told)] for level, text in kept.told() if level == "ERROR"] == [told]


def test_a_session_that_one_job_can_end_is_refused(here):
    with here.new_session("fails", on_error="fail-session") as session:
        made = Recipe(session)
        job = ComputeJob("any", "true")
        with pytest.raises(WrongValue, match="'fails' ends with the first job"):
            made._schedule_jobs([job])
        assert job.results["returncode"] == 123456, "it was never submitted"


def test_objects_of_the_graph_may_be_arguments(session):
    job = ComputeJob("any", "python nodes/objects.py", [blob("text"), [pickled({"a": 1})]])
    Recipe()._schedule_jobs([job])
    assert job.results["args"] == ("text", [{"a": 1}])


def test_a_class_beside_the_recipe_may_be_an_argument(session, place, monkeypatch):
    (place / "fl_beside.py").write_text(
        "from flowlab.compat.lofar import BaseRecipe, ComputeJob, RemoteCommandMixin\n"
        "class Word:\n    def __init__(self, text): self.text = text\n"
        "class recipe(BaseRecipe, RemoteCommandMixin): pass\n"
    )
    (place / "nodes" / "word.py").write_text(objects("self.outputs['text'] = args[0].text"))
    monkeypatch.syspath_prepend(str(place))
    import fl_beside

    job = ComputeJob("any", "python nodes/word.py", [fl_beside.Word("said")])
    fl_beside.recipe()._schedule_jobs([job])
    assert job.results["text"] == "said"


def test_files_in_a_large_argument_go_too(session, place):
    (place / "job").mkdir()
    (place / "job" / "table").write_text("1 2 3")
    (place / "nodes" / "reads.py").write_text(
        objects("self.outputs['text'] = args[0]['table'].read_text()")
    )
    made = Recipe()
    made.job_directory = place / "job"
    given = {"table": place / "job" / "table", "more": "x" * 1_000_000}
    job = ComputeJob("any", "python nodes/reads.py", [given])
    made._schedule_jobs([job])
    assert job.results["text"] == "1 2 3"


def test_a_large_argument_travels_as_an_object(session):
    made = Recipe()
    job = ComputeJob("any", "python nodes/objects.py", ["x" * 1_000_000, 3])
    made._schedule_jobs([job])
    assert job.results["args"] == ("x" * 1_000_000, 3)


def test_outputs_that_the_master_cannot_read_are_said(session, kept, place):
    (place / "nodes" / "fl_odd.py").write_text("class Odd: pass\n")
    text = (place / "nodes" / "objects.py").read_text()
    text = text.replace("= args", "= __import__('fl_odd').Odd()")
    (place / "nodes" / "far.py").write_text(f"import fl_odd\n{text}")
    made = Recipe()
    job = ComputeJob("any", "python nodes/far.py")
    made._schedule_jobs([job])
    assert job.results["returncode"] == 0
    assert made.error.is_set()
    assert any(
        "the outputs of python nodes/far.py cannot be read" in text for _, text in kept.told()
    )
