"""Files that are kept for their pages."""

import os

import pytest

from flowlab.model.limits import POOLED_FILE, POOLED_FILES
from flowlab.staging.mapping import LENT, map_file
from flowlab.staging.pool import Pool

SIZE = POOLED_FILE
LIMIT = 10 * SIZE


@pytest.fixture
def place(tmp_path):
    return tmp_path


@pytest.fixture
def pool(place):
    return Pool(place / "pool", LIMIT)


def make(place, size=SIZE, name="object", mode=0o400):
    path = place / name
    path.write_bytes(b"x" * size)
    path.chmod(mode)
    return path


def give(pool, path):
    return pool.give(path, path.lstat())


def take(pool, place, size=SIZE):
    """Bytes and inode of the file that was got, or None."""
    number, before = pool.take(size, place / "taken")
    if number < 0:
        return None
    found = before, os.fstat(number).st_ino
    os.close(number)
    (place / "taken").unlink()
    return found


def test_a_file_goes_in_and_comes_out_with_its_pages(pool, place):
    path = make(place)
    inode = path.stat().st_ino
    assert give(pool, path)
    assert not path.exists()
    assert take(pool, place) == (SIZE, inode)
    assert take(pool, place) is None


def test_what_comes_out_can_be_written(pool, place):
    give(pool, make(place))
    number, _ = pool.take(SIZE, place / "taken")
    assert os.write(number, b"new") == 3
    os.close(number)


def test_what_is_small_or_has_two_names_or_was_lent_is_not_kept(pool, place):
    assert not give(pool, make(place, size=SIZE - 1, name="small"))
    assert not give(pool, make(place, name="lent", mode=LENT))
    path = make(place, name="two")
    os.link(path, place / "second")
    assert not give(pool, path)
    assert path.exists()


def test_a_mapped_file_is_kept_but_never_used(pool, place):
    path = make(place)
    view = map_file(path)
    give(pool, path)
    assert pool.take(SIZE, place / "taken") == (-1, SIZE)
    assert not (place / "taken").exists()
    assert view == b"x" * SIZE


def test_a_name_that_came_in_between_is_noticed(pool, place):
    path = make(place)
    status = path.lstat()
    os.link(path, place / "second")
    assert pool.give(path, status)
    assert take(pool, place) is None
    assert (place / "second").read_bytes() == b"x" * SIZE


def test_the_file_that_fits_best_is_taken(pool, place):
    for parts in (1, 2, 4):
        give(pool, make(place, size=parts * SIZE))
    assert take(pool, place, 2 * SIZE - 1)[0] == 2 * SIZE
    assert take(pool, place, 2 * SIZE - 1)[0] == SIZE  # some of its pages are warm
    assert take(pool, place, SIZE) is None  # too large to be cut for that


def test_it_has_limits(place):
    pool = Pool(place / "pool", 3 * SIZE)
    assert [give(pool, make(place)) for _ in range(4)] == [True, True, True, False]
    pool = Pool(place / "many", 10 * POOLED_FILES * SIZE)
    kept = [give(pool, make(place)) for _ in range(POOLED_FILES + 1)]
    assert kept.count(True) == POOLED_FILES


def test_it_gives_room_back(pool, place):
    for parts in (1, 2, 3):
        give(pool, make(place, size=parts * SIZE))
    assert pool.shrink(0) == 0
    assert pool.shrink(2 * SIZE) == 3 * SIZE
    assert pool.shrink(100 * SIZE) == 3 * SIZE
    assert pool.shrink(1) == 0
