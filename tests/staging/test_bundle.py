"""A bundle is named by what is in it."""

import os
import pickle
import tarfile

import pytest

from flowlab.errors import StoreError
from flowlab.model.bundles import FILES, MODULES
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.specs import DataType
from flowlab.staging import bundle as packing
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.staging.instance import DataInstance

OLD = 1_000_000_000  # s since the epoch


@pytest.fixture
def files(tmp_path):
    """Two files that were changed long ago."""
    made = []
    for name, content in (("a.txt", "A"), ("run", "#!/bin/sh\n")):
        path = tmp_path / name
        path.write_text(content)
        made.append(Member(f"in/{name}", path))
    made[1].source.chmod(0o700)
    return made


@pytest.fixture
def patient(monkeypatch):
    """Nothing counts as changed a moment ago."""
    monkeypatch.setattr(packing, "_FRESH", -60)


def test_it_unpacks_to_the_same_files(files, tmp_path):
    made = pack_bundle(FILES, files)
    assert (made.kind, made.names) == (FILES, ("in/a.txt", "in/run"))
    assert repr(made) == f"<Bundle of 2 files, {made.size} bytes>"
    DataInstance(DataType.DIR, "dir", made.archive).write(tmp_path / "out")
    assert (tmp_path / "out/in/a.txt").read_text() == "A"
    assert os.access(tmp_path / "out/in/run", os.X_OK)
    assert not (tmp_path / "out/in/a.txt").stat().st_mode & 0o111


def test_names_modes_and_contents_make_its_key(files):
    key = pack_bundle(FILES, files).key
    assert pack_bundle(FILES, reversed(files)).key == key
    assert pack_bundle(MODULES, files).key != key
    assert pack_bundle(FILES, files, "somewhere").key != key
    assert pack_bundle(FILES, [files[0]._replace(name="b"), files[1]]).key != key
    files[1].source.chmod(0o600)
    changed = pack_bundle(FILES, files).key
    files[0].source.write_text("B")
    assert len({key, changed, pack_bundle(FILES, files).key}) == 3


def test_owner_and_times_of_a_file_do_not(files):
    key = pack_bundle(FILES, files).key
    os.utime(files[0].source, (OLD, OLD))
    assert pack_bundle(FILES, files).key == key


def test_files_that_did_not_change_are_read_once(files, patient, monkeypatch):
    read = []
    add = packing._add
    monkeypatch.setattr(packing, "_add", lambda *given: (read.append(given), add(*given)))
    made = pack_bundle(FILES, files)
    assert pack_bundle(FILES, files) is made
    assert len(read) == 2
    files[0].source.write_text("B")
    assert pack_bundle(FILES, files).key != made.key
    assert len(read) == 4


def test_a_file_that_was_just_changed_is_read_again(files):
    """Another change in the same tick of the clock might not show in its times."""
    assert pack_bundle(FILES, files) is not pack_bundle(FILES, files)


def test_bytes_are_members_too(tmp_path):
    made = pack_bundle(MODULES, [Member("x.py", b"X = 1")])
    with tarfile.open(fileobj=__import__("io").BytesIO(made.archive)) as archive:
        assert archive.extractfile("x.py").read() == b"X = 1"


def test_a_large_one_lies_in_a_file_without_a_name(tmp_path):
    (tmp_path / "big").write_bytes(os.urandom(INLINE_OBJECT))
    made = pack_bundle(FILES, [Member("big", tmp_path / "big")])
    assert made.size > INLINE_OBJECT
    assert made.archive.obj.__class__.__name__ == "mmap"
    with pytest.raises(TypeError):
        made.archive[0] = 1


def test_odd_names_travel(tmp_path):
    names = ["with space", "quote'\"", "new\nline", "häšek", "x" * 255, os.fsdecode(b"\xff")]
    members = []
    for name in names:
        (tmp_path / name).write_text(name[:3], errors="surrogateescape")
        members.append(Member(name, tmp_path / name))
    made = pack_bundle(FILES, members)
    DataInstance(DataType.DIR, "dir", made.archive).write(tmp_path / "out")
    assert sorted(os.listdir(tmp_path / "out")) == sorted(names)


def test_what_is_missing_or_no_plain_file_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"gone': No such file"):
        pack_bundle(FILES, [Member("gone", tmp_path / "gone")])
    (tmp_path / "round").symlink_to("round")
    with pytest.raises(StoreError, match=r"round': Too many levels"):
        pack_bundle(FILES, [Member("round", tmp_path / "round")])
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(StoreError, match=r"cannot bundle .*pipe': no plain file"):
        pack_bundle(FILES, [Member("pipe", tmp_path / "pipe")])  # which nobody writes to


@pytest.mark.parametrize(("change", "words"), [("A" * 99, "was changed while"), ("", "was cut")])
def test_a_file_that_is_changed_while_it_is_read_is_an_error(tmp_path, monkeypatch, change, words):
    path = tmp_path / "moving"
    path.write_text("as it was")
    add = packing._add_open

    def meanwhile(archive, entry, file, mode):
        entry.size = path.stat().st_size
        path.write_text(change)
        entry.mode = mode
        archive.addfile(entry, file)

    monkeypatch.setattr(packing, "_add_open", meanwhile)
    with pytest.raises(StoreError, match=words):
        pack_bundle(FILES, [Member("moving", path)])
    monkeypatch.setattr(packing, "_add_open", add)
    assert pack_bundle(FILES, [Member("moving", path)]).names == ("moving",)


def test_it_is_no_value(files):
    with pytest.raises(TypeError, match="give it to a task by bundle="):
        pickle.dumps(pack_bundle(FILES, files))
