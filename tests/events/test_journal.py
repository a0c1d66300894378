"""The journal gives back what was written, wherever it was cut and whatever was done to it."""

import os
import random
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.errors import StoreError
from flowlab.events.codec import encode_entry
from flowlab.events.journal import JournalWriter, Position, read_journal
from flowlab.events.messages import Noticed
from tests.events.builders import noticed, opened, said, submitted

BATCH = [opened(1), submitted(2, 3), said(3), noticed(4), submitted(5)]


def write(place, *batches, **limits):
    writer = JournalWriter(place, **limits)
    for batch in batches:
        writer.write(batch)
    writer.close()
    return writer


def numbers(reading):
    return [entry.seq for entry in reading.entries]


def test_entries_come_back_in_order(tmp_path):
    write(tmp_path / "run", BATCH)
    reading = read_journal(tmp_path / "run")
    assert list(reading.entries) == BATCH
    assert (reading.damaged, reading.torn) == (0, 0)


def test_several_batches_and_an_empty_one(tmp_path):
    write(tmp_path / "run", BATCH[:2], [], BATCH[2:])
    assert list(read_journal(tmp_path / "run").entries) == BATCH


def test_the_header_says_whose_it_is(tmp_path):
    write(tmp_path / "run", BATCH, meta={"client": "c1"})
    assert read_journal(tmp_path / "run").meta == {"client": "c1"}
    assert (tmp_path / "run" / "journal.jsonl").read_bytes().startswith(b'{"flowlab":1,')


def test_traces_have_a_file_of_their_own(tmp_path):
    write(tmp_path / "run", BATCH)
    facts = (tmp_path / "run" / "journal.jsonl").read_text().splitlines()
    traces = (tmp_path / "run" / "traces.jsonl").read_text().splitlines()
    assert (len(facts), len(traces)) == (1 + 3, 1 + 2)


def test_all_is_private(tmp_path):
    before = os.umask(0)
    try:
        write(tmp_path / "run", BATCH)
    finally:
        os.umask(before)
    assert (tmp_path / "run").stat().st_mode & 0o777 == 0o700
    for path in (tmp_path / "run").iterdir():
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_writer_goes_on_below_the_old_header(tmp_path):
    write(tmp_path / "run", BATCH[:2])
    write(tmp_path / "run", BATCH[2:])
    reading = read_journal(tmp_path / "run")
    assert list(reading.entries) == BATCH
    assert reading.damaged == 0


@pytest.mark.parametrize("name", ["journal.jsonl", "traces.jsonl"])
def test_a_cut_at_any_byte_costs_only_what_lies_behind_it(tmp_path, name):
    write(tmp_path / "run", BATCH)
    path = tmp_path / "run" / name
    whole = path.read_bytes()
    lines = [encode_entry(e) for e in BATCH if encode_entry(e) in whole]
    others = len(BATCH) - len(lines)
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        reading = read_journal(tmp_path / "run")
        kept = sum(whole.index(line) + len(line) <= cut for line in lines)
        assert len(reading.entries) == kept + others
        assert reading.damaged == 0


def test_a_writer_cuts_off_a_torn_end_wherever_it_is(tmp_path):
    write(tmp_path / "run", BATCH[:2])
    path = tmp_path / "run" / "journal.jsonl"
    whole = path.read_bytes()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        before = read_journal(tmp_path / "run")
        write(tmp_path / "run", [submitted(9)])
        after = read_journal(tmp_path / "run")
        assert after.entries == (*before.entries, submitted(9))
        assert (after.damaged, after.torn) == (0, 0)


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=60), st.integers(0, 3))
def test_garbage_between_the_lines_costs_only_itself(tmp_path_factory, garbage, place):
    directory = tmp_path_factory.mktemp("journal")
    write(directory / "run", [opened(1), submitted(2), submitted(3)])
    path = directory / "run" / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines.insert(place, garbage + b"\n")
    path.write_bytes(b"".join(lines))
    reading = read_journal(directory / "run")
    assert numbers(reading) == [1, 2, 3]
    # The header is a header in the first line alone; elsewhere it is one line more that is none.
    assert reading.damaged == (garbage + b"\n").count(b"\n") + (place == 0)


