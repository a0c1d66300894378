"""Leftovers of dead sessions are found and removed; what may be in use never is."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from flowlab.errors import StageError
from flowlab.staging import leftovers as module
from flowlab.staging.depot import depot_of
from flowlab.staging.leases import LEASE, Lease, renew
from flowlab.staging.leftovers import DAY, FRESH, collect, leftovers, survey
from flowlab.staging.point import put_staged

HOUR = 3600.0


@pytest.fixture
def dead():
    """A process of this host that is over, as a lease names it."""
    over = subprocess.Popen([sys.executable, "-c", ""])
    over.wait()
    return socket.gethostname(), [[over.pid, 1.0]]


FOREIGN = ("another-host", [[1, 1.0]])


def make(point, name, owner=None, age=0.0):
    """A folder with a file of four bytes, last written so many seconds ago."""
    folder = Path(point, f"flowlab-{name}")
    put_staged(b"data", str(folder))
    if owner is not None:
        lease = Lease(name, "ada", *owner)
        (folder / LEASE).write_bytes(msgspec.json.encode(lease))
    then = time.time() - age
    for path in folder.iterdir():
        os.utime(path, (then, then))
    return str(folder)


def names(found):
    return [one.folder.rpartition("/")[2] for one in found]


def test_the_dead_and_old_are_left_over_and_nothing_else(tmp_path, dead):
    make(tmp_path, "dead", dead, 2 * DAY)
    make(tmp_path, "young", dead, 2 * HOUR)
    make(tmp_path, "foreign", FOREIGN, 2 * DAY)
    make(tmp_path, "foreign-young", FOREIGN, 2 * HOUR)
    make(tmp_path, "unsaid", None, 2 * DAY)
    renew(f"{tmp_path}/flowlab-mine")
    old = time.time() - 2 * DAY
    os.utime(tmp_path / "flowlab-mine" / LEASE, (old, old))  # a clock that was set
    (tmp_path / "not-ours").mkdir()
    (tmp_path / "flowlab-file").touch()
    assert names(leftovers(str(tmp_path))) == ["flowlab-dead", "flowlab-foreign", "flowlab-unsaid"]
    assert names(leftovers(str(tmp_path), HOUR)) == [
        "flowlab-dead", "flowlab-foreign", "flowlab-foreign-young", "flowlab-unsaid",
        "flowlab-young",
    ]  # fmt: skip


def test_what_was_written_just_now_is_never_left_over(tmp_path, dead):
    make(tmp_path, "fresh", dead, FRESH - 60)
    make(tmp_path, "stale", dead, FRESH + 60)
    assert names(leftovers(str(tmp_path), 0)) == ["flowlab-stale"]


def test_a_session_that_writes_files_lives_though_its_lease_is_old(tmp_path):
    folder = make(tmp_path, "busy", FOREIGN, 2 * DAY)
    put_staged(b"more", folder)
    assert leftovers(str(tmp_path), 0) == []


def test_leftovers_are_weighed_and_their_owner_is_named(tmp_path, dead):
    folder = make(tmp_path, "dead", dead, 2 * DAY)
    (found,) = leftovers(str(tmp_path))
    assert found.size == 4 + Path(folder, LEASE).stat().st_size
    assert found.age == pytest.approx(2 * DAY, abs=60)
    assert found.owner == f"ada on {socket.gethostname()}"


def test_they_are_removed_and_others_stay(tmp_path, dead):
    gone = make(tmp_path, "dead", dead, 2 * DAY)
    make(tmp_path, "young", dead, 2 * HOUR)
    assert [one.folder for one in collect(str(tmp_path))] == [gone]
    assert os.listdir(tmp_path) == ["flowlab-young"]
    assert collect(str(tmp_path)) == []


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b'{"run": 1}'])
def test_a_lease_that_says_nothing_leaves_the_age(tmp_path, text):
    folder = Path(make(tmp_path, "torn", None, 2 * DAY))
    (folder / LEASE).write_bytes(text)
    assert leftovers(str(tmp_path)) == []  # the lease was written just now
    old = time.time() - 2 * DAY
    os.utime(folder / LEASE, (old, old))
    assert names(leftovers(str(tmp_path))) == ["flowlab-torn"]


def test_ages_are_told_by_the_clock_of_the_stage_point(tmp_path, dead, monkeypatch):
    """A host whose clock is ten days ahead removes nothing that is young."""
    make(tmp_path, "young", dead, 2 * HOUR)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 10 * DAY)
    assert leftovers(str(tmp_path)) == []
    assert os.listdir(tmp_path) == ["flowlab-young"]  # the probe is gone


def test_what_may_not_be_looked_at_counts_as_living(tmp_path, dead, monkeypatch):
    make(tmp_path, "dead", dead, 2 * DAY)

    def refuse(self, folder):
        raise PermissionError

    monkeypatch.setattr(type(depot_of(str(tmp_path))), "files", refuse)
    (found,) = survey(str(tmp_path))
    assert found.lives
    assert leftovers(str(tmp_path), 0) == []


def test_a_point_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StageError, match=r"cannot list .*nowhere"):
        survey(str(tmp_path / "nowhere"))


@pytest.mark.engines
def test_a_prefix_where_nothing_is_left_has_no_leftovers_but_a_bucket_must_be_there(s3):
    assert survey(s3) == []
    with pytest.raises(StageError, match=r"cannot list 's3://no-such-bucket/x': it is not there"):
        survey("s3://no-such-bucket/x")


@pytest.mark.engines
def test_at_an_s3_server_too(s3, dead, monkeypatch):
    folder = f"{s3}/flowlab-dead"
    put_staged(b"data", folder)
    lease = msgspec.json.encode(Lease("dead", "ada", *dead))
    depot_of(s3).write(f"{folder}/{LEASE}", [memoryview(lease)], len(lease))
    renew(f"{s3}/flowlab-mine")
    assert {one.folder: one.lives for one in survey(s3)} == {
        folder: False, f"{s3}/flowlab-mine": True,
    }  # fmt: skip
    assert all(one.age < HOUR for one in survey(s3))
    assert collect(s3, 0) == []
    monkeypatch.setattr(module, "FRESH", 0.0)
    assert [one.folder for one in collect(s3, 0)] == [folder]
    assert [one.folder for one in survey(s3)] == [f"{s3}/flowlab-mine"]
