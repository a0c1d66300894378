"""What comes in pieces is an object when all of it is there, and never before."""

import os
import subprocess
import sys

import pytest

from flowlab.errors import CannotStore, StoreError
from flowlab.model.ids import HostId, ObjectId, join_id
from flowlab.model.limits import MIB
from flowlab.staging.store import HostStore, StoreSettings, write_settings

HERE = HostId("here")
A, B = (ObjectId(join_id(1, number)) for number in (1, 2))


@pytest.fixture
def store(tmp_path):
    (tmp_path / "store").mkdir(mode=0o700)
    write_settings(tmp_path / "store", StoreSettings(4 * MIB))
    return HostStore(tmp_path / "store", HERE)


def drafts(store):
    return list((store.directory / "drafts").glob("*"))


def test_pieces_become_an_object_that_is_read_only(store):
    draft = store.begin(A, 6)
    assert draft.add(b"abc")
    assert not draft.complete
    assert store.contents() == {}
    assert draft.add(memoryview(b"def"))
    value = store.complete(draft, A, packed=True)
    assert bytes(store.open(value)) == b"abcdef"
    assert (value.size, value.packed, value.host) == (6, True, HERE)
    assert os.stat(value.path).st_mode & 0o777 == 0o400
    assert drafts(store) == []
    draft.abandon()  # too late: it is an object
    assert bytes(store.open(value)) == b"abcdef"


def test_what_is_not_all_there_or_too_much_is_no_object(store):
    draft = store.begin(A, 6)
    draft.add(b"abc")
    with pytest.raises(StoreError, match="3 bytes came instead of 6"):
        store.complete(draft, A)
    with pytest.raises(StoreError, match="7 bytes came instead of 6"):
        draft.add(b"defg")
    draft.abandon()
    draft.abandon()
    assert store.contents() == {}
    assert drafts(store) == []


def test_room_is_taken_when_it_begins_and_given_back_when_it_is_abandoned(store):
    first = store.begin(A, 3 * MIB)
    with pytest.raises(CannotStore, match=r"no room .* for object 1/2 of 2.0 MiB"):
        store.begin(B, 2 * MIB)
    first.abandon()
    store.begin(B, 2 * MIB).abandon()


def test_pages_of_a_larger_object_are_used_and_nothing_of_it_is_left(store):
    store.put(A, b"x" * (2 * MIB))
    store.drop([A])
    draft = store.begin(B, MIB + 1)
    draft.add(b"y" * MIB)
    draft.add(b"z")
    assert bytes(store.open(store.complete(draft, B))) == b"y" * MIB + b"z"


def test_the_draft_of_a_process_that_died_is_removed_by_the_next(store):
    program = (
        "import sys, os; from pathlib import Path; from flowlab.staging.store import HostStore;"
        "draft = HostStore(Path(sys.argv[1]), 'here').begin(1, 100); draft.add(b'half');"
        "print(draft.path, flush=True); os._exit(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(store.directory)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [str(one) for one in drafts(store)] == [done.stdout.strip()]
    mine = store.begin(A, 10)
    assert drafts(store) == [mine.path]
    mine.abandon()
