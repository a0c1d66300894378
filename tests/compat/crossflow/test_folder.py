"""What is saved in a working directory, and what is taken out of it."""

import os

import pytest

from flowlab.compat.crossflow.folder import (
    Harvest,
    files_of,
    inside,
    localise,
    matches,
    save_input,
)
from flowlab.compat.crossflow.forms import NAME
from flowlab.compat.crossflow.here import Here
from flowlab.errors import WrongPath
from flowlab.model.specs import DataType
from flowlab.staging.encoding import encode
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.instance import DataInstance


def handle(text, name="h"):
    made = FileHandle.new(name)
    made.write_text(text)
    return made


def instance(text, name="i"):
    return DataInstance(DataType.BLOB, None, text.encode(), user={NAME: name})


def test_a_file_is_saved_under_the_name_of_its_input(tmp_path):
    save_input("data/in.txt", handle("x"), tmp_path)
    save_input("other", instance("y"), tmp_path)
    assert (tmp_path / "data/in.txt").read_text() == "x"
    assert (tmp_path / "other").read_text() == "y"
    (tmp_path / "other").write_text("it is the task's own")


def test_many_files_are_numbered(tmp_path):
    save_input("f*.txt", [handle("a"), [handle("b"), instance("c")]], tmp_path)
    save_input("g*", handle("alone"), tmp_path)
    texts = {name: (tmp_path / name).read_text() for name in os.listdir(tmp_path)}
    assert texts == {"f0.txt": "a", "f1.txt": "b", "f2.txt": "c", "g0": "alone"}


def test_what_is_no_file_is_refused_by_name(tmp_path):
    with pytest.raises(WrongPath, match="input 'a' is None"):
        save_input("a", DataInstance(DataType.BLOB, "pickle", encode(None, "pickle")), tmp_path)
    with pytest.raises(OSError, match=r"illegal argument type 'int' for the input 'a'.*\{a\}"):
        save_input("a", 5, tmp_path)
    with pytest.raises(ValueError, match="'a' takes one file, and was given a list of 2"):
        save_input("a", [handle("x"), handle("y")], tmp_path)
    assert os.listdir(tmp_path) == []


def test_a_function_gets_names_of_files_and_two_may_have_the_same(tmp_path):
    names = set()
    given = [localise(each, tmp_path, names) for each in (handle("x", "n"), instance("y", "n"), 5)]
    assert given[0] == "n"
    assert [os.path.basename(each) for each in given[:2]] == ["n", "n"]
    assert [(tmp_path / each).read_text() for each in given[:2]] == ["x", "y"]
    assert given[2] == 5
    assert localise([handle("z", "m")], tmp_path, names) == ["m"]


def test_a_name_or_a_pattern_finds_what_was_made(tmp_path):
    for name in ("x2", "x10", "x1", "y"):
        (tmp_path / name).touch()
    (tmp_path / "xd").mkdir()
    (tmp_path / "gone").symlink_to("nowhere")
    assert matches("y", tmp_path) == ["y"]
    assert matches("z", tmp_path) == []
    assert matches("gone", tmp_path) == []
    assert matches("x*", tmp_path) == ["x1", "x10", "x2", "xd"]
    assert matches("?", tmp_path) == ["y"]
    assert matches("z*", tmp_path) == []


@pytest.mark.parametrize(
    "item", ["", ".", "..", "../here/a", "absent", "a\0", "a" * 5000, b"a", 5, None, "/etc/passwd"]
)
def test_only_files_of_the_working_directory_are_inside(tmp_path, item):
    (tmp_path / "a").touch()
    assert inside(item, tmp_path) is None


def test_files_inside_are_named_by_text_or_path(tmp_path):
    (tmp_path / "a").touch()
    assert (
        inside("a", tmp_path) == inside("./a", tmp_path) == inside(tmp_path / "a", tmp_path) == "a"
    )
    assert inside(handle("x", "a"), tmp_path) is None
    assert files_of("a", tmp_path) == ["a"]
    assert files_of(["a", "a"], tmp_path) == ["a", "a"]
    assert files_of(["a", 5], tmp_path) is None
    assert files_of([], tmp_path) is None
    assert files_of({"a"}, tmp_path) is None


def test_what_is_wanted_twice_is_given_twice(tmp_path):
    (tmp_path / "d").mkdir()
    for name in ("x1", "x2", "d/in"):
        (tmp_path / name).write_text(name)
    wanted = [["x1"], ["x1", "x2"], ["d"], ["d/in"]]
    harvest = Harvest(tmp_path, Here(tmp_path), wanted)
    one, both = harvest.file("x1"), harvest.files(["x1", "x2"])
    folder, inner = harvest.file("d"), harvest.file("d/in")
    assert (one.read_text(), [each.read_text() for each in both]) == ("x1", ["x1", "x2"])
    assert (folder.is_dir, inner.read_text(), inner.name) == (True, "d/in", "in")
    assert [name for name in os.listdir(tmp_path) if not name.startswith(".")] == ["d"]


def test_a_link_gives_the_file_that_it_names(tmp_path):
    (tmp_path / "real").write_text("text")
    (tmp_path / "link").symlink_to("real")
    harvest = Harvest(tmp_path, Here(tmp_path), [["link"], ["real"]])
    assert [harvest.file("link").read_text(), harvest.file("real").read_text()] == ["text", "text"]


def test_files_in_a_list_of_other_things_are_handles(tmp_path):
    (tmp_path / "a").write_text("text")
    harvest = Harvest(tmp_path, Here(tmp_path), [])
    found, number = harvest.handled(["a", 5])
    assert (found.read_text(), number) == ("text", 5)
    assert harvest.handled("a") == "a"