def test_overwritten_bytes_cost_their_lines_alone(tmp_path):
    batch = [opened(1), *(submitted(n) for n in range(2, 40))]
    write(tmp_path / "run", batch)
    path = tmp_path / "run" / "journal.jsonl"
    whole = path.read_bytes()
    chance = random.Random(7)
    for _ in range(100):
        start = chance.randrange(len(whole))
        end = min(len(whole), start + chance.randrange(1, 200))
        hit = whole[:start].count(b"\n"), whole[: end - 1].count(b"\n")
        path.write_bytes(whole[:start] + b"\0" * (end - start) + whole[end:])
        reading = read_journal(tmp_path / "run")
        spared = {n for n in range(1, 40) if not hit[0] <= n <= hit[1] + 1}
        assert spared <= set(numbers(reading))


def test_a_follower_reads_on_from_where_it_was(tmp_path):
    writer = JournalWriter(tmp_path / "run")
    writer.write(BATCH[:2])
    first = read_journal(tmp_path / "run")
    nothing = read_journal(tmp_path / "run", first.position)
    writer.write(BATCH[2:])
    second = read_journal(tmp_path / "run", nothing.position)
    writer.close()
    assert (numbers(first), numbers(nothing), numbers(second)) == ([1, 2], [], [3, 4, 5])


def test_a_follower_waits_for_the_end_of_a_line(tmp_path):
    write(tmp_path / "run", BATCH[:1])
    path = tmp_path / "run" / "journal.jsonl"
    line = encode_entry(submitted(2))
    position = read_journal(tmp_path / "run").position
    for cut in range(1, len(line)):
        with path.open("ab") as file:
            file.write(line[cut - 1 : cut])
        reading = read_journal(tmp_path / "run", position)
        assert (reading.entries, reading.torn, reading.position) == ((), cut, position)
    with path.open("ab") as file:
        file.write(line[-1:])
    assert numbers(read_journal(tmp_path / "run", position)) == [2]


def test_reading_while_it_is_written_misses_nothing(tmp_path):
    writer = JournalWriter(tmp_path / "run")
    done = threading.Event()

    def fill():
        for n in range(1, 1500, 3):
            writer.write([submitted(n), said(n + 1), submitted(n + 2)])
        done.set()

    thread = threading.Thread(target=fill)
    thread.start()
    position, found = Position(), []
    ended = False
    while not ended:
        ended = done.is_set()  # asked before the reading, so that the last one sees all
        reading = read_journal(tmp_path / "run", position)
        position = reading.position
        found += reading.entries
    thread.join(30)
    writer.close()
    assert sorted(entry.seq for entry in found) == list(range(1, 1501))


def test_a_full_journal_says_so_once_and_counts_what_is_not_in_it(tmp_path):
    batch = [submitted(n) for n in range(1, 20)]
    most = 10 * len(encode_entry(batch[0]))
    writer = write(tmp_path / "run", batch[:5], batch[5:], [submitted(20)], most=most)
    reading = read_journal(tmp_path / "run")
    last = reading.entries[-1]
    kept = len(reading.entries) - 1
    assert isinstance(last.event, Noticed)
    assert "full" in last.event.text
    assert last.seq == kept + 1
    assert writer.dropped == 20 - kept
    assert 5 < kept < 12
    assert (tmp_path / "run" / "journal.jsonl").stat().st_size < most + 500


def test_traces_are_still_written_when_the_journal_is_full(tmp_path):
    write(tmp_path / "run", [submitted(1), said(2)], [said(3)], most=10)
    assert [e.seq for e in read_journal(tmp_path / "run").entries] == [1, 2, 3]


