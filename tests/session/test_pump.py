"""The pump's turns, taken one by one: what is written before what is done, and taking over."""

import pytest

from flowlab.errors import StoreError
from flowlab.events.journal import JournalWriter, read_journal
from flowlab.events.messages import (
    EngineJoined,
    Logged,
    Noticed,
    OnError,
    Reported,
    Said,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    Submitted,
    TasksReady,
    Unkept,
)
from flowlab.model.ids import EngineId, ObjectId, SessionId, TaskId, join_id
from flowlab.model.payload import Inline, Payload
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import Drop, RunBatch
from flowlab.session.pump import Pump
from flowlab.session.table import ObjectTable, Origin

ONE = SessionId(1)
TASK, MADE = TaskId(join_id(ONE, 10)), ObjectId(join_id(ONE, 11))
SUBMITTED = Submitted(ONE, (ObjectSpec(MADE, keep=True),), (TaskSpec(TASK, "k", outputs=(MADE,)),))
FINISHED = Reported(0, ONE, finished=((TASK, 1, 1.0, 2.0, (ObjectInfo(MADE, 4),)),))
VALUE = Payload(values={MADE: Inline(b"made")})


class Bystander:
    """A cluster that does nothing, and a journal, which note the order of what they are asked."""

    def __init__(self, journal=None):
        self.order = []
        self._journal = journal

    def start(self, post, table):
        self.order.append("start")

    def perform(self, action):
        self.order.append(action)
        if isinstance(action, Drop):
            raise TypeError("asked for by the test")

    def describe(self):
        return {}

    def close(self):
        self.order.append("close")

    def write(self, entries):
        self.order.append([type(entry.event) for entry in entries])
        if self._journal is not None:
            self._journal.write(entries)


def quiet_pump(beside, **parts):
    """A pump whose turns are taken by the test."""
    pump = Pump(lambda: beside, **{"journal": beside, **parts})
    pump._cluster = beside
    return pump


def settle(pump):
    """Take turns until the inbox is empty."""
    while not pump._inbox.empty():
        pump.turn()


def open_and_submit(pump):
    pump.post(SessionOpened(ONE, "one", OnError.FAIL_SESSION))
    pump.post(EngineJoined(0, "host"))
    pump.post(SUBMITTED, Payload(configs={TASK: b"config"}))


def test_a_turn_is_written_before_it_is_done_and_told_last():
    beside = Bystander()
    pump = quiet_pump(beside)
    pump.stream.subscribe(lambda entries: beside.order.append("told"))
    open_and_submit(pump)
    pump.post(Noticed("by the way"), then=lambda: beside.order.append("then"))
    pump.turn()
    written, performed, *rest = beside.order
    assert written[:2] == [SessionOpened, EngineJoined]
    assert isinstance(performed, RunBatch)
    assert rest == ["then", "told"]


def test_a_post_that_comes_twice_is_taken_once():
    pump = quiet_pump(Bystander())
    told = []
    for number in (1, 1, 2):
        opened = SessionOpened(SessionId(number), "s", OnError.CONTINUE)
        pump.post(opened, origin=Origin("kernel", number), then=lambda: told.append(1))
    pump.turn()
    assert [entry.event.session for entry in pump.stream.entries()] == [1, 2]
    assert len(told) == 3  # the second one is confirmed too, or it would come for ever


def test_errands_are_done_in_the_pumps_thread_and_a_bad_one_is_said():
    pump = quiet_pump(Bystander())
    pump.ask(lambda: 1 / 0)
    settle(pump)
    (entry,) = pump.stream.entries()
    assert "ZeroDivisionError" in entry.event.text


def test_a_cluster_that_breaks_is_said_and_the_loop_goes_on():
    beside = Bystander()
    pump = quiet_pump(beside)
    open_and_submit(pump)
    pump.turn()
    pump.post(FINISHED, VALUE)
    pump.turn()
    pump.post(SessionClosed(ONE))
    settle(pump)
    assert any(isinstance(entry.event, Noticed) for entry in pump.stream.entries())
    with pytest.raises(StoreError):
        pump.table.value(MADE)


def test_a_batch_that_cannot_be_sent_ends_its_session_with_that_said():
    beside = Bystander()
    pump = quiet_pump(beside)
    beside.perform = lambda action: 1 / 0
    open_and_submit(pump)
    settle(pump)
    events = [entry.event for entry in pump.stream.entries()]
    (closed,) = [event for event in events if isinstance(event, SessionClosed)]
    assert "a batch cannot be sent" in closed.reason
    assert any("ZeroDivisionError" in each.text for each in events if isinstance(each, Noticed))


def test_a_broken_scheduler_ends_the_session_with_that_said():
    pump = quiet_pump(Bystander())
    open_and_submit(pump)
    pump.turn()
    pump._mind.scheduler.handle = None
    pump.post(FINISHED)
    settle(pump)
    events = [entry.event for entry in pump.stream.entries()]
    closed = [event for event in events if isinstance(event, SessionClosed)]
    assert closed[0].reason.startswith("a bug in flowlab's scheduler: TypeError")


