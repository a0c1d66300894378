"""How paths, patterns, handles and values are read where a file may be meant."""

from pathlib import Path

import pytest

from flowlab.compat.crossflow.given import Reader
from flowlab.errors import WrongPath
from flowlab.staging.filehandle import FileHandle

READER = Reader()


def names(given):
    return [each.name for each in given]


@pytest.mark.parametrize("path", ["file1.txt", b"file1.txt", Path("file1.txt")])
def test_an_input_is_the_file_that_a_path_names(path):
    assert READER.input("a", path, many=False).read_text() == "one\n"


def test_an_input_may_be_a_directory(place):
    assert READER.input("a", str(place), many=False).is_dir


def test_a_handle_stands_for_itself():
    handle = FileHandle.load("file1.txt")
    assert READER.input("a", handle, many=False) is handle
    assert READER.input("a", [handle], many=True) == [handle]
    assert READER.argument(handle) is handle
    assert READER.value(handle) is handle


def test_lists_and_patterns_are_many_files():
    assert names(READER.input("a*", ["file2.txt", "file1.txt"], many=True)) == [
        "file2.txt", "file1.txt",
    ]  # fmt: skip
    assert names(READER.input("a*", "file?.txt", many=True)) == ["file1.txt", "file2.txt"]
    assert names(READER.input("a*", ["file*", Path("file1.txt")], many=True)) == [
        "file1.txt", "file2.txt", "file1.txt",
    ]  # fmt: skip
    assert names(READER.input("a*", "file1.txt", many=True)) == ["file1.txt"]


def test_a_name_with_a_star_in_it_may_be_a_file(place):
    (place / "file*").write_text("star")
    assert names(READER.input("a*", "file*", many=True)) == ["file*"]


@pytest.mark.parametrize("value", ["absent", "absent*", ["file1.txt", "absent"], None, 5, ""])
def test_what_is_no_file_is_refused_with_the_name_of_the_input(value):
    with pytest.raises(WrongPath, match=r"'in\.dat'") as caught:
        READER.input("in.dat", value, many=isinstance(value, list))
    assert isinstance(caught.value, OSError)


def test_a_functions_argument_is_a_file_where_there_is_one(place):
    assert READER.argument("file1.txt").read_text() == "one\n"
    assert names(READER.argument("file*.txt")) == ["file1.txt", "file2.txt"]
    assert names(READER.argument("file1.t*")) == ["file1.txt"]
    assert names(READER.argument(["file1.txt", "file2.t*"])) == ["file1.txt", "file2.txt"]
    assert READER.argument(Path(place)).is_dir
    assert READER.argument(["file1.txt", 5])[1] == 5


@pytest.mark.parametrize(
    "value", ["absent", "absent*", "", "a\0b", "x" * 9000, 5, None, ("file1.txt",), {"a": 1}, b"x"]
)
def test_any_other_argument_is_itself(value, place):
    assert READER.argument(value) is value
    assert READER.argument(str(place)) == str(place)  # text that names a directory may be anything
    assert READER.argument(Path("absent")) == Path("absent")


def test_a_value_is_text_though_it_names_a_file_and_a_path_is_that_file():
    assert READER.value("file1.txt") == "file1.txt"
    assert READER.value(Path("file1.txt")).read_text() == "one\n"
    assert READER.value(Path("absent")) == Path("absent")


def test_whoever_reads_says_how_files_are_loaded():
    loaded = []

    def load(path):
        loaded.append(path)
        return len(loaded)

    reader = Reader(load)
    assert reader.input("a", "file1.txt", many=False) == 1
    assert reader.argument(["file*", "file1.txt"]) == [2, 3, 4]
    assert reader.argument("http://localhost:1/x") == 5
    assert loaded == ["file1.txt", "file1.txt", "file2.txt", "file1.txt", "http://localhost:1/x"]
