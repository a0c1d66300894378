"""What counts of a report, and what does not.   1 ──▶ 101 ──▶ 2"""

from flowlab.events.messages import CancelRequested
from flowlab.model.ids import Assignment
from flowlab.model.specs import Failure, ObjectInfo
from flowlab.scheduler.actions import Drop, Interrupt
from tests.scheduler.playbook import (
    Playbook,
    S,
    batches,
    begun,
    done,
    engine,
    oid,
    opened,
    reported,
    returned,
    submitted,
    task,
    tid,
)  # fmt: skip


def started(*tasks):
    play = Playbook(unsaid=True)
    play.let(opened(), engine(0), submitted(*(tasks or (task(1), task(2, [101])))))
    return play


def test_a_late_report_is_ignored():
    play = started(task(1, keep=True))
    play.let(returned(0, 1))
    before = play.scheduler.snapshot()["sessions"]
    assert play.let(reported(0, finished=(done(1, [101], 1),))) == []
    assert play.scheduler.snapshot()["sessions"] == before


def test_a_report_of_another_engine_is_ignored():
    play = started()
    play.let(engine(1))
    assert play.let(reported(1, finished=(done(1),))) == []
    assert play.state(1).value == "assigned"


def test_a_report_said_twice_counts_once():
    play = started(task(1, keep=True))
    play.let(reported(0, finished=(done(1, [101]),)))
    before = play.scheduler.snapshot()["sessions"]
    play.let(reported(0, finished=(done(1, [101]),)))
    assert play.scheduler.snapshot()["sessions"] == before


def test_the_report_of_a_cancelled_task_still_frees_its_engine():
    play = started(task(1))
    play.let(begun(0, 1), CancelRequested(S, (tid(1),)))
    play.let(submitted(task(2)))
    assert play.state(2).value == "ready"
    assert batches(play.let(reported(0, cancelled=((tid(1), Assignment(1)),)))) == [(0, [2])]


def test_a_task_that_began_before_it_could_be_revoked_is_interrupted():
    play = started(task(1))
    play.let(CancelRequested(S, (tid(1),)))
    assert play.let(begun(0, 1)) == [Interrupt(0, tid(1), 1)]


def test_values_that_nobody_will_need_are_removed():
    play = started(task(1))
    play.let(CancelRequested(S, (tid(1),)))
    assert play.let(reported(0, finished=(done(1, [101]),))) == [Drop((oid(101),))]


def test_a_published_object_lets_a_returned_task_go_elsewhere():
    play = started()
    play.let(engine(1), reported(0, finished=(done(1),)))
    back = returned(0, 2, reason="over budget", published=(ObjectInfo(oid(101), 1),))
    assert batches(play.let(back)) == [(0, [2])]


def test_a_failed_task_keeps_its_failure():
    play = started()
    play.let(reported(0, failed=((tid(1), Assignment(1), 0.0, 1.0, Failure("no disk")),)))
    assert play.scheduler.explain(tid(1)).sentences == ("it failed: no disk",)
    assert play.state(2).value == "skipped"


def test_a_task_that_never_gives_what_was_asked_is_condemned():
    play = started(task(1, keep=True))
    for attempt in (1, 2, 3):
        play.let(reported(0, finished=(done(1, [], attempt),)))
    assert "never came" in play.scheduler.explain(tid(1)).sentences[0]
