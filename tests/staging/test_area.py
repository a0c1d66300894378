"""One directory of a store."""

import errno
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from flowlab.model.limits import MIB, POOLED_FILE
from flowlab.staging.area import Area
from flowlab.staging.mapping import LENT, map_file

LIMIT = 8 * POOLED_FILE


@pytest.fixture
def area(tmp_path):
    return Area(tmp_path, LIMIT, pooled=True)


def make(area, name, size=POOLED_FILE, letter=b"x"):
    """An object of this name."""
    draft = area.write([letter * size], size)
    assert draft is not None
    final = area.directory / "1" / name
    assert area.place(draft, final) == size
    return final


def names(area, folder):
    place = area.directory / folder
    return sorted(os.listdir(place)) if place.exists() else []


def test_pieces_are_written_one_after_the_other(area):
    pieces = [b"%d," % number for number in range(3000)]
    pieces.insert(7, memoryview(np.arange(5000)))
    whole = b"".join(pieces)
    draft = area.write(pieces, len(whole))
    assert draft.read_bytes() == whole
    assert draft.stat().st_mode & 0o777 == 0o400


def test_nothing_is_a_file_too(area):
    assert area.write([b""], 0).read_bytes() == b""


def test_all_bytes_are_counted(area):
    first, second = make(area, "10"), make(area, "11", 1000)
    assert area.total == POOLED_FILE + 1000
    assert sorted(area.files()) == [first, second]
    area.release(second)
    assert area.total == POOLED_FILE
    assert not area.release(second)
    area.release(first)
    assert list(area.files()) == []
    assert area.total == POOLED_FILE  # its pages wait in the pool


def test_pages_of_a_dropped_object_are_used_again(area):
    first = make(area, "10")
    inode = first.stat().st_ino
    area.release(first)
    second = make(area, "11", POOLED_FILE - 5, b"y")
    assert second.stat().st_ino == inode
    assert second.read_bytes() == b"y" * (POOLED_FILE - 5)
    assert area.total == POOLED_FILE - 5


def test_pages_that_somebody_reads_are_not(area):
    first = make(area, "10")
    view = map_file(first)
    inode = first.stat().st_ino
    area.release(first)
    second = make(area, "11", letter=b"y")
    assert second.stat().st_ino != inode
    assert view == b"x" * POOLED_FILE
    assert area.total == POOLED_FILE


def test_two_names_of_one_file_count_once(area):
    first = make(area, "10")
    second = area.directory / "1" / "11"
    area.place(area.link(first), second)
    assert area.total == POOLED_FILE
    area.release(first)
    assert second.read_bytes() == b"x" * POOLED_FILE
    area.release(second)
    assert names(area, "pool") != []


def test_the_second_object_of_a_name_takes_the_place_of_the_first(area):
    make(area, "10")
    final = make(area, "10", 1000, b"y")
    assert final.read_bytes() == b"y" * 1000
    assert area.total == 1000
    area.place(area.link(final), final)
    assert (area.total, names(area, "drafts")) == (1000, [])


def test_above_the_limit_there_is_no_room_and_nothing_is_left_of_it(area):
    objects = [make(area, str(number)) for number in range(10, 17)]
    assert area.write([b"x" * LIMIT], LIMIT) is None
    assert area.total == 7 * POOLED_FILE
    assert names(area, "drafts") == []
    assert sorted(area.files()) == objects


def test_what_nobody_needs_goes_first(area):
    for number in range(10, 14):
        area.release(make(area, str(number)))
    kept = make(area, "20", 5 * POOLED_FILE)
    assert names(area, "pool") != []
    make(area, "21", 3 * POOLED_FILE)
    assert names(area, "pool") == []
    assert kept.stat().st_size == 5 * POOLED_FILE
    assert area.total == LIMIT


DIES = """
import os, signal, sys
from pathlib import Path
from flowlab.staging.area import Area
area = Area(Path(sys.argv[1]), int(sys.argv[2]), pooled=True)
class Dying:
    def __len__(self):
        os.kill(os.getpid(), signal.SIGKILL)
size = int(sys.argv[3]) - 10
area.write([b"x" * size], size)
area.write([Dying()], 10)
"""


def test_what_a_killed_process_counted_is_found_and_set_right(area, tmp_path):
    make(area, "10")
    command = [sys.executable, "-c", DIES, str(tmp_path), str(LIMIT), str(LIMIT - POOLED_FILE)]
    assert subprocess.run(command, check=False, timeout=60).returncode == -9
    assert area.total == LIMIT
    assert names(area, "drafts") != []
    make(area, "11", 3 * POOLED_FILE)
    assert area.total == 4 * POOLED_FILE
    assert names(area, "drafts") == []