def test_a_full_disk_stops_no_task():
    beside = Bystander()

    def fail(entries):
        raise OSError(28, "No space left on device")

    beside.write = fail
    pump = quiet_pump(beside)
    open_and_submit(pump)
    pump.turn()
    assert any(isinstance(each, RunBatch) for each in beside.order)
    assert "No space left" in pump.stream.entries()[-1].event.text


def test_the_loop_ends_after_what_is_in_the_inbox():
    beside = Bystander()
    pump = Pump(lambda: beside)
    pump.start()
    open_and_submit(pump)
    pump.close()
    assert len(pump.stream.entries()) >= 3
    assert beside.order[0] == "start"
    assert "close" in beside.order


def first_life(tmp_path):
    """A pump with files that came as far as a reported task."""
    journal = JournalWriter(tmp_path / "journal")
    pump = quiet_pump(Bystander(journal), table=ObjectTable(tmp_path / "objects.log"))
    open_and_submit(pump)
    pump.turn()
    pump.post(FINISHED, VALUE)
    pump.turn()
    return pump


def second_life(tmp_path, entries):
    pump = quiet_pump(Bystander(), table=ObjectTable(tmp_path / "objects.log"))
    pump.replay(entries)
    return pump


def test_a_pump_that_takes_over_knows_all_that_was_written(tmp_path):
    first = first_life(tmp_path)
    second = second_life(tmp_path, read_journal(tmp_path / "journal").entries)
    assert second.scheduler.snapshot() == first.scheduler.snapshot()
    assert second.stream.entries() == first.stream.entries()
    assert second.table.value(MADE) == Inline(b"made")
    assert second.table.task(TASK).kind == "k"
    assert second.cluster.order == []


def test_verdicts_that_were_not_written_any_more_are_said_by_the_next(tmp_path):
    first = first_life(tmp_path)
    entries = first.stream.entries()
    cut = next(i for i, entry in enumerate(entries) if isinstance(entry.event, TasksReady))
    second = second_life(tmp_path, entries[:cut])
    assert [entry.event for entry in second.stream.entries()][: cut + 2] == [
        entry.event for entry in entries[: cut + 2]
    ]
    whole = second_life(tmp_path, entries)
    assert not any(isinstance(entry.event, SessionFailed) for entry in whole.stream.entries())
    assert whole.stream.last == first.stream.last


def test_what_was_dropped_is_not_there_after_taking_over(tmp_path):
    journal = JournalWriter(tmp_path / "journal")
    pump = quiet_pump(Bystander(journal), table=ObjectTable(tmp_path / "objects.log"))
    open_and_submit(pump)
    pump.turn()
    pump.post(FINISHED, VALUE)
    pump.post(Unkept(ONE, (MADE,)))
    pump.turn()
    second = second_life(tmp_path, read_journal(tmp_path / "journal").entries)
    with pytest.raises(StoreError):
        second.table.value(MADE)


def test_what_an_engine_says_again_to_the_next_process_is_taken_once(tmp_path):
    first = first_life(tmp_path)
    chunk = lambda number: Logged(TASK, 1, number, EngineId(0), (), 0)
    first.post(chunk(1))
    first.post(Said(TASK, 1, 2, "stdout", "x", 1.0))
    first.turn()
    second = second_life(tmp_path, read_journal(tmp_path / "journal").entries)
    safe = []
    second.post(chunk(1), then=lambda: safe.append(1))
    second.post(Said(TASK, 1, 2, "stdout", "x", 1.0))
    second.post(chunk(3), then=lambda: safe.append(3))
    second.post(Logged(TASK, 2, 1, EngineId(0), (), 0))  # its next assignment
    second.turn()
    kinds = (Logged, Said)
    told = [e.event for e in second.stream.entries() if isinstance(e.event, kinds)]
    assert [(each.assignment, each.number) for each in told] == [(1, 1), (1, 2), (1, 3), (2, 1)]
    assert safe == [1, 3]  # its engine may forget both


def test_a_session_is_held_by_the_cluster_in_the_pumps_thread():
    beside = Bystander()
    beside.hold = lambda session, *, held: beside.order.append((session, held))
    pump = quiet_pump(beside)
    pump.hold(ONE, True)
    assert (ONE, True) not in beside.order
    pump.turn()
    assert (ONE, True) in beside.order


def test_what_engines_say_again_is_left_out_and_forgotten_with_its_session(tmp_path):
    said = [Said(TASK, 1, number, "stdout", "x", 1.0) for number in (1, 2, 3)]
    first = first_life(tmp_path)
    for each in said[:2]:
        first.post(each)
    first.turn()
    second = second_life(tmp_path, read_journal(tmp_path / "journal").entries)
    for each in said:
        second.post(each)
    settle(second)
    told = [entry.event for entry in second.stream.entries()]
    assert [each for each in told if isinstance(each, Said)] == said
    second.post(SessionClosed(ONE))
    settle(second)
    assert not second._repeats._last
