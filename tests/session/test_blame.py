"""What people read of a task that did not finish."""

from flowlab.model.ids import TaskId, join_id
from flowlab.model.specs import Failure, Place, TaskSpec
from flowlab.session.blame import error_of, failed, show, show_place
from flowlab.session.records import CANCELLED, FAILED, FINISHED, SKIPPED, SessionRecord, TaskRecord

FAILURE = Failure("ValueError: no", "  In [3], line 2\n    x = y\n", "said", 2)


def spec(number, name="", place=None):
    return TaskSpec(TaskId(join_id(1, number)), "cell", name, place=place or Place())


def session(*records):
    return SessionRecord(1, {record.spec.id: record for record in records})


def test_the_words_are_rains_with_the_users_own_lines():
    error = failed(spec(10, "clean", Place("", 1, 3)), FAILURE)
    assert str(error) == (
        "Task <Task 1/10 'clean' cell> failed\n"
        "Message: ValueError: no\n"
        "  In [3], line 2\n"
        "    x = y\n"
        "Task created at:\n"
        "  In [3], line 1\n"
        "Debug:\n"
        "said"
    )
    assert error.task == "clean"
    assert error.traceback == FAILURE.traceback


def test_a_place_shows_its_line_of_source():
    shown = show_place(Place(__file__, 1))
    assert shown.startswith(f"  {__file__}, line 1\n")
    assert "What people read" in shown
    assert show_place(Place()) == "  an unknown place"


def test_a_dependent_names_the_cause():
    cause = TaskRecord(spec(10, "load"), FAILED, failure=FAILURE)
    behind = TaskRecord(spec(11, "clean"), SKIPPED, cause=cause.spec.id)
    text = str(error_of(session(cause, behind), behind.spec.id))
    assert text.startswith(f"Task {show(behind.spec)} was skipped")
    assert f"because of task {show(cause.spec)}\nTask {show(cause.spec)} failed" in text


def test_a_cancelled_task_says_why():
    record = TaskRecord(spec(10), CANCELLED, reason="the user asked for it")
    assert str(error_of(session(record), record.spec.id)).endswith(
        "was cancelled: the user asked for it"
    )


def test_nobody_is_blamed_for_what_finished_or_is_unknown():
    record = TaskRecord(spec(10), FINISHED)
    assert error_of(session(record), record.spec.id) is None
    assert error_of(session(), record.spec.id) is None
