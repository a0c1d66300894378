"""What every kind of place for files does alike, and what of a file is seen when writing fails."""

import os
import resource
import signal

import pytest

from flowlab.errors import StageError
from flowlab.staging.depot import LocalDepot, RemoteDepot, depot_of, local_path
from flowlab.staging.remote import PART

NAMES = [
    "a b", "a'b", 'a"b', "a\nb", "ä€𝄞", "x" * 255, ".hidden", "a%2Fb", "-rf", "a?b", "a#b", "a*b",
]  # fmt: skip


def write(url, data):
    depot_of(url).write(url, [memoryview(data)], len(data))


def breaking(data):
    yield memoryview(data)
    raise InterruptedError("the source failed")


def test_a_file_is_written_read_and_removed(folder):
    depot, url = depot_of(folder), f"{folder}/x"
    depot.make(folder)
    depot.make(folder)
    assert depot.size(url) is None
    write(url, b"0123456789")
    assert depot.size(url) == 10
    assert depot.read(url, 3, 4) == b"3456"
    depot.remove(url)
    depot.remove(url)
    assert depot.size(url) is None


def test_a_file_is_replaced(folder):
    depot, url = depot_of(folder), f"{folder}/x"
    depot.make(folder)
    write(url, b"one")
    before = depot.version(url)
    write(url, b"three")
    assert depot.read(url, 0, 99) == b"three"
    assert depot.version(url) != before


@pytest.mark.parametrize("size", [10, 20_000_000], ids=["small", "in parts"])
def test_a_file_of_which_writing_fails_is_not_there_nor_a_part_of_it(folder, size):
    depot, url = depot_of(folder), f"{folder}/x"
    depot.make(folder)
    with pytest.raises(InterruptedError):
        depot.write(url, breaking(bytes(size)), size + 1)
    assert depot.size(url) is None
    assert list(depot.files(folder)) == []


def test_a_file_that_is_there_survives_a_failed_write(folder):
    depot, url = depot_of(folder), f"{folder}/x"
    depot.make(folder)
    write(url, b"whole")
    with pytest.raises(InterruptedError):
        depot.write(url, breaking(b"part"), 99)
    assert depot.read(url, 0, 99) == b"whole"


def test_folders_are_listed_weighed_and_removed(folder):
    depot, point = depot_of(folder), folder.rpartition("/")[0]
    depot.make(folder)
    write(f"{folder}/x", b"123")
    write(f"{folder}/y", b"4")
    assert sorted(size for size, _ in depot.files(folder)) == [1, 3]
    assert {at for _, at in depot.files(folder)} == {
        depot.changed(f"{folder}/x"), depot.changed(f"{folder}/y"),
    }  # fmt: skip
    assert depot.folders(point) == ["flowlab-a"]
    depot.remove_tree(folder)
    depot.remove_tree(folder)
    assert depot.size(f"{folder}/x") is None


@pytest.mark.parametrize("name", NAMES)
def test_odd_names_are_files_like_others(tmp_path, name):
    for url in (f"{tmp_path}/{name}", f"memory://odd/{name}"):
        depot = depot_of(url)
        depot.make(url.rpartition("/")[0])
        write(url, b"odd")
        assert depot.read(url, 0, 99) == b"odd"
        depot.remove(url)
        assert depot.size(url) is None


def test_a_local_file_is_named_in_three_ways():
    assert str(local_path("/a/b")) == "/a/b"
    assert str(local_path("file:///a/b")) == "/a/b"
    assert str(local_path("LOCAL:///a/b")) == "/a/b"
    assert isinstance(depot_of("/a/b"), LocalDepot)
    assert isinstance(depot_of("memory://a"), RemoteDepot)


def test_only_the_owner_may_look_into_a_folder(tmp_path):
    folder = f"{tmp_path}/flowlab-a"
    LocalDepot().make(folder)
    write(f"{folder}/x", b"private")
    assert os.stat(folder).st_mode & 0o777 == 0o700
    assert os.stat(f"{folder}/x").st_mode & 0o777 == 0o600


def test_a_link_that_another_user_planted_is_not_followed(tmp_path):
    (tmp_path / "theirs").mkdir()
    (tmp_path / "flowlab-a").symlink_to(tmp_path / "theirs")
    with pytest.raises(StageError, match="no directory of yours"):
        LocalDepot().make(f"{tmp_path}/flowlab-a")


def test_a_point_where_everybody_may_replace_files_is_refused(tmp_path):
    tmp_path.chmod(0o777)
    with pytest.raises(StageError, match=r"chmod \+t"):
        LocalDepot().make(f"{tmp_path}/flowlab-a")
    tmp_path.chmod(0o1777)
    LocalDepot().make(f"{tmp_path}/flowlab-a")


def test_a_full_disk_leaves_nothing(tmp_path):
    """A limit on the size of files says what a full disk says."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OSError, match="File too large"):
            write(f"{tmp_path}/x", bytes(10_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert os.listdir(tmp_path) == []


def test_a_draft_is_told_by_its_name(tmp_path):
    def look():
        (name,) = os.listdir(tmp_path)
        assert name.startswith(".")
        assert name.endswith(PART)
        yield memoryview(b"data")

    LocalDepot().write(f"{tmp_path}/x", look(), 4)
    assert os.listdir(tmp_path) == ["x"]
