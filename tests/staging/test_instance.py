"""What a task is given and a fetch returns."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from flowlab.errors import ContentTypeError, StoreError
from flowlab.model.ids import ID
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode
from flowlab.staging.instance import DataInstance


@pytest.fixture(params=["bytes", "memoryview", "file"])
def make(request, tmp_path):
    """Makes an instance of the same data, in memory or in a read-only file."""

    def build(data, content_type="", data_type=DataType.BLOB):
        if request.param == "bytes":
            return DataInstance(data_type, content_type, data)
        if request.param == "memoryview":
            return DataInstance(data_type, content_type, memoryview(data))
        path = tmp_path / "stored"
        path.write_bytes(data)
        path.chmod(0o400)
        return DataInstance(data_type, content_type, path)

    return build


def test_it_gives_bytes_text_and_size(make):
    instance = make("héllo".encode())
    assert instance.get_bytes() == "héllo".encode()
    assert type(instance.get_bytes()) is bytes
    assert instance.get_str() == "héllo"
    assert make("žluť".encode("latin2"), "text-latin2").get_str() == "žluť"
    instance = make("héllo".encode())
    assert instance.size == 6


def test_empty_data_is_data(make):
    instance = make(b"", "text")
    assert instance.get_bytes() == b""
    assert instance.load() == ""
    assert instance.size == 0


def test_load_decodes_afresh_unless_cached(make):
    instance = make(encode([1, 2], "pickle"), "pickle")
    assert instance.load() == [1, 2]
    assert instance.load() is not instance.load()
    assert instance.load(cache=True) is instance.load(cache=True)


def test_data_without_a_type_cannot_be_loaded(make):
    with pytest.raises(ContentTypeError, match="Decoding from '' unsupported"):
        make(b"x").load()
    with pytest.raises(ContentTypeError, match="Decoding from 'dir' unsupported"):
        make(b"x", data_type=DataType.DIR).load()


def test_a_written_copy_may_be_changed_and_changes_nothing(make, tmp_path):
    instance = make(b"original")
    (tmp_path / "copy").write_bytes(b"something longer that was there")
    instance.write(tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == b"original"
    with (tmp_path / "copy").open("ab") as file:
        file.write(b" changed")
    assert instance.get_bytes() == b"original"
    with pytest.raises(StoreError, match="is a directory"):
        instance.write(tmp_path)


def test_a_directory_is_written_as_files(make, tmp_path):
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "x.txt").write_text("x")
    instance = make(pack_directory(tmp_path / "a"), data_type=DataType.DIR)
    instance.write(str(tmp_path / "b"))
    assert (tmp_path / "b" / "deep" / "x.txt").read_text() == "x"
    instance.link(tmp_path / "c")
    assert (tmp_path / "c" / "deep" / "x.txt").read_text() == "x"
    with pytest.raises(StoreError, match="not empty"):
        instance.write(tmp_path / "b")


def test_a_linked_file_can_be_read(make, tmp_path):
    instance = make(b"data")
    instance.link(tmp_path / "mapped")
    assert (tmp_path / "mapped").read_bytes() == b"data"
    instance.check_links()


def test_writing_to_a_linked_file_is_found_out_and_leaves_the_data(make, tmp_path):
    instance = make(b"data")
    instance.link(tmp_path / "mapped")
    os.chmod(tmp_path / "mapped", 0o644)
    (tmp_path / "mapped").write_bytes(b"DATA")  # same size, within the same clock tick
    with pytest.raises(StoreError, match="changed its read-only input 'mapped'"):
        instance.check_links()
    if os.geteuid() == 0:
        assert instance.get_bytes() == b"data"


def test_removing_or_replacing_a_linked_file_does_no_harm(make, tmp_path):
    instance = make(b"data")
    instance.link(tmp_path / "removed")
    instance.link(tmp_path / "replaced")
    (tmp_path / "removed").unlink()
    (tmp_path / "new").write_bytes(b"new")
    (tmp_path / "new").replace(tmp_path / "replaced")
    instance.check_links()
    assert instance.get_bytes() == b"data"


@pytest.fixture
def linked_tree(make, tmp_path):
    """An instance of a directory mapped for reading, and where: `run`, `deep/x`, `to_x`."""
    (tmp_path / "a" / "deep").mkdir(parents=True)
    (tmp_path / "a" / "deep" / "x").write_text("original")
    (tmp_path / "a" / "to_x").symlink_to("deep/x")
    (tmp_path / "a" / "run").write_text("#!/bin/sh")
    (tmp_path / "a" / "run").chmod(0o755)
    instance = make(pack_directory(tmp_path / "a"), data_type=DataType.DIR)
    instance.link(tmp_path / "tree")
    return instance, tmp_path / "tree"


def test_files_may_come_into_a_linked_directory_and_go(linked_tree):
    instance, place = linked_tree
    (place / "deep" / "new").write_text("new")
    (place / "deep" / "x").unlink()
    assert os.access(place / "run", os.X_OK)
    instance.check_links()


@pytest.mark.parametrize("name", ["deep/x", "to_x"])
def test_writing_to_a_file_of_a_linked_directory_is_found_out(linked_tree, tmp_path, name):
    instance, place = linked_tree
    assert not (place / "deep" / "x").stat().st_mode & 0o222
    (place / "deep" / "x").chmod(0o644)
    with (place / name).open("a") as file:
        file.write("!")
    with pytest.raises(StoreError, match="changed its read-only input 'tree/deep/x'"):
        instance.check_links()
    instance.write(tmp_path / "again")
    assert (tmp_path / "again" / "deep" / "x").read_text() == "original"


NO_ROOT = """
import os, sys
from pathlib import Path
from flowlab.model.ids import ID
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
if os.geteuid() == 0:  # only now: nobody may not be allowed to read what is imported
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
place = Path(sys.argv[1])
stored = place / "stored"
stored.write_bytes(b"data")
stored.chmod(0o400)
instance = DataInstance(DataType.BLOB, "", stored)
instance.link(place / "mapped")
assert os.readlink(place / "mapped") == str(stored), "not linked"
try:
    (place / "mapped").open("ab")
