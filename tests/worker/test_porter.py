"""A porter on a store of its own: whole objects to and from places that have a URL."""

import os
import shutil
import threading
from hashlib import blake2b

import pytest

from flowlab.model.ids import HostId, ObjectId, SessionId, join_id
from flowlab.model.limits import MIB
from flowlab.model.payload import Located, Staged, Stored
from flowlab.staging.depot import LocalDepot
from flowlab.staging.directory import stamp_of_tree, unpack_directory
from flowlab.staging.pieces import stamp_of
from flowlab.worker.messages import (
    Broken,
    Claimed,
    Copied,
    Deposit,
    Deposited,
    Load,
    Stopped,
    Unstaged,
)
from flowlab.worker.porter import Porter
from tests.cluster.peer import wait_until
from tests.worker.desk import PATIENCE, Desk

A, B = (ObjectId(join_id(SessionId(1), number)) for number in (1, 2))
DATA = os.urandom(9 * MIB + 3)
DIGEST = blake2b(DATA, digest_size=32).hexdigest()


@pytest.fixture
def desks(tmp_path):
    made = []

    def make(name, **more):
        made.append(Desk(tmp_path / name, **more))
        return made[-1]

    yield make
    for desk in made:
        desk.carrier.close()


@pytest.fixture
def folder(tmp_path):
    point = tmp_path / "point"
    point.mkdir()
    return point / "flowlab-run"


def located(path):
    status = os.stat(path)
    return Located(str(path), HostId("b"), status.st_size, stamp_of(status))


def test_an_object_goes_by_a_stage_point_as_plain_bytes_under_its_digest(desks, folder):
    giver, taker = desks("a"), desks("b")
    file = giver.store.put(A, DATA, "table.csv")
    answer = giver.ask(Deposit(1, file, str(folder), "table.csv"))
    staged = Staged(f"{folder}/{DIGEST}.csv", len(DATA), DIGEST)
    assert answer == Deposited(1, staged)
    assert (folder / f"{DIGEST}.csv").read_bytes() == DATA
    came = taker.ask(Load(2, A, staged, "table.csv"))
    assert isinstance(came, Copied)
    assert came.digest == DIGEST
    assert bytes(taker.store.open(came.value)) == DATA
    assert taker.drafts() == []


def test_what_lies_there_altered_or_not_at_all_is_no_object(desks, folder):
    giver, taker = desks("a"), desks("b")
    file = giver.store.put(A, DATA, "x")
    staged = giver.ask(Deposit(1, file, str(folder), "x")).value
    place = folder / DIGEST
    for spoil in (b"X" + DATA[1:], DATA[:-1], None):
        place.unlink()
        if spoil is not None:
            place.write_bytes(spoil)
        broken = taker.ask(Load(2, A, staged, "x"))
        assert isinstance(broken, Broken)
        assert str(folder) in broken.fault
        assert not broken.here
    assert (taker.drafts(), taker.store.contents()) == ([], {})
    giver.ask(Deposit(3, file, str(folder), "x", anew=True))
    assert isinstance(taker.ask(Load(4, A, staged, "x")), Copied)


def test_a_file_where_its_owner_keeps_it_is_read_as_it_was_declared(desks, tmp_path):
    desk, path = desks("b"), tmp_path / "with space\n'quote' ä.bin"
    path.write_bytes(DATA)
    declared = located(path)
    came = desk.ask(Load(1, A, declared, "file"))
    assert bytes(desk.store.open(came.value)) == DATA
    path.write_bytes(DATA + b"more")
    changed = desk.ask(Load(2, B, declared, "file"))
    assert "was changed since it was declared" in changed.fault
    path.unlink()
    gone = desk.ask(Load(3, B, declared, "file"))
    assert "No such file" in gone.fault
    assert desk.store.contents() == {A: len(DATA)}


def test_of_a_url_the_size_is_found_out_and_all_hosts_are_to_have_the_same(desks):
    import fsspec

    fsspec.filesystem("memory").pipe("/owner/data.bin", DATA)
    desk = desks("b")
    source = Located("memory://owner/data.bin")
    came = desk.ask(Load(1, A, source, "data.bin"))
    assert (came.value.size, came.digest) == (len(DATA), DIGEST)
    other = desk.ask(Load(2, B, source, "data.bin", digest="0" * 64))
    assert "is not what another host read there" in other.fault
    assert desk.store.contents() == {A: len(DATA)}


def test_a_full_store_and_a_lost_file_are_said_to_be_the_host_s_own(desks, folder):
    giver, small = desks("a"), desks("b", size=MIB)
    staged = giver.ask(Deposit(1, giver.store.put(A, DATA, "x"), str(folder), "x")).value
    full = small.ask(Load(2, A, staged, "x"))
    assert full.here
    assert "no room" in full.fault
    lost = giver.ask(Deposit(3, Stored(HostId("a"), "/nowhere", 5), str(folder), "x"))
    assert lost.here


