"""What an object stands for: a file, a list of files, or a value."""

import os

import pytest

from flowlab.compat.crossflow.forms import FILES, FOLDER, NAME, loaded, said_of, value_of, walk
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.instance import DataInstance


def blob(data, content_type=None, **user):
    return DataInstance(DataType.BLOB, content_type, data, user=user)


def test_a_blob_with_a_name_is_a_file():
    handle = value_of(blob(b"abc", **{NAME: "x.dat"}))
    assert (handle.name, handle.read_bytes(), handle.is_dir) == ("x.dat", b"abc", False)


def test_the_name_of_a_constant_stands_in_its_spec():
    spec = ObjectSpec(1, user={NAME: "x.dat"})
    assert value_of(DataInstance(DataType.BLOB, None, b"abc", spec)).name == "x.dat"


def test_a_pickle_is_a_value():
    assert value_of(blob(encode({"a": [1]}, "pickle"), "pickle")) == {"a": [1]}
    assert value_of(blob(encode(None, "pickle"), "pickle")) is None


def test_an_object_of_flowlab_itself_is_a_file_unless_its_type_says_what_is_in_it():
    raw = DataInstance(DataType.BLOB, None, b"abc", ObjectSpec(1, "out/raw.bin"))
    assert value_of(raw).name == "raw.bin"
    text = blob(b"[1]", "json")
    assert value_of(text) == [1]
    assert value_of(text, as_file=True).read_bytes() == b"[1]"
    assert value_of(blob(encode(5, "pickle"), "pickle"), as_file=True) == 5


def test_what_another_maker_says_of_an_object_is_no_mark_of_ours():
    data = encode([1, 2], "pickle")
    for said in ({"name": "x.dat"}, {"files": 3}, {"folder": True}, {NAME: 5}, {FILES: "x"}):
        assert value_of(blob(data, "pickle", **said)) == [1, 2]
    raw = DataInstance(DataType.BLOB, None, b"abc", ObjectSpec(1, "raw.bin", user={"name": "Ann"}))
    assert value_of(raw).name == "raw.bin"
    named = value_of(blob(b"abc", **{NAME: "x", FOLDER: "no", "name-bytes": "ff"}))
    assert (named.name, named.is_dir) == ("x", False)


def test_a_name_that_is_no_text_is_kept():
    name = os.fsdecode(b"x\xff.dat")
    said = said_of(name)
    assert said[NAME] == "x?.dat"
    assert value_of(blob(b"abc", **said)).name == name


def test_a_directory_of_flowlab_itself_is_a_handle_of_one(tmp_path, place):
    tree = DataInstance(DataType.DIR, "dir", pack_directory(place))
    handle = value_of(tree)
    assert handle.is_dir
    handle.save(tmp_path / "copy")
    assert sorted(os.listdir(tmp_path / "copy")) == ["file1.txt", "file2.txt"]


@pytest.mark.parametrize("source", ["bytes", "file"])
def test_a_list_of_files_gives_handles_in_order(tmp_path, source):
    tree = tmp_path / "tree"
    for number, name in enumerate(["b.txt", "a.txt", "b.txt", "empty"]):
        folder = tree / f"{number:02d}"
        folder.mkdir(parents=True)
        (folder / name).write_bytes(name.encode() * 1000 * (name != "empty"))
    (tree / "04/sub/deep").mkdir(parents=True)
    (tree / "04/sub/deep/x").write_text("x")
    content = pack_directory(tree)
    if source == "file":
        (tmp_path / "archive").write_bytes(content)
        content = tmp_path / "archive"
    handles = value_of(blob(content, **{FILES: 5}))
    assert [each.name for each in handles] == ["b.txt", "a.txt", "b.txt", "empty", "sub"]
    assert [each.size for each in handles[:4]] == [5000, 5000, 5000, 0]
    assert handles[2].read_text() == "b.txt" * 1000
    assert [each.is_dir for each in handles] == [False] * 4 + [True]
    handles[4].save(tmp_path / "sub")
    assert (tmp_path / "sub/deep/x").read_text() == "x"


def test_no_files_are_an_empty_list(tmp_path):
    (tmp_path / "none").mkdir()
    assert value_of(blob(pack_directory(tmp_path / "none"), **{FILES: 0})) == []


def test_a_blob_may_be_a_directory(tmp_path, place):
    handle = value_of(blob(pack_directory(place), **{NAME: "tree", FOLDER: True}))
    assert handle.is_dir
    assert (handle.name, os.listdir(handle)) == ("tree", os.listdir(place))


def test_an_argument_that_is_no_object_is_itself():
    assert loaded(5) == 5
    assert isinstance(loaded(blob(b"", **{NAME: "x"})), FileHandle)


def test_a_walk_reaches_into_lists_tuples_and_dictionaries():
    changed = walk(
        {"a": [1, (2, 3)], "b": {"c": 4}, "d": {5}}, lambda one: one if one != 2 else "x"
    )
    assert changed == {"a": [1, ("x", 3)], "b": {"c": 4}, "d": {5}}
