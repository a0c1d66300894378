"""A carrier on a store of its own: what it is asked is answered once."""

import os

import pytest

from flowlab.model.ids import ObjectId, SessionId, join_id
from flowlab.model.limits import MIB, PIECE
from flowlab.model.payload import Stored
from flowlab.worker.messages import (
    Broken,
    Coming,
    Copied,
    Discarded,
    Piece,
    Stopped,
    Wanted,
    Written,
)
from tests.worker.desk import Desk

SESSION = SessionId(1)
A, B = (ObjectId(join_id(SESSION, number)) for number in (1, 2))
DATA = os.urandom(2 * PIECE + 10)


@pytest.fixture
def here(tmp_path):
    desk = Desk(tmp_path / "here")
    yield desk
    desk.close()


@pytest.fixture
def there(tmp_path):
    desk = Desk(tmp_path / "there", 16 * MIB)
    yield desk
    desk.close()


def coming(transfer=1, *, packed=False):
    return Coming(transfer, A, len(DATA), packed, "label")


def piece(at, transfer=1):
    data = DATA[at : at + PIECE]
    return Piece(transfer, at, len(data), memoryview(data))


def test_pieces_of_one_store_become_the_same_object_in_another(here, there):
    file = here.store.put(A, DATA, packed=True)
    told = [coming(packed=True)]
    for at in range(0, len(DATA), PIECE):
        read = here.ask(Wanted(1, file, at))
        assert (read.at, read.size) == (at, min(PIECE, len(DATA) - at))
        answer = there.ask(*told, read)
        told = []
    assert isinstance(answer, Copied)
    assert (answer.value.host, answer.value.size, answer.value.packed) == ("there", len(DATA), True)
    assert bytes(there.store.open(answer.value)) == DATA
    assert there.store.contents() == {A: len(DATA)}


def test_what_is_read_is_a_view_of_the_store_and_stays_whole_though_it_is_dropped(here):
    file = here.store.put(A, DATA)
    first = here.ask(Wanted(1, file, 0))
    assert first.data.obj is not None
    assert not isinstance(first.data.obj, bytes)
    here.store.drop([A])
    here.store.put(B, bytes(len(DATA)))  # would take the pages if nobody held them
    assert bytes(first.data) == DATA[:PIECE]
    assert bytes(here.ask(Wanted(1, file, PIECE)).data) == DATA[PIECE : 2 * PIECE]
    here.after(Stopped(1))
    answer = here.ask(Wanted(2, file, 0))
    assert isinstance(answer, Broken)
    assert "cannot read" in answer.fault


def test_each_piece_is_answered_and_the_last_one_by_the_object(there):
    assert there.ask(coming(), piece(0)) == Written(1)
    assert there.store.contents() == {}
    assert there.ask(piece(PIECE)) == Written(1)
    assert isinstance(there.ask(piece(2 * PIECE)), Copied)
    assert there.drafts() == []


def test_a_store_without_room_answers_the_first_piece(there):
    there.store.put(B, bytes(12 * MIB), "filling")
    answer = there.ask(coming(), piece(0))
    assert isinstance(answer, Broken)
    assert "1/2 (filling) with 12.0 MiB" in answer.fault
    assert isinstance(there.ask(piece(PIECE)), Broken)
    there.after(Stopped(1))
    assert there.drafts() == []
    assert bytes(there.store.open(there.store.put(A, b"fits"))) == b"fits"


def test_what_comes_garbled_or_for_nobody_is_answered_too(there):
    assert there.ask(piece(0, transfer=7)) == Broken(7, "nobody waits for this piece")
    garbled = Piece(1, 0, PIECE, memoryview(b"garbled"), squeezed=True)
    assert "garbled" in there.ask(coming(), garbled).fault
    assert there.drafts() == []


def test_what_is_stopped_and_what_a_process_asked_for_that_is_gone_is_let_go(there):
    there.ask(coming(), piece(0))
    assert len(there.drafts()) == 1
    there.after(Stopped(1))
    assert there.drafts() == []
    there.ask(coming(2), piece(0, 2))
    there.carrier.forget_all()
    there.after()
    assert there.drafts() == []
    assert isinstance(there.ask(piece(PIECE, 2)), Broken)


def test_objects_and_sessions_are_removed_for_others(here):
    here.store.put(A, b"a")
    here.store.put(B, b"b")
    here.after(Discarded((A,)))
    assert set(here.store.contents()) == {B}
    here.after(Discarded(sessions=(SESSION,)))
    assert here.store.contents() == {}


def test_a_bug_of_ours_is_an_answer_and_no_end(here, monkeypatch):
    monkeypatch.setattr(here.store, "open", None)
    answer = here.ask(Wanted(1, Stored(here.store.host, "/x", 1), 0))
    assert answer.fault.startswith("a bug in flowlab: TypeError")
    here.after(Stopped(1))


def test_nothing_is_begun_before_something_is_asked(here):
    here.carrier.forget_all()
    assert here.carrier._thread is None
