"""Batches that wait for objects from other hosts: X and Y lie elsewhere.

X ──▶ 1 ──▶ 11 ──▶ 2        3 ──▶ 13        Y ──▶ 4        (X, Y) ──▶ 5
"""

import pytest

from flowlab.cluster.relay import Why
from flowlab.cluster.waiting import Waiting, WaitingRoom
from flowlab.events.messages import OnError
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.worker.messages import Batch, Brought, Job
from tests.cluster.peer import SESSION, thing

HERE, THERE = HostId("here"), HostId("there")
E1, E2 = EngineId(1), EngineId(2)
X, Y = ObjectId(thing(91)), ObjectId(thing(92))
FILES = {X: Stored(THERE, "/x", 100), Y: Stored(THERE, "/y", 100)}
COPIES = {X: Stored(HERE, "/copy/x", 100), Y: Stored(HERE, "/copy/y", 100)}


def key(number):
    return TaskId(thing(number)), Assignment(1)


def job(number, inputs=()):
    spec = TaskSpec(
        TaskId(thing(number)),
        "call",
        inputs=tuple(ObjectId(one) for one in inputs),
        outputs=(ObjectId(thing(10 + number)),),
    )
    return Job(spec, Assignment(1), (), (), False)


GRAPH = (
    job(1, [X]),
    job(2, [thing(11)]),
    job(3),
    job(4, [Y]),
    job(5, [X, Y]),
)


def waiting(*jobs, wants=(X, Y)):
    payload = Payload(
        functions={"f": b"f"},
        configs={one.spec.id: b"c" for one in jobs},
        values={ObjectId(thing(80)): Inline(b"small")},
    )
    gone = (ObjectId(thing(90)),)
    batch = Batch(BatchId(1), SESSION, jobs, OnError.CONTINUE, payload, (), gone, level=10)
    brought = {one: Brought(ObjectSpec(one, label="big"), ObjectInfo(one)) for one in wants}
    return Waiting(batch, {one: FILES[one] for one in wants}, brought)


@pytest.fixture
def room():
    return WaitingRoom()


def numbers(batch):
    return [one.spec.id & 0xFFFF for one in batch.jobs]


def leave(room):
    return [(engine, numbers(batch)) for engine, batch in room.leave()]


def test_what_lacks_nothing_goes_at_once_with_all_that_the_batch_brings(room):
    now = room.hold(E1, HERE, waiting(*GRAPH))
    assert numbers(now) == [3]
    assert now.payload.functions == {"f": b"f"}
    assert set(now.payload.values) == {thing(80)}
    assert set(now.payload.configs) == {thing(3)}
    assert len(room) == 4


def test_the_rest_follows_as_objects_come_and_brings_where_they_lie(room):
    room.hold(E1, HERE, waiting(*GRAPH))
    assert leave(room) == []
    room.came(X, HERE, COPIES[X])
    ((engine, batch),) = room.leave()
    assert (engine, numbers(batch)) == (E1, [1, 2])
    assert (batch.level, batch.on_error, batch.dropped) == (10, OnError.CONTINUE, ())
    assert batch.payload.values == {X: COPIES[X]}
    assert [one.spec.id for one in batch.brought] == [X]
    assert not batch.payload.functions
    assert set(batch.payload.configs) == {thing(1), thing(2)}
    room.came(Y, HERE, COPIES[Y])
    ((_, batch),) = room.leave()
    assert numbers(batch) == [4, 5]
    assert batch.payload.values == COPIES
    assert len(room) == 0


def test_tasks_that_hang_together_stay_in_one_message(room):
    # 3 reads nothing from elsewhere, but 5 reads what 3 makes
    now = room.hold(E1, HERE, waiting(job(3), job(5, [X, thing(13)]), wants=[X]))
    assert numbers(now) == []
    room.came(X, HERE, COPIES[X])
    assert leave(room) == [(E1, [3, 5])]


def test_parts_that_meet_late_are_one(room):
    jobs = job(1, [X]), job(4, [Y]), job(6), job(7, [thing(11), thing(14)])
    assert numbers(room.hold(E1, HERE, waiting(*jobs))) == [6]
    room.came(X, HERE, COPIES[X])
    assert leave(room) == []
    room.came(Y, HERE, COPIES[Y])
    assert leave(room) == [(E1, [1, 4, 7])]


def test_an_object_comes_for_all_engines_of_its_host_and_no_other(room):
    for engine, host in ((E1, HERE), (E2, HERE), (EngineId(3), THERE)):
        room.hold(engine, host, waiting(job(1, [X]), wants=[X]))
    room.came(X, HERE, COPIES[X])
    assert leave(room) == [(E1, [1]), (E2, [1])]
    assert len(room) == 1


def test_what_waits_can_be_taken_back_and_is_told_as_returned(room):
    room.hold(E1, HERE, waiting(*GRAPH))
    (fact,) = room.take_back(E1, [key(4), key(3), key(99)], "revoked")
    assert (fact.engine, fact.session) == (E1, SESSION)
    assert fact.returned == ((*key(4), "revoked"),)
    assert room.take_back(E2, None, "handed back") == []
    (fact,) = room.take_back(E1, None, "handed back")
    assert {row[:2] for row in fact.returned} == {key(1), key(2), key(5)}
    assert len(room) == 0
    room.came(X, HERE, COPIES[X])
    assert leave(room) == []


def test_what_reads_a_lost_object_goes_back_and_says_what_it_lacks(room):
    room.hold(E1, HERE, waiting(*GRAPH))
    (fact,) = room.failed(X, HERE, Why.LOST, "gone", 5.0)
    assert fact.returned == ((*key(1), "input absent"), (*key(5), "input absent"))
    assert fact.missing == (X,)
    assert leave(room) == [(E1, [2])]  # its engine finds out that what it reads never comes
    room.came(Y, HERE, COPIES[Y])
    assert leave(room) == [(E1, [4])]


def test_what_its_host_cannot_take_fails_the_tasks_that_read_it(room):
    room.hold(E1, HERE, waiting(*GRAPH))
    (fact,) = room.failed(Y, HERE, Why.REFUSED, "there is no room", 5.0)
    assert [row[:4] for row in fact.failed] == [(*key(4), 5.0, 5.0), (*key(5), 5.0, 5.0)]
    assert "input big cannot be brought" in fact.failed[0][4].message
    assert "there is no room" in fact.failed[0][4].message
    assert not fact.returned
    assert room.failed(Y, HERE, Why.REFUSED, "again", 6.0) == []
    assert len(room) == 2


def test_a_session_that_ends_and_an_engine_that_is_lost_leave_nothing(room):
    room.hold(E1, HERE, waiting(*GRAPH))
    room.hold(E2, HERE, waiting(*GRAPH))
    assert room.end_session(SessionId(7), "session ended") == []
    room.gone(E2)
    (fact,) = room.end_session(SESSION, "session ended")
    assert fact.engine == E1
    assert len(fact.returned) == 4
    assert len(room) == 0


def test_a_chain_of_thousands_is_cut_in_a_moment(room):
    chain = [job(1, [X]), *(job(10 * n + 1, [thing(10 * (n - 1) + 11)]) for n in range(1, 2_000))]
    assert numbers(room.hold(E1, HERE, waiting(*chain, wants=[X]))) == []
    room.came(X, HERE, COPIES[X])
    assert [len(batch.jobs) for _, batch in room.leave()] == [2_000]
