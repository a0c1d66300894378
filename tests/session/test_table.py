"""The object table: what it frees, and what another process reads of it."""

import os

import pytest

from flowlab.errors import StoreError
from flowlab.events.messages import LogLevelSet, Reported, Submitted
from flowlab.model.ids import EngineId, HostId, ObjectId, SessionId, TaskId, join_id
from flowlab.model.limits import AHEAD
from flowlab.model.logrow import QUIET
from flowlab.model.payload import Inline, Payload, Stored
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.session import table as room
from flowlab.session.table import ObjectTable, Origin

ONE, TWO = SessionId(1), SessionId(2)


def task_id(session=ONE, number=10):
    return TaskId(join_id(session, number))


def object_id(session=ONE, number=20):
    return ObjectId(join_id(session, number))


def declared(table, *sessions, function="f"):
    for session in sessions:
        spec = TaskSpec(task_id(session), "k", outputs=(object_id(session),), function=function)
        table.declare(Submitted(session, (ObjectSpec(object_id(session)),), (spec,)))


def payload(session=ONE, data=b"value"):
    return Payload(
        {"f": b"code"},
        {task_id(session): b"config"},
        {"f": "def f"},
        {object_id(session): Inline(data)},
    )


@pytest.fixture
def file(tmp_path):
    return tmp_path / "objects.log"


def reread(file, last):
    table = ObjectTable(file)
    for record in table.read_back(last):
        table.merge(record)
    return table


def test_what_was_put_in_is_there():
    table = ObjectTable()
    declared(table, ONE)
    table.put(1, payload())
    assert table.config(task_id()) == b"config"
    assert table.function("f") == b"code"
    assert table.source("f") == "def f"
    assert table.value(object_id()) == Inline(b"value")
    assert table.task(task_id()).kind == "k"
    assert table.object(object_id()).id == object_id()
    assert table.info(object_id()) == ObjectInfo(object_id(), 5)


def test_an_engine_knows_better_what_it_made():
    table = ObjectTable()
    declared(table, ONE)
    info = ObjectInfo(object_id(), 7, "pickle")
    row = (task_id(), 1, 0.0, 1.0, (info,))
    table.note(Reported(EngineId(0), ONE, finished=(row,)))
    assert table.info(object_id()) == info


def test_what_was_dropped_is_gone_and_says_so():
    table = ObjectTable()
    table.put(1, payload())
    table.drop([object_id()])
    table.forget([task_id()])
    with pytest.raises(StoreError, match="has no value"):
        table.value(object_id())
    assert table.config(task_id()) == b""
    assert table.describe()["bytes"] == len(b"code")


def test_a_function_stays_while_one_session_uses_it():
    table = ObjectTable()
    declared(table, ONE, TWO)
    table.put(1, payload())
    table.end_session(ONE)
    assert table.function("f") == b"code"
    table.end_session(TWO)
    assert set(table.describe().values()) == {0}


def test_another_process_reads_what_the_journal_knows_of(file):
    table = ObjectTable(file)
    table.put(1, payload(), Origin("kernel", 1))
    table.put(5, payload(TWO), Origin("kernel", 2))
    table.write()
    table.close()
    second = reread(file, last=4)
    assert second.value(object_id()) == Inline(b"value")
    with pytest.raises(StoreError):
        second.value(object_id(TWO))
    assert second.taken("kernel") == 1
    assert second.is_taken(Origin("kernel", 1))
    assert not second.is_taken(Origin("kernel", 2))
    assert reread(file, last=9).taken("kernel") == 1  # what the journal did not know was cut off


@pytest.mark.parametrize("left", [1, 5, -3])
def test_a_torn_end_is_cut_off(file, left):
    table = ObjectTable(file)
    table.put(1, payload())
    table.write()
    whole = file.stat().st_size
    table.put(2, payload(TWO))
    table.write()
    os.truncate(file, whole + left if left > 0 else file.stat().st_size + left)
    second = reread(file, last=2)
    assert second.value(object_id()) == Inline(b"value")
    assert file.stat().st_size == whole
    second.put(3, payload(TWO))
    second.write()
    assert reread(file, last=3).value(object_id(TWO)) == Inline(b"value")


def test_the_file_shrinks_when_most_of_it_is_dead(file, monkeypatch):
    monkeypatch.setattr(room, "COMPACT_ABOVE", 1000)
    table = ObjectTable(file)
    for number in range(100):
        table.put(number + 1, payload(data=b"x" * 100), Origin("kernel", number + 1))
        table.write()
        table.compact()
    assert file.stat().st_size < 2000
    second = reread(file, last=100)
    assert second.value(object_id()) == Inline(b"x" * 100)
    assert second.taken("kernel") == 100


def test_the_file_is_private_and_nobody_elses(file):
    ObjectTable(file).close()
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o644)
    with pytest.raises(StoreError, match="mode 0600"):
        ObjectTable(file)


def test_small_values_that_were_declared_behind_one_come_along():
    table = ObjectTable()
    values = {
        object_id(number=20): Inline(b"itself"),
        object_id(number=22): Inline(b"a"),
        object_id(number=24): Stored(HostId("h"), "/p", 10**6),
        object_id(number=26): Inline(b"b" * (AHEAD - 1)),
        object_id(number=28): Inline(b"too much"),
        object_id(TWO, number=23): Inline(b"of another session"),
    }
    table.put(1, Payload(values=values))
    found = table.values_behind(object_id(number=20))
    assert list(found) == [object_id(number=22), object_id(number=26)]
    assert table.values_behind(object_id(number=28)) == {}


def test_a_session_has_the_log_level_that_was_said_last_until_it_ends():
    table = ObjectTable()
    assert table.log_level(ONE) == QUIET
    for level in (10, 40):
        table.take(LogLevelSet(ONE, level))
    assert (table.log_level(ONE), table.log_level(TWO)) == (40, QUIET)
    table.end_session(ONE)
    assert table.log_level(ONE) == QUIET