def test_a_file_is_moved_in_and_its_pages_stay_its_own(area, tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "made"
    path.write_bytes(b"m" * POOLED_FILE)
    draft = area.move_in(path)
    assert draft.stat().st_mode & 0o777 == LENT
    final = area.directory / "1" / "10"
    area.place(draft, final)
    assert area.total == POOLED_FILE
    area.release(final)
    assert (area.total, names(area, "pool")) == (0, [])


def test_a_file_that_does_not_fit_stays(area, tmp_path_factory):
    path = tmp_path_factory.mktemp("elsewhere") / "large"
    path.write_bytes(b"m" * (LIMIT + 1))
    assert area.move_in(path) is None
    assert path.exists()
    assert area.total == 0


def test_another_device_is_no_place_to_move_in_from(area):
    number, name = tempfile.mkstemp(dir="/dev/shm", prefix="flowlab-test-")
    path = Path(name)
    try:
        os.write(number, b"elsewhere")
        assert area.move_in(path) is None
        assert path.read_bytes() == b"elsewhere"
        assert area.total == 0
    finally:
        os.close(number)
        path.unlink()


FULL = """
import resource, sys
from pathlib import Path
from flowlab.staging.area import Area
area = Area(Path(sys.argv[1]), 1 << 30, pooled=True)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
assert area.write([b"x" * (1 << 20), b"y"], (1 << 20) + 1) is None
assert area.write([b"x" * (1 << 20)], 1 << 20) is not None
print(area.total)
"""


def test_what_the_system_refuses_before_the_limit_is_no_room(area, tmp_path):
    area.release(make(area, "10"))
    make(area, "11")
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert (done.stderr, int(done.stdout)) == ("", POOLED_FILE + (1 << 20))
    assert names(area, "pool") == []
    assert len(names(area, "drafts")) == 1


# --- pages before they are needed


@pytest.fixture
def wide(tmp_path):
    return Area(tmp_path, 64 * MIB, pooled=True)


def test_pages_are_made_for_every_size_and_counted(wide):
    wide.prefault(32 * MIB)
    assert [int(name.split("-")[0]) // MIB for name in names(wide, "pool")] == [16, 4, 8]
    assert wide.total == 28 * MIB
    pool = wide.directory / "pool"
    assert sum((pool / name).stat().st_blocks for name in names(wide, "pool")) * 512 >= 28 * MIB


def test_an_object_is_written_into_them(wide):
    wide.prefault(32 * MIB)
    (made,) = [each for each in names(wide, "pool") if int(each.split("-")[0]) == 8 * MIB]
    inode = (wide.directory / "pool" / made).stat().st_ino
    size = 7 * MIB + 1
    final = make(wide, "7", size, b"y")
    assert final.stat().st_ino == inode
    assert final.read_bytes() == b"y" * size
    assert final.stat().st_mode & 0o777 == 0o400
    assert wide.total == 20 * MIB + size


def test_no_more_are_made_than_there_is_room_for(tmp_path):
    small = Area(tmp_path, 24 * MIB, pooled=True)
    small.prefault(32 * MIB)
    assert small.total == 12 * MIB, "a pool has half of an area"
    assert len(names(small, "pool")) == 2
    assert names(small, "drafts") == []


def test_a_full_device_has_none(wide, monkeypatch):
    def full(number, start, size):
        if size < 16 * MIB:
            raise OSError(errno.ENOSPC, "no space")
        fallocate(number, start, size)

    fallocate = os.posix_fallocate
    monkeypatch.setattr(os, "posix_fallocate", full)
    wide.prefault(32 * MIB)
    assert len(names(wide, "pool")) == 1
    assert (wide.total, names(wide, "drafts")) == (16 * MIB, [])


def test_what_goes_wrong_counts_nothing(wide, monkeypatch):
    def broken(number, start, size):
        raise OSError(errno.EOPNOTSUPP, "not on this file system")

    monkeypatch.setattr(os, "posix_fallocate", broken)
    with pytest.raises(OSError, match="not on this"):
        wide.prefault(32 * MIB)
    assert (wide.total, names(wide, "drafts"), names(wide, "pool")) == (0, [], [])


def test_who_counts_anew_counts_what_is_being_made(wide, monkeypatch):
    def counted(number, start, size):
        fallocate(number, start, size)
        wide._make_room(0)

    fallocate = os.posix_fallocate
    monkeypatch.setattr(os, "posix_fallocate", counted)
    wide.prefault(16 * MIB)
    assert wide.total == 12 * MIB