def test_the_older_half_of_the_traces_is_dropped(tmp_path):
    most = 4000
    write(tmp_path / "run", *([said(n)] for n in range(1, 200)), most_traces=most)
    sizes = [path.stat().st_size for path in (tmp_path / "run").glob("traces*")]
    found = numbers(read_journal(tmp_path / "run"))
    assert len(sizes) == 2
    assert sum(sizes) <= most
    assert found == list(range(found[0], 200))
    assert len(found) >= 10


def test_a_follower_reads_across_a_rotation(tmp_path):
    writer = JournalWriter(tmp_path / "run", most_traces=4000)
    position, found = Position(), []
    for n in range(1, 200):
        writer.write([said(n)])
        if n % 7 == 0 or n == 199:
            reading = read_journal(tmp_path / "run", position)
            position = reading.position
            found += numbers(reading)
    writer.close()
    assert found == list(range(1, 200))
    assert position.rotation > 5


def test_a_new_writer_goes_on_with_the_rotation(tmp_path):
    write(tmp_path / "run", *([said(n)] for n in range(1, 100)), most_traces=4000)
    before = read_journal(tmp_path / "run").position
    write(tmp_path / "run", [said(100)], most_traces=4000)
    assert numbers(read_journal(tmp_path / "run", before)) == [100]


def test_a_missing_file_of_traces_is_no_error(tmp_path):
    write(tmp_path / "run", BATCH)
    (tmp_path / "run" / "traces.jsonl").unlink()
    assert numbers(read_journal(tmp_path / "run")) == [1, 2, 5]


def test_a_missing_journal_is_an_error_that_names_the_place(tmp_path):
    (tmp_path / "run").mkdir(mode=0o700)
    with pytest.raises(StoreError, match=r"no journal in .*run"):
        read_journal(tmp_path / "run")


@pytest.mark.parametrize("name", ["journal.jsonl", "traces.jsonl"])
def test_a_link_planted_at_a_files_place_is_refused(tmp_path, name):
    victim = tmp_path / "victim"
    victim.write_bytes(b"precious")
    victim.chmod(0o600)
    run = tmp_path / "run"
    write(run, BATCH)
    (run / name).unlink()
    (run / name).symlink_to(victim)
    for attempt in (lambda: JournalWriter(run), lambda: read_journal(run)):
        with pytest.raises(StoreError, match=name):
            attempt()
    assert victim.read_bytes() == b"precious"


def test_a_link_planted_at_the_directorys_place_is_refused(tmp_path):
    write(tmp_path / "real", BATCH)
    (tmp_path / "run").symlink_to("real")
    for attempt in (JournalWriter, read_journal):
        with pytest.raises(StoreError, match="run"):
            attempt(tmp_path / "run")


@pytest.mark.parametrize("name", ["", "journal.jsonl", "traces.jsonl"])
def test_what_others_may_read_or_write_is_refused(tmp_path, name):
    write(tmp_path / "run", BATCH)
    (tmp_path / "run" / name).chmod(0o755 if not name else 0o644)
    for attempt in (JournalWriter, read_journal):
        with pytest.raises(StoreError, match="not private"):
            attempt(tmp_path / "run")


def test_a_foreign_owner_is_refused(tmp_path, monkeypatch):
    write(tmp_path / "run", BATCH)
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    for attempt in (JournalWriter, read_journal):
        with pytest.raises(StoreError, match="not private"):
            attempt(tmp_path / "run")


def test_the_journal_of_a_newer_flowlab_is_refused_with_the_remedy(tmp_path):
    write(tmp_path / "run", BATCH)
    path = tmp_path / "run" / "journal.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"flowlab":1', b'"flowlab":2', 1))
    with pytest.raises(StoreError, match=r"version 2.*flowlab that wrote it"):
        read_journal(tmp_path / "run")
