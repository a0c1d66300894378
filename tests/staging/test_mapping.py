"""Files that are mapped, and who may use their pages again."""

import os
import subprocess
import sys

import pytest

from flowlab.errors import StoreError
from flowlab.staging.mapping import LENT, is_free, lend, map_file


@pytest.fixture
def path(tmp_path):
    made = tmp_path / "stored"
    made.write_bytes(b"stored")
    made.chmod(0o400)
    return made


def free(path):
    number = os.open(path, os.O_RDONLY)
    try:
        return is_free(number)
    finally:
        os.close(number)


def test_a_file_is_free_until_it_is_mapped_and_once_it_is_let_go(path):
    assert free(path)
    view = map_file(path)
    assert view.readonly
    part = view[2:]
    del view
    assert not free(path)
    del part
    assert free(path)


def test_each_of_many_maps_counts(path):
    one, other = map_file(path), map_file(path)
    assert (one, other) == (b"stored", b"stored")
    del one
    assert not free(path)
    del other
    assert free(path)


CHILD = """
import os, sys, time
from pathlib import Path
from flowlab.staging.mapping import map_file
view = map_file(Path(sys.argv[1]))
child = os.fork()
if child:
    os._exit(0)  # the map of the parent is gone; the child's lives on
sys.stdin.read()
print(bytes(view).decode(), flush=True)
"""


def test_a_forked_child_that_outlives_its_parent_holds_the_file(path):
    parent = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert parent.wait(30) == 0
    assert not free(path)
    told, _ = parent.communicate(timeout=30)
    assert told == b"stored\n"


def test_an_empty_file_and_an_absent_one(tmp_path, path):
    (tmp_path / "empty").write_bytes(b"")
    assert map_file(tmp_path / "empty") == b""
    with pytest.raises(StoreError, match=r"cannot read .*absent.*No such file"):
        map_file(tmp_path / "absent")
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(StoreError, match="cannot read"):
        map_file(tmp_path / "link")


def test_a_file_that_is_being_used_again_is_not_mapped(path):
    number = os.open(path, os.O_RDONLY)
    assert is_free(number)
    with pytest.raises(StoreError, match="again and again"):
        map_file(path)
    os.close(number)
    assert map_file(path) == b"stored"


def test_a_file_that_a_program_gets_says_so(path):
    lend(path)
    assert path.stat().st_mode & 0o777 == LENT
    path.unlink()
    with pytest.raises(StoreError, match="to a program"):
        lend(path)
