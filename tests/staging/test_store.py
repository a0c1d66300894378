"""The store of a host."""

import os
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowlab.errors import StoreError
from flowlab.model.ids import HostId, ObjectId, SessionId, join_id
from flowlab.model.limits import MIB
from flowlab.model.payload import Inline, Stored
from flowlab.staging.store import HostStore, StoreSettings, private_directory, write_settings

ONE = SessionId(1)
A = ObjectId(join_id(ONE, 10))
B = ObjectId(join_id(ONE, 11))
C = ObjectId(join_id(SessionId(2), 10))


@pytest.fixture
def store(tmp_path):
    return HostStore(private_directory(tmp_path, "store"), HostId("here"))


def files(store):
    return sorted(path.name for path in store.directory.glob("*/*"))


@pytest.mark.parametrize("data", [b"", b"data", bytes(3_000_000)])
def test_bytes_come_back_as_a_read_only_view(store, data):
    value = store.put(A, memoryview(data))
    view = store.open(value)
    assert view == data
    assert view.readonly
    assert value.size == len(data)


def test_small_values_need_no_file(store):
    assert store.open(Inline(b"x")) == b"x"


def test_what_is_stored_is_private_and_read_only(store):
    value = store.put(A, b"data")
    assert stat.S_IMODE(os.stat(value.path).st_mode) == 0o400
    assert stat.S_IMODE(os.stat(os.path.dirname(value.path)).st_mode) == 0o700


def test_a_file_is_moved_in(store, tmp_path):
    (tmp_path / "made").write_bytes(b"made")
    value = store.put_file(A, tmp_path / "made")
    assert store.open(value) == b"made"
    assert not (tmp_path / "made").exists()


def test_a_file_of_the_store_gets_a_second_name(store):
    first = store.put(A, b"shared")
    second = store.put_file(B, store.directory / "1" / str(A))
    store.drop([A])
    assert store.open(second) == b"shared"
    assert not os.path.exists(first.path)


def test_a_link_is_copied_and_its_target_stays(store, tmp_path):
    (tmp_path / "theirs").write_bytes(b"theirs")
    (tmp_path / "link").symlink_to("theirs")
    value = store.put_file(A, tmp_path / "link")
    assert store.open(value) == b"theirs"
    assert (tmp_path / "theirs").read_bytes() == b"theirs"
    assert not os.path.islink(value.path)


def test_a_file_with_another_name_is_copied(store, tmp_path):
    (tmp_path / "made").write_bytes(b"made")
    os.link(tmp_path / "made", tmp_path / "kept")
    value = store.put_file(A, tmp_path / "made")
    (tmp_path / "kept").write_bytes(b"changed")
    assert store.open(value) == b"made"
    assert sorted(os.listdir(tmp_path)) == ["kept", "store"]


def test_a_view_outlives_the_object(store):
    view = store.open(store.put(A, b"still here"))
    store.drop([A, B])
    assert view == b"still here"
    assert store.contents() == {}


def test_a_second_put_replaces_and_leaves_earlier_views_alone(store):
    view = store.open(store.put(A, b"first"))
    again = store.open(store.put(A, b"second"))
    assert (bytes(view), bytes(again)) == (b"first", b"second")
    assert store.contents() == {A: 6}


def test_many_may_put_the_same_object_at_once(store):
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: store.put(A, b"same" * 100_000), range(40)))
    assert files(store) == [str(A)]
    assert store.contents() == {A: 400_000}


def test_a_session_is_dropped_whole(store):
    for thing in (A, B, C):
        store.put(thing, b"x")
    assert store.contents() == {A: 1, B: 1, C: 1}
    store.drop_session(ONE)
    store.drop_session(ONE)
    assert store.contents() == {C: 1}


def test_a_missing_file_is_named(store):
    value = store.put(A, b"x")
    store.drop([A])
    with pytest.raises(StoreError, match=f"{A}.*No such file"):
        store.open(value)


def test_a_file_of_another_size_or_host_is_refused(store):
    value = store.put(A, b"four")
    with pytest.raises(StoreError, match="4 bytes instead of 5"):
        store.open(Stored(value.host, value.path, 5))
    with pytest.raises(StoreError, match="lies on host there"):
        store.open(Stored(HostId("there"), value.path, 4))


def test_a_planted_link_is_not_followed(store, tmp_path):
    (tmp_path / "victim").write_bytes(b"victim")
    value = store.put(A, b"victim")
    os.unlink(value.path)
    os.symlink(tmp_path / "victim", value.path)
    with pytest.raises(StoreError, match="cannot read"):
        store.open(value)
    store.put(A, b"new")
    assert (tmp_path / "victim").read_bytes() == b"victim"


def test_a_failed_put_says_where_and_leaves_nothing(store, tmp_path):
    with pytest.raises(StoreError, match="cannot store object"):
        store.put_file(A, tmp_path / "absent")
    assert files(store) == []


def test_a_private_directory_is_made_once_and_found_again(tmp_path):
    path = private_directory(tmp_path, "mine")
    assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert private_directory(tmp_path, "mine") == path


def test_a_directory_that_others_may_enter_is_refused(tmp_path):
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o755)
    with pytest.raises(StoreError, match="mode 0700"):
        private_directory(tmp_path, "open")


def test_a_link_or_a_file_in_its_place_is_refused(tmp_path):
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "file").write_text("")
    for name in ("link", "file"):
        with pytest.raises(StoreError):
            private_directory(tmp_path, name)


def test_a_parent_in_which_others_could_replace_it_is_refused(tmp_path):
    (tmp_path / "loose").mkdir()
    (tmp_path / "loose").chmod(0o777)
    with pytest.raises(StoreError, match="others can replace"):
        private_directory(tmp_path / "loose", "mine")
    (tmp_path / "loose").chmod(0o1777)
    assert private_directory(tmp_path / "loose", "mine").is_dir()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b"])
def test_a_name_with_a_way_in_it_is_refused(tmp_path, name):
    with pytest.raises(StoreError, match="no name for a directory"):
        private_directory(tmp_path, name)


def test_pages_are_made_beforehand_by_one_process_of_a_host(tmp_path):
    place = private_directory(tmp_path, "store")
    write_settings(place, StoreSettings(prefault=32 * MIB))
    stores = [HostStore(place, HostId("here")) for _ in range(3)]
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(HostStore.prefault, stores))
    assert len(os.listdir(place / "pool")) == 3
    assert stores[0].contents() == {}


def test_no_pages_are_made_unless_somebody_says_so(store):
    store.prefault()
    assert not (store.directory / "pool").exists()


def test_a_store_that_ends_meanwhile_is_no_error(tmp_path):
    place = private_directory(tmp_path, "store")
    write_settings(place, StoreSettings(prefault=32 * MIB))
    store = HostStore(place, HostId("here"))
    shutil.rmtree(place)
    store.prefault()
    assert not place.exists()
