"""Failure, cancelling and skipping.   1 ──▶ 101 ──▶ 2 ──▶ 102 ──▶ 3,   and 4 by itself"""

from flowlab.events.messages import (
    CancelRequested,
    EnginesUnavailable,
    OnError,
    SessionFailed,
    TasksCancelled,
    TasksSkipped,
)  # fmt: skip
from flowlab.model.ids import Assignment
from flowlab.model.specs import Failure
from flowlab.scheduler.actions import Interrupt, Revoke
from tests.scheduler.playbook import (
    Playbook,
    S,
    begun,
    engine,
    opened,
    reported,
    submitted,
    task,
    tid,
    verdicts,
)  # fmt: skip


def started(on_error=OnError.CONTINUE):
    play = Playbook()
    play.let(opened(on_error), engine(0), engine(1))
    play.let(submitted(task(1), task(2, [101]), task(3, [102]), task(4)))
    return play


def failed(number):
    return reported(0, failed=((tid(number), Assignment(1), 0.0, 1.0, Failure("boom")),))


def test_only_dependents_are_skipped_when_the_session_goes_on():
    play = started()
    found = play.let(failed(1))
    assert verdicts(found, TasksSkipped) == [TasksSkipped((tid(2), tid(3)), tid(1))]
    assert play.state(4).value == "assigned"


def test_one_failure_ends_the_whole_session_when_it_asked_for_that():
    play = started(OnError.FAIL_SESSION)
    play.let(begun(1, 4))
    found = play.let(failed(1))
    assert verdicts(found, SessionFailed) == [SessionFailed(S, tid(1), Failure("boom"))]
    assert verdicts(found, TasksCancelled)[0].tasks == (tid(4),)
    assert Interrupt(1, tid(4), 1) in found
    late = play.let(submitted(task(7)))
    assert verdicts(late, TasksCancelled)[0].tasks == (tid(7),)


def test_a_cancelled_task_takes_its_branch_along():
    play = started()
    play.let(begun(0, 1))
    found = play.let(CancelRequested(S, (tid(2),)))
    assert verdicts(found, TasksCancelled)[0].tasks == (tid(2),)
    assert verdicts(found, TasksSkipped) == [TasksSkipped((tid(3),), tid(2))]
    assert Revoke(0, ((tid(2), 1), (tid(3), 1))) in found
    assert play.state(1).value == "running"


def test_a_task_is_cancelled_once():
    play = started()
    play.let(CancelRequested(S, (tid(4),)))
    assert play.let(CancelRequested(S, (tid(4),))) == []


def test_when_no_engine_can_be_had_everything_fails_with_that_said():
    play = Playbook()
    play.let(opened(), submitted(task(1), task(2, [101])), EnginesUnavailable("no such profile"))
    assert play.scheduler.explain(tid(1)).sentences == (
        "it failed: no engine can be had: no such profile",
    )
    assert play.state(2).value == "skipped"
    play.let(submitted(task(5)))
    assert play.state(5).value == "failed"
    play.let(engine(0), submitted(task(6)))
    assert play.state(6).value == "assigned"
