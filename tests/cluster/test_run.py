"""The runtime directory: private, short enough for a socket, gone in the end."""

import os
import socket
import stat
import tempfile
from pathlib import Path

import pytest

from flowlab.cluster.elsewhere import Elsewhere
from flowlab.cluster.run import OWNER, SHARED_MEMORY, RunDirectory
from flowlab.errors import StoreError
from flowlab.model.ids import HostId
from flowlab.staging.store import read_settings


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def test_every_directory_is_private(run):
    for directory in (run.path, run.store, run.boards, run.sandboxes, run.profile):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    assert stat.S_IMODE((run.path / "key").stat().st_mode) == 0o600


def test_the_key_is_random_and_not_in_the_repr(run, tmp_path):
    other = RunDirectory.create(tmp_path / "base")
    assert len(run.key) == 64
    assert run.key != other.key
    assert run.key not in repr(run)
    other.remove()


def test_the_default_path_is_short_enough_for_a_socket(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / ("long" * 30)))
    run = RunDirectory.create()
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(run.engines_socket))
        assert run.path.parent.name == f"flowlab-{os.getuid()}"
    finally:
        run.remove()


def test_another_process_opens_the_same_directory(run):
    assert RunDirectory.open(run.path) == run


def test_one_that_others_may_enter_is_refused(run):
    run.path.chmod(0o755)
    with pytest.raises(StoreError, match="0700"):
        RunDirectory.open(run.path)


def test_a_link_is_refused(run, tmp_path):
    (tmp_path / "link").symlink_to(run.path)
    with pytest.raises(StoreError):
        RunDirectory.open(tmp_path / "link")


def test_a_base_that_is_not_private_is_refused(tmp_path):
    (tmp_path / "open").mkdir(mode=0o755)
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(StoreError):
        RunDirectory.create(tmp_path / "open")


def test_there_is_a_place_for_what_finds_no_room_in_the_store(run, tmp_path, monkeypatch):
    assert run.spill == run.path / "spill"  # not in memory, as far as anybody can know
    other = RunDirectory.create(tmp_path / "base", store_size=7, spill=tmp_path)
    assert other.spill.parent == tmp_path
    assert other.spill.stat().st_mode & 0o777 == 0o700
    assert (other.spill / OWNER).readlink() == other.path
    assert RunDirectory.open(other.path) == other
    settings = read_settings(other.store)
    assert (settings.size, settings.spill) == (7, str(other.spill))
    assert settings.spill_size > 0
    other.remove()
    assert not other.spill.exists()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "disk"))
    (tmp_path / "disk").mkdir()
    third = RunDirectory.create(tmp_path / "base")  # as in XDG_RUNTIME_DIR
    assert third.spill.parent == tmp_path / "disk"
    third.remove()


def test_remove_takes_what_a_task_made_unwritable(run):
    locked = run.sandboxes / "locked"
    locked.mkdir()
    (locked / "file").write_text("x")
    locked.chmod(0o500)
    run.remove()
    assert not run.path.exists()
    assert not run.store.exists()


def test_what_an_engine_that_died_had_mapped_stays_read_only(run):
    stored = run.spill / "stored"
    stored.write_text("x")
    stored.chmod(0o440)
    sandbox = run.sandboxes / "7-abc"
    sandbox.mkdir()
    os.link(stored, sandbox / "input")
    sandbox.chmod(0o500)
    run.forget_process(7, 0)
    assert not sandbox.exists()
    assert (stored.stat().st_mode & 0o777, stored.stat().st_nlink) == (0o440, 1)


def test_the_store_lies_in_shared_memory_when_there_is_room(run):
    if os.access(SHARED_MEMORY, os.W_OK):
        assert run.store.parent in (SHARED_MEMORY, run.path)
        if run.store.parent == SHARED_MEMORY:
            assert (run.store / OWNER).readlink() == run.path
    else:
        assert run.store == Path(run.path / "store")


def test_remove_takes_what_engines_left_that_only_counted_as_being_elsewhere(
    run, tmp_path, monkeypatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    there, other = (Elsewhere(name, HostId("f" * 16)) for name in (run.run, "other"))
    run.remove()
    assert not there.store.exists()
    assert not there.boards.exists()
    assert other.boards.exists()
    other.leave()


def test_the_size_of_a_store_is_known_to_who_opens_it_again(tmp_path):
    made = RunDirectory.create(tmp_path / "base", store_size=12_345_678, prefault=1_000)
    found = RunDirectory.open(made.path)
    assert (found.store_size, found.prefault) == (12_345_678, 1_000)
    assert read_settings(found.store).prefault == 1_000
    made.remove()
