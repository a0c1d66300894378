"""Relay, waiting room and carriers together: two stores in this process, and no links."""

import os
import queue
from functools import partial

import pytest

from flowlab.cluster.between import Between, Ways
from flowlab.cluster.waiting import Waiting
from flowlab.errors import CannotStore, StoreError
from flowlab.events.messages import ObjectsLost, OnError, Reported
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, TaskId
from flowlab.model.limits import MIB, PIECE
from flowlab.model.payload import Payload
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import (
    Drop,
    EndSession,
    Given,
    HandBack,
    Interrupt,
    Revoke,
    RunBatch,
)
from flowlab.staging.store import HostStore, StoreSettings, write_settings
from flowlab.worker.carrier import Carrier
from flowlab.worker.messages import Batch, Brought, Discarded, Job
from tests.cluster.peer import SESSION, thing

HOME, FAR = HostId("home"), HostId("far")
NEAR_ENGINE, FAR_ENGINE, OTHER = EngineId(0), EngineId(1), EngineId(2)
X = ObjectId(thing(91))
DATA = os.urandom(2 * PIECE + 7)
TASK = (TaskId(thing(1)), Assignment(1))


class Office:
    """What a cluster is to `between`: its calls wait until the test runs them."""

    def __init__(self, directory):
        self.calls = queue.Queue()
        self.sent, self.said, self.given = [], [], []
        self.home, self.far = (self._store(directory / name) for name in (HOME, FAR))
        self.near = Carrier(self.home)
        self.carriers = {engine: Carrier(self.far) for engine in (FAR_ENGINE, OTHER)}
        for engine, carrier in self.carriers.items():
            carrier.wake = partial(self.calls.put, partial(self._hear, engine))
        ways = Ways(self._send, self.calls.put, self._given, self.said.append)
        self.between = Between("run", self.home, self.near, ways)
        self.between.joined(NEAR_ENGINE, HOME)
        self.between.joined(FAR_ENGINE, FAR)
        self.between.joined(OTHER, FAR)

    def until(self, true):
        """Do what is to be done on the router's thread, until something holds."""
        while not true():
            self.calls.get(timeout=20)()

    def batches(self, engine):
        return [one for to, one in self.sent if to == engine and isinstance(one, Batch)]

    def close(self):
        for carrier in (self.near, *self.carriers.values()):
            carrier.close()

    def _store(self, directory):
        directory.mkdir(mode=0o700)
        write_settings(directory, StoreSettings(16 * MIB))
        return HostStore(directory, HostId(directory.name))

    def _send(self, engine, message):
        self.sent.append((engine, message))
        if not isinstance(message, Batch):
            assert engine != NEAR_ENGINE, "an engine at home needs no carrier"
            self.carriers[engine].take(message)

    def _given(self, engine, objects):
        self.given += [(engine, one) for one in objects]

    def _hear(self, engine):
        answers = self.carriers[engine].answers
        while answers:
            self.between.heard(engine, answers.popleft())


@pytest.fixture
def office(tmp_path):
    made = Office(tmp_path)
    yield made
    made.close()


def waiting(file):
    spec = TaskSpec(TASK[0], "call", inputs=(X,))
    batch = Batch(BatchId(1), SESSION, (Job(spec, TASK[1], (), (), False),), OnError.CONTINUE)
    return Waiting(batch, {X: file}, {X: Brought(ObjectSpec(X, label="big"), ObjectInfo(X))})


def test_nothing_is_lost_before_all_engines_of_the_process_before_had_time_to_come(office):
    file, told = office.far.put(X, DATA), []
    ways = Ways(office._send, office.calls.put, office._given, office.said.append)
    office.between = between = Between("run", office.home, office.near, ways, early=True)
    between.joined(NEAR_ENGINE, HOME)  # comes first; who has the object comes later
    between.hold(NEAR_ENGINE, waiting(file))
    between.fetch(X, file, "big", "", told.append)
    between.settle([FAR_ENGINE])
    assert office.said == told == []
    between.joined(FAR_ENGINE, FAR)
    between.settle([])
    office.until(lambda: office.batches(NEAR_ENGINE))
    assert office.said == []
    assert len(told) == 1
    assert bytes(office.home.open(told[0])) == DATA


def test_who_does_not_come_from_the_process_before_takes_what_he_has_along(office):
    ways = Ways(office._send, office.calls.put, office._given, office.said.append)
    office.between = between = Between("run", office.home, office.near, ways, early=True)
    between.joined(NEAR_ENGINE, HOME)
    between.hold(NEAR_ENGINE, waiting(office.far.put(X, DATA)))
    between.gone(FAR_ENGINE)
    between.settle([])
    assert isinstance(office.said[0], ObjectsLost)
    assert isinstance(office.said[1], Reported)


