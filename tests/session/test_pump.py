"""The pump's turns, taken one by one: what is written before what is done."""

import pytest

from flowlab.errors import StoreError
from flowlab.events.messages import (
    EngineJoined,
    Noticed,
    OnError,
    SessionClosed,
    SessionOpened,
)
from flowlab.model.ids import SessionId
from flowlab.scheduler.actions import RunBatch
from flowlab.session.pump import Pump
from flowlab.session.table import Origin
from tests.session.bystander import (
    FINISHED,
    MADE,
    ONE,
    VALUE,
    Bystander,
    open_and_submit,
    quiet_pump,
    settle,
)


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


def said(pump):
    return [one.event.text for one in pump.stream.entries() if isinstance(one.event, Noticed)]


def test_what_engines_say_is_taken_before_what_kernels_have_posted():
    """Else an idle engine would wait for its next batch until a large submit is taken."""
    beside = Bystander()
    pump = quiet_pump(beside)
    for text in "xy":
        pump.post(Noticed(text))
    for text in "ab":
        pump.hear(Noticed(text), then=lambda: beside.order.append("safe"))
    settle(pump)
    assert said(pump) == ["a", "b", "x", "y"]
    assert beside.order.count("safe") == 2


def test_engines_that_never_stop_to_talk_hold_nobody_up():
    """For each event that is taken two more come, and each takes longer than a turn may."""
    pump = quiet_pump(Bystander(), turn_seconds=0.0)
    pump._clock = lambda: [pump.hear(Noticed("again")) for _ in range(2)] and 0.0
    pump.hear(Noticed("first"))
    for _ in range(20):
        pump.turn()
    pump.post(Noticed("x"))
    pump.turn()
    pump.turn()
    assert "x" in said(pump)


def test_what_is_heard_does_not_make_a_turn_longer():
    pump = quiet_pump(Bystander(), turn_seconds=0.0)
    for text in "abc":
        pump.hear(Noticed(text))
    pump.turn()
    assert said(pump) == ["a"]
    settle(pump)
    assert said(pump) == ["a", "b", "c"]


def test_what_was_decided_is_done_before_much_more_is_taken():
    beside = Bystander()
    pump = quiet_pump(beside, turn_seconds=0.0)
    open_and_submit(pump)
    pump.post(Noticed("later"))
    settle(pump)
    written = [one for one in beside.order if isinstance(one, list)]
    assert [SessionOpened] in written
    assert isinstance(beside.order[beside.order.index(written[-1]) - 1], RunBatch)
    assert written[-1] == [Noticed]


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


def test_a_session_is_held_by_the_cluster_in_the_pumps_thread():
    beside = Bystander()
    beside.hold = lambda session, *, held: beside.order.append((session, held))
    pump = quiet_pump(beside)
    pump.hold(ONE, True)
    assert (ONE, True) not in beside.order
    pump.turn()
    assert (ONE, True) in beside.order
