"""What is unpacked is read-only for tasks, and what they do to it all the same shows."""

import os
from pathlib import Path

import pytest

from flowlab.errors import StoreError, UsageError
from flowlab.model.bundles import FILES
from flowlab.model.specs import DataType
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.staging.instance import DataInstance
from flowlab.staging.unpacked import Unpacked


def unpack(root, **files):
    members = [Member(name.replace("__", "/"), text.encode()) for name, text in files.items()]
    made = pack_bundle(FILES, members)
    return Unpacked(DataInstance(DataType.DIR, "dir", made.archive), root)


@pytest.fixture
def unpacked(tmp_path):
    return unpack(tmp_path / "kept/1", a="A", deep__b="B")


@pytest.fixture
def place(tmp_path):
    """A working directory."""
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


def test_its_files_are_laid_out(unpacked, place):
    assert unpacked.names == ["a", "deep/b"]
    unpacked.lay_out(place)
    assert [(place / name).read_text() for name in unpacked.names] == ["A", "B"]
    assert not (place / "a").stat().st_mode & 0o222
    (place / "deep/own").write_text("a task may add files")
    assert unpacked.is_whole
    assert not (unpacked.root / "deep/own").exists()


def test_they_are_links_so_that_nothing_is_copied(unpacked, place):
    unpacked.lay_out(place)
    assert (place / "a").is_symlink()
    assert (place / "a").samefile(unpacked.root / "a")


def test_a_replacement_in_the_working_directory_does_no_harm(unpacked, place):
    unpacked.lay_out(place)
    (place / "a").unlink()
    (place / "a").write_text("another file")
    (place / "deep/b").unlink()
    unpacked.check()
    assert unpacked.is_whole


def test_a_write_is_told(unpacked, place):
    unpacked.lay_out(place)
    target = (place / "deep/b").resolve()
    target.chmod(0o600)
    target.write_text("C")
    os.utime(target, (0, 0))  # and times can be set
    target.chmod(0o444)
    with pytest.raises(StoreError, match=r"the task changed 'deep/b', a file of its bundle"):
        unpacked.check()
    assert not unpacked.is_whole


CHANGES = {
    "written": lambda root: ((root / "a").chmod(0o600), (root / "a").write_text("B")),
    "replaced": lambda root: ((root / "a").unlink(), (root / "a").write_text("A")),
    "removed": lambda root: (root / "deep/b").unlink(),
    "added": lambda root: (root / "deep/json.py").write_text(""),
    "modes": lambda root: (root / "a").chmod(0o777),
    "gone": lambda root: root.rename(root.with_name("moved")),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_of_what_is_kept_shows(unpacked, change):
    assert unpacked.is_whole
    change(unpacked.root)
    assert not unpacked.is_whole


def test_two_bundles_with_one_name_are_refused(unpacked, place, tmp_path):
    unpacked.lay_out(place)
    other = unpack(tmp_path / "kept/2", deep__b="other")
    with pytest.raises(UsageError, match=r"two bundles of the task have a file 'deep/b'"):
        other.lay_out(place)


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [("x", "x__y", "x"), ("x", "x__y__z", "x"), ("x__y", "x", "x"), ("x__y", "x__y__z", "x/y")],
)
def test_a_file_of_one_bundle_where_another_has_a_directory_is_refused(
    place, tmp_path, first, second, name
):
    unpack(tmp_path / "kept/1", **{first: "1"}).lay_out(place)
    other = unpack(tmp_path / "kept/2", **{second: "2"})
    with pytest.raises(UsageError, match=rf"two bundles .* file '{name}', or .* a directory in"):
        other.lay_out(place)


def test_it_is_removed(unpacked):
    unpacked.remove()
    unpacked.remove()
    assert not Path(unpacked.root).exists()
    assert not unpacked.is_whole