except PermissionError:
    print("refused")
instance.check_links()
"""


def test_without_root_a_file_is_linked_and_the_system_refuses_to_write(tmp_path):
    """As root this runs as nobody, in a folder that nobody owns."""
    with tempfile.TemporaryDirectory() as place:
        os.chmod(place, 0o777)
        done = subprocess.run(
            [sys.executable, "-c", NO_ROOT, place],
            check=False, capture_output=True, text=True, cwd=Path(__file__).parents[2],
        )  # fmt: skip
    assert (done.stdout, done.stderr) == ("refused\n", "")


def test_info_is_what_is_known_and_user_may_be_written():
    spec = ObjectSpec(7, label="out")
    instance = DataInstance(DataType.BLOB, "text", b"abc", spec)
    assert instance.said() == {}
    instance.info.user["note"] = 1
    instance.info.debug += "seen"
    assert (instance.info.size, instance.info.content_type) == (3, "text")
    assert instance.user == {"note": 1}
    assert instance.info.to_json() == {
        "size": 3, "content_type": "text", "debug": "seen", "user": {"note": 1},
    }  # fmt: skip
    assert (instance.spec.id, instance.spec.label) == (ID(0, 7), "out")
    assert DataInstance(DataType.BLOB, "", b"").spec is None
    assert repr(instance) == "<DataInstance 'out' blob text 3 bytes>"


def test_what_its_maker_said_comes_along_with_it():
    made = DataInstance(DataType.BLOB, "", b"")
    made.info.user["by"], made.info.debug, made.info.error = "me", "said", None
    got = DataInstance(DataType.BLOB, "", b"", user=dict(made.said()))
    assert (got.info.debug, got.info.user, got.error) == ("said", {"by": "me"}, "")
    assert got.said() == made.said()
    got.info.error = "torn"
    assert got.error == "torn"
