"""Sessions begin, end, and let go of objects."""

from flowlab.events.messages import ObjectsDropped, SessionClosed, TasksCancelled, Unkept
from flowlab.scheduler.actions import Drop, EndSession, Interrupt
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
    submitted,
    task,
    tid,
    verdicts,
)  # fmt: skip


def started(*tasks):
    play = Playbook()
    play.let(opened(), engine(0), submitted(*tasks))
    return play


def test_closing_stops_tasks_and_drops_objects():
    play = started(task(1, keep=True), task(2))
    play.let(begun(0, 1))
    found = play.let(SessionClosed(S))
    assert Interrupt(0, tid(1), 1) in found
    assert verdicts(found, TasksCancelled)[0].tasks == (tid(1), tid(2))
    assert found[-1] == EndSession(S)
    assert play.let(SessionClosed(S)) == []


def test_what_a_closed_session_left_on_an_engine_keeps_its_claim():
    play = started(task(1))
    play.let(begun(0, 1), SessionClosed(S), opened())
    assert batches(play.let(submitted(task(2)))) == []
    assert batches(play.let(reported(0, finished=(done(1),)))) == [(0, [2])]


def test_an_unkept_object_is_dropped_at_once():
    play = started(task(1, keep=True))
    play.let(reported(0, finished=(done(1, [101]),)))
    found = play.let(Unkept(S, (oid(101),)))
    assert Drop((oid(101),)) in found
    assert verdicts(found, ObjectsDropped) == [ObjectsDropped((oid(101),))]
    assert play.let(Unkept(S, (oid(101),))) == []


def test_an_unkept_object_waits_for_its_readers():
    play = started(task(1, keep=True))
    play.let(reported(0, finished=(done(1, [101]),)), submitted(task(2, [101])))
    assert play.let(Unkept(S, (oid(101),))) == []
    assert Drop((oid(101),)) in play.let(reported(0, finished=(done(2),)))


def test_a_session_opened_twice_is_the_same():
    play = started(task(1))
    assert play.let(opened()) == []
    assert play.state(1).value == "assigned"
