"""Objects that are lost are made again.   1 ──▶ 101 ──▶ 2 ──▶ 102 (kept)"""

from flowlab.events.messages import ObjectsLost
from flowlab.model.ids import Assignment
from flowlab.model.specs import Failure
from tests.scheduler.playbook import (
    Playbook,
    batches,
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


def finished():
    play = Playbook(unsaid=True)
    play.let(opened(), engine(0), submitted(task(1), task(2, [101], keep=True)))
    play.let(reported(0, finished=(done(1), done(2, [102]))))
    return play


def test_a_lost_kept_object_is_made_again_from_the_beginning():
    play = finished()
    assert batches(play.let(ObjectsLost((oid(102),), "gone"))) == [(0, [1])]
    assert play.state(2).value == "waiting"
    assert "an output that is still needed was lost" in play.scheduler.explain(tid(1)).sentences[1]


def test_a_lost_object_that_nobody_needs_is_not_made_again():
    play = finished()
    assert play.let(ObjectsLost((oid(101),), "gone")) == []


def test_a_ready_task_waits_when_its_input_is_lost():
    play = finished()
    play.let(submitted(task(8)), submitted(task(3, [102])))
    assert play.state(3).value == "ready"
    play.let(ObjectsLost((oid(102),), "gone"))
    assert play.state(3).value == "waiting"


def test_a_lost_constant_condemns_what_reads_it():
    play = Playbook(unsaid=True)
    play.let(opened(), submitted(task(1, [50]), constants=[50]), ObjectsLost((oid(50),), "gone"))
    assert "is a constant: gone" in play.scheduler.explain(tid(1)).sentences[0]


def test_an_object_thought_to_be_there_is_sent_again_and_then_made_again():
    play = finished()
    play.let(submitted(task(3, [102])))
    for attempt in (1, 2):
        again = returned(0, 3, reason="input absent", assignment=attempt, missing=(oid(102),))
        assert batches(play.let(again)) == [(0, [3])]
    again = returned(0, 3, reason="input absent", assignment=3, missing=(oid(102),))
    assert batches(play.let(again)) == [(0, [1])]
    assert play.state(3).value == "waiting"


def test_a_returned_reader_has_what_stayed_in_its_batch_made_again():
    play = Playbook(unsaid=True)
    play.let(opened(), engine(0), submitted(task(1), task(2, [101])))
    play.let(reported(0, finished=(done(1),)))
    assert batches(play.let(returned(0, 2, reason="over budget"))) == [(0, [1])]


def test_what_a_task_left_before_it_ended_badly_is_lost_for_good():
    """It ran again for its other output: so what was there meanwhile cannot be made again."""
    play = Playbook(unsaid=True)
    play.let(opened(), engine(0), submitted(task(1, [], [101, 102], keep=True)))
    play.let(reported(0, finished=(done(1, [101, 102]),)))
    play.let(ObjectsLost((oid(101),), "gone"))
    broken = (tid(1), Assignment(2), 0.0, 1.0, Failure("boom"))
    play.let(reported(0, failed=(broken,)))
    assert play.state(1).value == "failed"
    play.let(submitted(task(8)), submitted(task(3, [102])))
    assert play.state(3).value == "ready"
    play.let(ObjectsLost((oid(102),), "gone"))
    assert play.state(3).value == "skipped"
