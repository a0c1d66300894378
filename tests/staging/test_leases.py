"""Folders at a stage point say whose they are, and go when their process does."""

import os
import signal
import subprocess
import sys
import threading
import time

import msgspec
import pytest

from flowlab.errors import StageError
from flowlab.events.owner import Life, life_of
from flowlab.staging import leases
from flowlab.staging.leases import LEASE, Lease, close_own, hold, let_go, own_folder, renew
from flowlab.staging.leftovers import survey
from flowlab.staging.point import exists

HOLDER = """
import sys, threading
import flowlab
handle = flowlab.FileHandle.load(b"data", name="x.txt", stage_point=sys.argv[1])
print(handle.staged.url, flush=True)
sys.stdin.readline()
"""


@pytest.fixture
def point(tmp_path):
    (tmp_path / "point").mkdir()
    yield str(tmp_path / "point")
    close_own()


def read_lease(folder):
    with open(f"{folder}/{LEASE}", "rb") as file:
        return msgspec.json.decode(file.read(), type=Lease)


def holder(point):
    """A process that has a file at this point, until something is written to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, point],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    return process, process.stdout.readline().strip()


def test_a_lease_says_who_where_and_that_he_lives(point):
    renew(f"{point}/flowlab-17")
    lease = read_lease(f"{point}/flowlab-17")
    assert (lease.run, lease.user) == ("17", leases._user())
    assert life_of(lease.owner()) is Life.LIVE


def test_a_folder_is_held_and_let_go(point):
    hold(f"{point}/flowlab-1")
    assert os.listdir(point) == ["flowlab-1"]
    let_go(f"{point}/flowlab-1")
    let_go(f"{point}/flowlab-1")
    assert os.listdir(point) == []


def test_what_is_held_is_renewed_and_what_was_let_go_is_not(point, monkeypatch):
    renewed, turn = [], threading.Semaphore(0)

    def note(folder):
        renewed.append(folder)
        turn.release()

    for name in ("flowlab-1", "flowlab-2"):
        hold(f"{point}/{name}")
    let_go(f"{point}/flowlab-2")
    monkeypatch.setattr(leases, "RENEW", 0.01)
    monkeypatch.setattr(leases, "renew", note)
    threading.Thread(target=leases._renew_all, daemon=True).start()
    assert turn.acquire(timeout=30)
    assert turn.acquire(timeout=30)
    let_go(f"{point}/flowlab-1")
    assert {name for name in renewed if name.startswith(point)} == {f"{point}/flowlab-1"}


def test_a_folder_that_is_let_go_while_it_is_renewed_stays_away(point, monkeypatch):
    begun, goes_on = threading.Event(), threading.Event()
    hold(f"{point}/flowlab-1")

    def slow(folder):
        if folder.startswith(point):
            begun.set()
            goes_on.wait(30)
        renew(folder)

    monkeypatch.setattr(leases, "RENEW", 0.01)
    monkeypatch.setattr(leases, "renew", slow)
    threading.Thread(target=leases._renew_all, daemon=True).start()
    assert begun.wait(30)
    leaving = threading.Thread(target=let_go, args=(f"{point}/flowlab-1",))
    leaving.start()
    goes_on.set()
    leaving.join()
    with leases._renewing:
        assert os.listdir(point) == []


def test_a_folder_is_held_though_its_point_was_away_at_first(tmp_path, monkeypatch):
    monkeypatch.setattr(leases, "SOON", 0.01)
    away, folder = tmp_path / "away", f"{tmp_path}/away/flowlab-1"
    with pytest.raises(StageError, match=r"cannot make '.*away/flowlab-1"):
        hold(folder)
    away.mkdir()
    end = time.monotonic() + 60
    while not exists(f"{folder}/{LEASE}"):
        assert time.monotonic() < end, "nobody wrote the lease when the point was back"
        time.sleep(0.01)
    (found,) = survey(str(away))
    assert found.lives
    let_go(folder)
    assert os.listdir(away) == []
    assert folder not in leases._held


def test_a_process_has_one_folder_at_a_point(point, tmp_path):
    (tmp_path / "other").mkdir()
    assert own_folder(point) == own_folder(point)
    assert own_folder(str(tmp_path / "other")) != own_folder(point)
    close_own()
    assert os.listdir(point) == []
    assert own_folder(point).startswith(f"{point}/flowlab-")


def test_threads_that_come_at_once_get_the_same_folder(point):
    found, gate = [], threading.Barrier(8)

    def ask():
        gate.wait()
        found.append(own_folder(point))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.listdir(point) == [found[0].rpartition("/")[2]]
    assert len(set(found)) == 1


def test_a_process_that_ends_leaves_nothing(point):
    process, url = holder(point)
    assert os.path.exists(url)
    process.communicate("\n", timeout=60)
    assert process.returncode == 0
    assert os.listdir(point) == []


def test_a_process_that_is_killed_is_known_to_be_dead(point):
    process, url = holder(point)
    (living,) = survey(point)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (dead,) = survey(point)
    assert (living.lives, dead.lives) == (True, False)
    assert os.path.exists(url)


def test_a_point_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(StageError, match=r"cannot make '.*nowhere/flowlab-"):
        own_folder(f"{tmp_path}/nowhere")
    assert not [folder for folder in leases._held if folder.startswith(str(tmp_path))]
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.engines
def test_a_process_that_ends_leaves_nothing_at_an_s3_server_either(s3):
    """Its file system needs threads for that, which end before other exit functions run."""
    assert leases._at_exit is threading._register_atexit
    process, url = holder(s3)
    assert exists(url)
    process.communicate("\n", timeout=60)
    assert process.returncode == 0
    assert survey(s3) == []
    assert not exists(url)
