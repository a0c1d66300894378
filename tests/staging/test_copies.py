"""Private files go with who has them; what is written is there whole or not at all."""

import gc
import os
import shutil
import stat
import subprocess
import sys

import pytest

from flowlab.errors import StoreError
from flowlab.staging import copies
from flowlab.staging.copies import PrivateCopy, write_whole


def test_a_copy_has_its_name_and_nobody_else_reads_it():
    copy = PrivateCopy("a b.txt").write([memoryview(b"one"), memoryview(b"two")])
    assert copy.path.name == "a b.txt"
    assert copy.path.read_bytes() == b"onetwo"
    assert stat.S_IMODE(copy.path.stat().st_mode) == 0o400
    assert stat.S_IMODE(copy.path.parent.stat().st_mode) == 0o700


def test_copies_of_one_name_do_not_meet():
    first, second = PrivateCopy("x"), PrivateCopy("x")
    assert first.path != second.path


def test_a_copy_goes_with_who_has_it():
    copy = PrivateCopy("x").write([memoryview(b"one")])
    path = copy.path
    assert path.exists()
    del copy
    gc.collect()
    assert not path.parent.exists()


def test_a_child_does_not_take_its_parents_copies_away():
    copy = PrivateCopy("x").write([memoryview(b"one")])
    child = os.fork()
    if child == 0:
        del copy
        gc.collect()
        os._exit(0)
    os.waitpid(child, 0)
    assert copy.path.read_bytes() == b"one"


def test_nothing_is_left_when_the_process_ends(tmp_path):
    program = (
        "from flowlab.staging.copies import PrivateCopy\n"
        "kept = PrivateCopy('x').write([memoryview(b'one')])\n"
        "print(kept.path)"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith(str(tmp_path))
    assert os.listdir(tmp_path) == []


def test_copies_may_live_where_the_run_removes_them(tmp_path, monkeypatch):
    monkeypatch.setattr(copies, "_below", [])
    copies.live_below(tmp_path / "run")
    (tmp_path / "run").mkdir()
    first = PrivateCopy("x").write([memoryview(b"one")])
    assert first.path.is_relative_to(tmp_path / "run")
    shutil.rmtree(tmp_path / "run")
    second = PrivateCopy("x").write([memoryview(b"one")])
    assert not second.path.is_relative_to(tmp_path)


def test_a_file_is_replaced_when_all_is_there(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")

    def pieces():
        yield memoryview(b"new")
        assert path.read_text() == "old"

    write_whole(path, pieces())
    assert path.read_text() == "new"
    assert os.listdir(tmp_path) == ["x"]


def test_a_new_file_has_the_rights_that_the_process_gives(tmp_path):
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "x", [])
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "x").stat().st_mode) == 0o640


def test_the_umask_is_never_set_since_it_is_that_of_all_threads(tmp_path, monkeypatch):
    set_to = []
    monkeypatch.setattr(os, "umask", set_to.append)
    write_whole(tmp_path / "x", [])
    write_whole(tmp_path / "y", [], 0o440)
    assert set_to == []
    assert stat.S_IMODE((tmp_path / "y").stat().st_mode) == 0o440


def test_what_fails_leaves_the_old_file(tmp_path):
    path = tmp_path / "x"
    path.write_text("old")

    def pieces():
        yield memoryview(b"new")
        raise StoreError("no more")

    with pytest.raises(StoreError, match="no more"):
        write_whole(path, pieces())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["x"]


def test_a_place_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"cannot write .*no/x': No such file"):
        write_whole(tmp_path / "no" / "x", [])
