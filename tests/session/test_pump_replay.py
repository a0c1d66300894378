"""A pump that takes over from another one's files."""
# mirrors: the replay of flowlab/session/pump.py, when another process takes over

import pytest

from flowlab.errors import StoreError
from flowlab.events.journal import JournalWriter, read_journal
from flowlab.events.messages import (
    Logged,
    Said,
    SessionClosed,
    SessionFailed,
    TasksReady,
    Unkept,
)
from flowlab.model.ids import EngineId
from flowlab.model.payload import Inline
from flowlab.session.table import ObjectTable
from tests.session.bystander import (
    FINISHED,
    MADE,
    ONE,
    TASK,
    VALUE,
    Bystander,
    open_and_submit,
    quiet_pump,
    settle,
)


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