def test_a_batch_goes_when_what_it_reads_has_come(office):
    office.between.hold(NEAR_ENGINE, waiting(office.far.put(X, DATA)))
    assert office.batches(NEAR_ENGINE) == []
    assert office.between.describe()["waiting"] == 1
    office.until(lambda: office.batches(NEAR_ENGINE))
    (batch,) = office.batches(NEAR_ENGINE)
    assert bytes(office.home.open(batch.payload.values[X])) == DATA
    assert office.given == [(NEAR_ENGINE, X)]
    told = office.between.describe()
    assert told == {"waiting": 0, "coming": 0, "copies": 1, "bytes": len(DATA), "staged": 0}


def test_it_goes_the_other_way_as_well_and_the_second_time_at_once(office):
    file = office.home.put(X, DATA)
    office.between.hold(FAR_ENGINE, waiting(file))
    office.until(lambda: office.batches(FAR_ENGINE))
    office.between.hold(OTHER, waiting(file))
    (batch,) = office.batches(OTHER)
    assert bytes(office.far.open(batch.payload.values[X])) == DATA


def test_what_a_batch_brings_goes_at_once(office):
    held = waiting(office.far.put(X, DATA))
    first = Payload(functions={"f": b"f"})
    batch = Batch(BatchId(1), SESSION, held.batch.jobs, OnError.CONTINUE, first)
    office.between.hold(NEAR_ENGINE, held._replace(batch=batch))
    assert [one.payload for one in office.batches(NEAR_ENGINE)] == [first]


def test_a_fetch_is_answered_when_it_has_come_and_then_at_once(office):
    file, found = office.far.put(X, DATA), []
    office.between.fetch(X, file, "big", "", found.append)
    office.between.fetch(X, file, "big", "", found.append)
    assert found == []
    office.until(lambda: found)
    office.between.fetch(X, file, "big", "", found.append)
    assert len(found) == 3
    assert bytes(office.home.open(found[2])) == DATA


def test_a_fetch_of_what_is_gone_and_of_what_finds_no_room_are_two_errors(office):
    file, found = office.far.put(X, DATA), []
    office.home.put(ObjectId(thing(92)), bytes(12 * MIB), "filling")
    office.between.fetch(X, file, "big", "", found.append)
    office.until(lambda: found)
    assert isinstance(found[0], CannotStore)
    assert "filling" in str(found[0])
    office.far.drop([X])
    office.between.fetch(X, file, "big", "", found.append)
    office.until(lambda: len(found) > 1)
    assert type(found[1]) is StoreError
    assert office.said == [ObjectsLost((X,), str(found[1]))]


def test_a_loss_is_said_before_what_waited_for_it_goes_back(office):
    file = office.far.put(X, DATA)
    office.between.hold(NEAR_ENGINE, waiting(file))
    office.between.gone(FAR_ENGINE)
    office.between.gone(OTHER)
    lost, returned = office.said
    assert isinstance(lost, ObjectsLost)
    assert returned.returned == ((*TASK, "input absent"),)
    office.between.hold(FAR_ENGINE, waiting(file))  # it is lost, and that is on its way
    assert office.between.describe()["waiting"] == 0


@pytest.mark.parametrize(
    "action",
    [
        Revoke(NEAR_ENGINE, (TASK,)),
        HandBack(NEAR_ENGINE),
        Interrupt(NEAR_ENGINE, *TASK),
        EndSession(SESSION),
    ],
    ids=lambda action: type(action).__name__,
)
def test_what_waits_goes_back_as_if_its_engine_had_it(office, action):
    office.between.hold(NEAR_ENGINE, waiting(office.far.put(X, DATA)))
    office.between.follow(action)
    (fact,) = office.said
    assert isinstance(fact, Reported)
    assert [row[:2] for row in fact.returned] == [TASK]
    assert office.between.describe()["waiting"] == 0


def test_objects_are_removed_from_all_stores_by_one_engine_a_host(office):
    far, near = office.far.put(X, DATA), office.home.put(X, DATA)
    office.between.follow(RunBatch(OTHER, 1, SESSION, (Given(*TASK),), 1, OnError.CONTINUE))
    office.between.follow(Drop((X,)))
    assert office.sent == [(FAR_ENGINE, Discarded((X,)))]
    office.between.follow(EndSession(SESSION))
    session = Discarded(sessions=(SESSION,))
    assert office.sent[1:] == [(FAR_ENGINE, session), (OTHER, session)]
    assert not os.path.exists(near.path)
    found = []
    office.between.fetch(X, far, "big", "", found.append)
    office.until(lambda: found)  # after what is to be removed
    assert not os.path.exists(far.path)


def test_what_was_made_again_is_not_taken_for_what_was_before(office):
    file, found = office.far.put(X, b"old" * (2 * MIB)), []
    office.between.made({X: file})  # nobody has asked for it
    office.between.fetch(X, file, "big", "", found.append)
    again = office.far.put(X, b"new" * (2 * MIB))
    office.between.made({X: again})
    office.until(lambda: found)
    assert bytes(office.home.open(found[0])) == b"new" * (2 * MIB)
