"""A journal is read in pieces, with or without its traces, and leaves no file open."""
# mirrors: the readings of a journal that the dashboard makes

import os

import pytest

from flowlab.errors import StoreError
from flowlab.events.journal import JournalWriter, Position, read_journal
from tests.events.builders import noticed, opened, said, submitted

BATCH = [opened(1), submitted(2, 3), said(3), noticed(4), submitted(5)]


@pytest.fixture
def journal(tmp_path):
    writer = JournalWriter(tmp_path / "run")
    writer.write(BATCH)
    writer.close()
    return tmp_path / "run"


def numbers(reading):
    return [entry.seq for entry in reading.entries]


def test_a_piece_ends_with_a_line_and_the_next_goes_on(journal):
    found, position, pieces = [], Position(), 0
    while (reading := read_journal(journal, position, 1, traces=False)).position != position:
        found += numbers(reading)
        position, pieces = reading.position, pieces + 1
    assert found == [1, 2, 5]
    assert pieces == 4  # the header is a line too


def test_a_large_piece_holds_all(journal):
    assert numbers(read_journal(journal, None, 1 << 20)) == [1, 2, 3, 4, 5]


def test_traces_are_left_out_and_can_be_read_later(journal):
    reading = read_journal(journal, traces=False)
    assert numbers(reading) == [1, 2, 5]
    assert numbers(read_journal(journal, reading.position)) == [3, 4]


@pytest.mark.parametrize("name", ["journal.jsonl", "traces.jsonl"])
def test_a_refused_file_leaves_no_descriptor_open(journal, name):
    (journal / name).chmod(0o644)
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(StoreError, match="not private"):
        read_journal(journal)
    assert len(os.listdir("/proc/self/fd")) == before
