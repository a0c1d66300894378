"""A journal in short: right at every moment, and read no more than needed."""

import os
import subprocess

import pytest

from flowlab.dashboard import book as books
from flowlab.dashboard.book import Book
from flowlab.events.messages import TasksAssigned
from flowlab.events.owner import Life, describe_owner
from flowlab.model.ids import Assignment, BatchId, EngineId
from flowlab.model.states import State
from flowlab.view.picture import SessionState
from tests.dashboard.journals import (
    TWO,
    Written,
    closed,
    dead,
    failed,
    opened,
    ready,
    said,
    submitted,
)


def read(book):
    """All that is there now; how many pieces that took."""
    book.look()
    pieces = 0
    while not book.is_read:
        book.read_on()
        pieces += 1
    return pieces


@pytest.fixture
def journal(tmp_path):
    return Written(tmp_path)


def test_a_session_in_short(journal):
    journal.write(opened(name="nightly"), submitted(5), ready(2))
    book = Book(journal.path)
    read(book)
    row = book.row
    assert (row.life, row.is_read, row.damaged, row.fault) == (Life.LIVE, True, 0, "")
    assert row.size == sum(each.stat().st_size for each in journal.path.iterdir())
    (session,) = row.sessions
    assert (session.name, session.state) == ("nightly", SessionState.OPEN)
    assert session.counts == {State.READY: 2, State.WAITING: 3}
    assert (session.began, session.last) == (1001.0, 1003.0)


def test_several_sessions_of_one_client(journal):
    journal.write(opened(), submitted(1))
    journal.write(opened(TWO, "second"), submitted(3, TWO), session=TWO)
    journal.write(failed()).write(closed(TWO), session=TWO)
    book = Book(journal.path)
    read(book)
    first, second = book.row.sessions
    assert (first.state, first.failure) == (SessionState.FAILED, "ValueError: no")
    assert (second.state, second.name, second.counts) == (
        SessionState.CLOSED,
        "second",
        {State.WAITING: 3},
    )


def test_what_is_added_is_read_on_and_nothing_twice(journal):
    journal.write(opened(), submitted(2))
    book = Book(journal.path)
    assert read(book) == 2  # the second finds the end
    assert read(book) == 0
    journal.write(said("a trace changes nothing here"))
    assert read(book) == 0
    journal.write(ready(1))
    assert read(book) == 2
    assert book.row.sessions[0].counts == {State.READY: 1, State.WAITING: 1}


def test_a_large_journal_is_read_in_pieces(journal, monkeypatch):
    monkeypatch.setattr(books, "PIECE", 1000)
    journal.write(opened())
    for first in range(10, 100, 10):
        journal.write(submitted(10, first=first))
    book = Book(journal.path)
    assert read(book) > 5
    assert book.row.sessions[0].counts == {State.WAITING: 90}


def test_of_a_client_that_is_over_only_the_rows_are_held(journal):
    journal.write(opened(), submitted(4))
    alive = Book(journal.path)
    read(alive)
    assert alive.weight == 4
    over = Written(journal.path.parent, "other", dead(journal.meta))
    over.write(opened(), submitted(4))
    book = Book(over.path)
    read(book)
    assert (book.weight, book.life) == (0, Life.OVER)
    assert book.row.sessions[0].counts == {State.WAITING: 4}
    over.write(ready(4))
    read(book)
    assert book.row.sessions[0].counts == {State.READY: 4}


def test_of_a_client_that_ends_the_rows_alone_stay(tmp_path):
    """Its last word was read while it lived, and nothing is written any more."""
    with subprocess.Popen(["sleep", "60"]) as client:
        journal = Written(tmp_path, meta=describe_owner(client.pid))
        journal.meta["processes"] = journal.meta["processes"][:1]
        journal = Written(tmp_path, "of-the-client", journal.meta)
        journal.write(opened(), submitted(4))
        book = Book(journal.path)
        read(book)
        assert (book.weight, book.life) == (4, Life.LIVE)
        client.kill()
        client.wait()
    assert read(book) == 0
    assert (book.weight, book.life) == (0, Life.OVER)
    assert book.row.sessions[0].counts == {State.WAITING: 4}


def test_what_another_machine_writes_is_read_on_while_it_is_written(journal):
    abroad = Written(journal.path.parent, "abroad", {**journal.meta, "host": "elsewhere"})
    abroad.write(opened(), submitted(4))
    book = Book(abroad.path)
    read(book)
    assert (book.weight, book.life) == (4, Life.FOREIGN)
    for each in abroad.path.iterdir():
        os.utime(each, (1, 1))
    read(book)
    book.look()
    assert book.weight == 0
    assert book.row.sessions[0].counts == {State.WAITING: 4}


def test_entries_that_make_no_sense_are_a_fault_of_their_journal(journal):
    odd = TasksAssigned(EngineId(0), BatchId(1), ready(2).tasks, (Assignment(1),))
    journal.write(opened(), submitted(4), odd)
    book = Book(journal.path)
    read(book)
    assert "make no sense: ValueError" in book.row.fault


def test_what_was_put_away_keeps_its_rows_until_it_is_read_again(journal, monkeypatch):
    journal.write(opened(), submitted(4))
    book = Book(journal.path)
    read(book)
    book.put_away()
    journal.write(ready(4))
    assert (book.weight, read(book)) == (0, 0)
    assert book.row.sessions[0].counts == {State.WAITING: 4}
    monkeypatch.setattr(books, "PAUSE", 0.0)
    book.put_away()
    read(book)
    assert book.row.sessions[0].counts == {State.READY: 4}


def test_damaged_lines_are_counted(journal):
    journal.write(opened())
    with (journal.path / "journal.jsonl").open("ab") as file:
        file.write(b"\xff\xfe nonsense\n")
    journal.write(submitted(1))
    book = Book(journal.path)
    read(book)
    assert book.row.damaged == 1
    assert book.row.sessions[0].counts == {State.WAITING: 1}


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda path: path.chmod(0o755), "not private"),
        (lambda path: (path / "journal.jsonl").chmod(0o644), "not private"),
        (lambda path: (path / "journal.jsonl").unlink(), "no journal"),
        (
            lambda path: (path / "journal.jsonl").write_bytes(b'{"flowlab":99}\n'),
            "version 99",
        ),
    ],
)
def test_what_cannot_be_read_says_why(journal, spoil, reason):
    journal.write(opened())
    spoil(journal.path)
    book = Book(journal.path)
    read(book)
    assert reason in book.row.fault
    assert book.row.sessions == ()


def test_a_mended_journal_is_shown_again(journal):
    journal.write(opened())
    journal.path.chmod(0o755)
    book = Book(journal.path)
    read(book)
    journal.path.chmod(0o700)
    read(book)
    assert book.row.fault == ""
    assert len(book.row.sessions) == 1
