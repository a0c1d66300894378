"""The object table's file: what was written is read back, and what is torn is cut off."""

import os

import pytest

from flowlab.errors import StoreError
from flowlab.model.ids import ObjectId
from flowlab.model.payload import Inline, Payload, Staged
from flowlab.session.recordlog import Record, RecordLog


def record(seq, text=b"x"):
    values = {ObjectId(seq): Inline(text), ObjectId(seq + 100): Staged("url", 3, "digest")}
    return Record(seq, {"link": seq}, Payload(values=values))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "objects.log"


def test_records_come_back_in_order_up_to_the_journal_s_last_entry(path):
    log = RecordLog(path)
    log.append([record(1), record(2)])
    log.append([record(3)])
    log.close()
    again = RecordLog(path)
    assert list(again.read(2)) == [record(1), record(2)]
    assert again.size == path.stat().st_size
    assert list(RecordLog(path).read(9)) == [record(1), record(2)], "the third was cut off"


@pytest.mark.parametrize("missing", [1, 5, 30])
def test_a_record_that_is_torn_is_cut_off(path, missing):
    log = RecordLog(path)
    log.append([record(1)])
    whole = log.size
    log.append([record(2)])
    os.truncate(path, path.stat().st_size - missing)
    assert list(RecordLog(path).read(9)) == [record(1)]
    assert path.stat().st_size == whole


def test_all_of_it_may_be_replaced(path):
    log = RecordLog(path)
    log.append([record(number, b"x" * 1000) for number in range(9)])
    log.replace([record(1)])
    log.append([record(2)])
    assert log.size == path.stat().st_size
    assert list(RecordLog(path).read(9)) == [record(1), record(2)]


def test_a_file_that_others_may_read_is_refused(path):
    path.write_bytes(b"")
    path.chmod(0o644)
    with pytest.raises(StoreError, match="mode 0600"):
        RecordLog(path)
