"""Large values in the store of a host: no copies, and pages that are used again."""
# mirrors: large values of staging/store, area, mapping and packed together

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from flowlab.model.ids import HostId, ObjectId, SessionId, join_id
from flowlab.staging.encoding import decode, encode_large
from flowlab.staging.store import HostStore, private_directory

ONE = SessionId(1)
A = ObjectId(join_id(ONE, 10))
B = ObjectId(join_id(ONE, 11))
C = ObjectId(join_id(SessionId(2), 10))
SIZE = 300_000


@pytest.fixture
def store(tmp_path):
    return HostStore(private_directory(tmp_path, "store"), HostId("here"))


def array_of(view, packed=True):
    return decode(view, "pickle", packed=packed)


def test_an_array_is_read_where_it_lies(store):
    value = store.put(A, encode_large(np.arange(SIZE), "pickle"))
    assert value.packed
    array = array_of(store.open(value))
    assert not array.flags.writeable
    assert array[-1] == SIZE - 1
    store.drop([A])
    store.put(B, encode_large(np.zeros(SIZE), "pickle"))
    assert array[-1] == SIZE - 1


def test_what_is_packed_stays_so_when_it_gets_a_second_name_or_travels(store):
    first = store.put(A, encode_large(np.arange(SIZE), "pickle"))
    second = store.put_file(B, Path(first.path), packed=True)
    third = store.put(C, bytes(store.open(first)), packed=True)
    for value in (second, third):
        assert array_of(store.open(value), value.packed)[-1] == SIZE - 1


def test_a_draft_becomes_an_object_or_goes(store):
    kept, other = (store.draft(encode_large(np.arange(SIZE), "pickle")) for _ in range(2))
    value = store.put_file(A, kept, packed=True)
    store.put_file(B, kept, packed=True)
    store.discard_drafts()
    assert store.contents() == {A: value.size, B: value.size}
    assert array_of(store.open(value))[-1] == SIZE - 1
    assert not other.exists()
    assert not kept.exists()


def test_pages_are_used_again_across_objects_and_sessions(store):
    value = store.put(A, b"x" * SIZE)
    inode = os.stat(value.path).st_ino
    store.drop_session(ONE)
    assert store.contents() == {}
    assert os.stat(store.put(C, b"y" * SIZE).path).st_ino == inode


def addresses(view):
    """Where the bytes of a view lie."""
    start = np.frombuffer(view, "u1").ctypes.data
    return range(start, start + len(view))


def test_an_arrow_table_arrives_without_a_copy(store):
    table = pa.table({"n": np.arange(SIZE), "x": np.ones(SIZE)})
    for content_type in ("arrow", "pickle"):
        view = store.open(store.put(A, encode_large(table, content_type)))
        again = decode(view, content_type, packed=content_type == "pickle")
        assert again.equals(table)
        for column in again.columns:
            assert column.chunk(0).buffers()[1].address in addresses(view)


def test_a_frame_arrives_without_a_copy_and_read_only(store):
    frame = pd.DataFrame({"n": np.arange(SIZE), "x": np.ones(SIZE)})
    view = store.open(store.put(A, encode_large(frame, "pickle")))
    again = decode(view, "pickle", packed=True)
    pd.testing.assert_frame_equal(again, frame)
    for name in frame:
        column = again[name].to_numpy()
        assert column.ctypes.data in addresses(view)
        assert not column.flags.writeable
    assert again.assign(n=7)["n"].sum() == 7 * SIZE


READER = """
import os, sys
from pathlib import Path
from flowlab.errors import StoreError
from flowlab.model.ids import HostId
from flowlab.model.payload import Stored
from flowlab.staging.encoding import decode
from flowlab.staging.store import HostStore
store = HostStore(Path(sys.argv[1]), HostId("here"))
path, size = sys.argv[2], int(sys.argv[3])
held, seen, gone = [], 0, 0
print("ready", flush=True)
while not os.path.exists(sys.argv[4]):
    try:
        array = decode(store.open(Stored(HostId("here"), path, size, True)), "pickle", packed=True)
    except StoreError:
        gone += 1
        continue
    seen += 1
    held = [*held[-20:], (array, array[0])]
    for one, first in held:
        assert (one == first).all(), "pages changed under somebody's hands"
print(seen, gone)
"""


def test_a_mapped_array_never_changes_while_others_put_and_drop(store, tmp_path):
    """Three processes read what is there at the moment, while it is dropped and put again."""
    value = store.put(A, encode_large(np.full(SIZE, 0), "pickle"))
    stop = tmp_path / "stop"
    arguments = [str(store.directory), value.path, str(value.size), str(stop)]
    readers = [
        subprocess.Popen(
            [sys.executable, "-c", READER, *arguments], stdout=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    assert [each.stdout.readline() for each in readers] == ["ready\n"] * 3
    for number in range(150):
        store.drop([A])
        store.put(B, encode_large(np.full(SIZE, -number), "pickle"))
        store.put(A, encode_large(np.full(SIZE, number), "pickle"))
        store.drop([B])
    stop.touch()
    told = [each.communicate(timeout=60)[0] for each in readers]
    assert [each.returncode for each in readers] == [0, 0, 0]
    assert all(int(each.split()[0]) > 0 for each in told), told
