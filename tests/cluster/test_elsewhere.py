"""Places on a host that is not the scheduler process': made by who comes, removed by who goes."""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from flowlab.cluster import elsewhere
from flowlab.cluster.elsewhere import Elsewhere
from flowlab.model.ids import HostId
from flowlab.staging.store import StoreSettings, read_settings

HOST = HostId("0123456789abcdef")


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    """All places lie below the test's directory; what stands for shared memory, too."""
    (tmp_path / "shm").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(elsewhere, "SHARED_MEMORY", tmp_path / "shm")


@pytest.fixture
def dead():
    """A pid that no process has."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def everything(tmp_path):
    return {path.name for path in (*tmp_path.glob("flowlab-*/[!.]*"), *tmp_path.glob("shm/*"))}


def test_engines_of_one_host_share_private_places_and_the_run_s_limit(tmp_path):
    one, two = (Elsewhere("run", HOST, StoreSettings(n, prefault=n)) for n in (1000, 2000))
    assert (one.store, one.boards, one.sandboxes) == (two.store, two.boards, two.sandboxes)
    said = read_settings(two.store)
    assert (said.size, said.prefault) == (1000, 1000), "by the first"
    assert one.store.parent == tmp_path / "shm"
    for place in (one.store, one.boards, one.sandboxes):
        assert place.stat().st_mode & 0o777 == 0o700


def test_two_hosts_and_two_runs_share_nothing():
    places = [Elsewhere("run", HOST), Elsewhere("run", HostId("f" * 16)), Elsewhere("other", HOST)]
    assert len({each.store for each in places}) == 3
    assert len({each.boards for each in places}) == 3


def test_without_shared_memory_the_store_lies_on_disk(monkeypatch):
    monkeypatch.setattr(elsewhere, "SHARED_ROOM", 1 << 62)
    one = Elsewhere("run", HOST)
    assert one.store.parent == one.boards.parent
    assert Elsewhere("run", HOST).store == one.store
    assert read_settings(one.store).spill == ""


def test_who_goes_last_removes_everything(tmp_path):
    one = Elsewhere("run", HOST)
    mine, other = one.boards / f"3-{os.getpid()}", one.boards / f"4-{os.getppid()}"
    mine.touch()
    other.touch()
    (one.sandboxes / f"{os.getpid()}-x").mkdir()
    (one.store / "object").touch()
    one.leave()
    assert not mine.exists()
    assert not any(one.sandboxes.iterdir())
    assert (one.store / "object").exists()
    other.unlink()
    one.leave()
    assert everything(tmp_path) == set()


def test_what_engines_that_were_killed_left_is_removed_by_the_next(tmp_path, dead, monkeypatch):
    old, busy, strange = Elsewhere("old", HOST), Elsewhere("busy", HOST), tmp_path / "flowlab-x"
    (old.boards / f"1-{dead}").touch()
    (busy.boards / f"1-{os.getppid()}").touch()
    strange.mkdir()
    Elsewhere("new", HOST)
    assert old.boards.exists()  # it may have been made a moment ago
    monkeypatch.setattr(elsewhere, "_YOUNG", -1.0)
    Elsewhere("newer", HostId("f" * 16))
    assert old.boards.exists()  # another host's, of whose processes nothing is known here
    Elsewhere("newest", HOST)
    assert not old.boards.exists()
    assert not old.store.exists()
    assert busy.boards.exists()
    assert strange.exists()


def test_what_others_could_write_is_not_used(tmp_path):
    place = tmp_path / f"flowlab-{os.getuid()}"
    place.mkdir(mode=0o777)
    place.chmod(0o777)
    with pytest.raises(Exception, match="0700"):
        Elsewhere("run", HOST)
    assert list(Path(place).iterdir()) == []