def test_what_is_stopped_leaves_nothing_behind(desks, folder, monkeypatch):
    giver, taker = desks("a"), desks("b")
    staged = giver.ask(Deposit(1, giver.store.put(A, DATA, "x"), str(folder), "x")).value
    reached, go_on = threading.Event(), threading.Event()

    def slowly(staged):
        yield memoryview(DATA)[:MIB]
        reached.set()
        assert go_on.wait(PATIENCE)
        yield memoryview(DATA)[MIB:]

    monkeypatch.setattr("flowlab.worker.porter.read_staged", slowly)
    taker.carrier.take(Load(2, A, staged, "x"))
    assert reached.wait(PATIENCE)
    taker.carrier.take(Stopped(2))
    stopped = taker.ask(Load(3, B, Located("/nowhere", HostId("b"), 1), "x"))  # after Stopped
    assert "/nowhere" in stopped.fault
    go_on.set()
    assert isinstance(taker.next(), Broken)
    assert (taker.drafts(), taker.store.contents()) == ([], {})


def test_a_deposit_that_is_stopped_leaves_nothing_and_close_waits_for_it(
    desks, folder, monkeypatch
):
    desk = desks("a")
    file = desk.store.put(A, DATA, "x")
    reached, go_on = threading.Event(), threading.Event()
    write = LocalDepot.write

    def slowly(self, url, pieces, size):
        def held():
            for piece in pieces:
                yield piece
                reached.set()
                assert go_on.wait(PATIENCE)

        write(self, url, held(), size)

    monkeypatch.setattr(LocalDepot, "write", slowly)
    desk.carrier.take(Claimed(str(folder)))
    wait_until(lambda: folder.exists() and list(folder.iterdir()))
    reached.clear()
    desk.carrier.take(Deposit(1, file, str(folder), "x"))
    assert reached.wait(PATIENCE)
    threading.Timer(0.2, go_on.set).start()
    desk.carrier.close()
    assert list(folder.parent.iterdir()) == []


def test_a_folder_of_a_process_before_this_one_goes_too(desks, folder):
    folder.mkdir(mode=0o700)
    (folder / "left").touch()
    desk = desks("a")
    desk.carrier.take(Claimed(str(folder)))
    wait_until((folder / ".lease").exists)
    desk.carrier.close()
    assert not folder.exists()


def test_after_the_end_nothing_is_done(desks, folder):
    desk = desks("a")
    porter = Porter(desk.store, desk.carrier.answers.append)
    porter.close()
    porter.take(Deposit(1, desk.store.put(A, DATA, "x"), str(folder), "x"))
    assert not folder.exists()
    assert not desk.carrier.answers


def test_what_has_no_size_waits_in_a_file_without_a_name(desks, monkeypatch, tmp_path):
    import fsspec

    fsspec.filesystem("memory").pipe("/owner/unsized", DATA)
    monkeypatch.setattr("flowlab.worker.porter.size_of", lambda url: None)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    desk = desks("b")
    came = desk.ask(Load(1, A, Located("memory://owner/unsized"), "unsized"))
    assert bytes(desk.store.open(came.value)) == DATA
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == []
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    full = desk.ask(Load(2, B, Located("memory://owner/unsized"), "unsized"))
    assert "cannot hold unsized" in full.fault
    assert full.here


def test_a_folder_is_claimed_and_goes_with_all_that_is_in_it(desks, folder):
    desk = desks("a")
    desk.carrier.take(Claimed(str(folder)))
    desk.ask(Deposit(1, desk.store.put(A, DATA, "x"), str(folder), "x"))
    desk.carrier.take(Unstaged((f"{folder}/{DIGEST}", f"{folder}/gone")))
    wait_until(lambda: [one.name for one in folder.iterdir()] == [".lease"])
    desk.ask(Deposit(2, desk.store.put(A, DATA, "x"), str(folder), "x"))
    desk.carrier.close()
    wait_until(lambda: not list(folder.parent.iterdir()))


def test_a_directory_is_packed_when_it_is_needed_and_as_it_was_declared(desks, tmp_path):
    desk, tree = desks("b"), tmp_path / "tree"
    (tree / "deep").mkdir(parents=True)
    (tree / "deep" / "a b").write_bytes(DATA)
    declared = Located(str(tree), HostId("b"), stamp=stamp_of_tree(tree), tree=True)
    came = desk.ask(Load(1, A, declared, "tree"))
    unpack_directory(desk.store.open(came.value), tmp_path / "copy")
    assert (tmp_path / "copy" / "deep" / "a b").read_bytes() == DATA
    (tree / "more").touch()
    changed = desk.ask(Load(2, B, declared, "tree"))
    assert "was changed since it was declared" in changed.fault
    os.remove(tree / "more")
    os.utime(tree / "deep" / "a b", (1, 1))
    assert "was changed" in desk.ask(Load(3, B, declared, "tree")).fault
    shutil.rmtree(tree)
    assert isinstance(desk.ask(Load(4, B, declared, "tree")), Broken)
    assert desk.store.contents() == {A: came.value.size}
