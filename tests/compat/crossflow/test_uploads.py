"""What is sent once, and when a file is read again."""

import os
import time
from pathlib import Path

import numpy as np
import pytest

import flowlab
from flowlab.compat.crossflow.forms import FOLDER, NAME
from flowlab.compat.crossflow.futures import Future
from flowlab.compat.crossflow.uploads import Uploads
from flowlab.graph.nodes import DataObject
from flowlab.model.payload import Stored
from flowlab.staging.filehandle import FileHandle


@pytest.fixture(scope="module")
def session():
    with flowlab.Client(inline=True) as client:
        yield client.new_session()


@pytest.fixture
def uploads(session):
    return Uploads(session)


@pytest.fixture
def _later(monkeypatch):
    """The clock stands where all changes of the test are long ago."""
    now = time.time_ns()
    monkeypatch.setattr("flowlab.compat.crossflow.uploads.time.time_ns", lambda: now + 10**11)


def test_a_file_is_an_object_with_its_name(uploads, place):
    made = uploads.load("file1.txt")
    assert (made.value, made.user, made.kept) == (b"one\n", {NAME: "file1.txt"}, True)
    tree = uploads.load(place)
    assert tree.user[FOLDER] is True


@pytest.mark.usefixtures("_later")
def test_a_file_is_read_once_as_long_as_it_does_not_change(uploads, place):
    first = uploads.load("file1.txt")
    assert uploads.load(place / "file1.txt") is first
    assert uploads.load("./file1.txt") is first
    assert uploads.loads == 1
    Path("file1.txt").write_text("eins")
    changed = uploads.load("file1.txt")
    assert (changed is first, changed.value) == (False, b"eins")
    assert uploads.loads == 2


def test_a_file_that_is_new_may_be_written_again_within_its_clocks_tick(uploads, place):
    path = place / "fresh"
    for text in ("one", "two"):
        path.write_text(text)
        assert uploads.load(path).value == text.encode()
    assert uploads.loads == 2


def test_the_same_content_by_the_same_name_is_the_same_object(uploads, place):
    first = uploads.load("file1.txt")
    (place / "other").mkdir()
    Path("other/file1.txt").write_text("one\n")
    Path("copy.txt").write_text("one\n")
    assert uploads.load("other/file1.txt") is first
    assert uploads.load("copy.txt") is not first
    assert uploads.file(FileHandle.load("file1.txt")) is first


def test_a_handle_that_is_written_again_is_another_object(uploads):
    handle = FileHandle.new("x")
    handle.write_text("one")
    first = uploads.file(handle)
    assert uploads.file(handle) is first
    handle.write_text("two")
    assert uploads.file(handle).value == b"two"


def test_within_one_call_a_path_is_looked_at_once(uploads, place):
    path = str(place / "file1.txt")  # new as it is
    with uploads.at_once():
        assert len({id(uploads.load(path)) for _ in range(5)}) == 1
        assert uploads.loads == 1
    uploads.load(path)
    assert uploads.loads == 2


def test_what_nobody_names_is_let_go(uploads):
    first = uploads.load("file1.txt").object_id
    uploads._session._declared.clear()  # as after a submit
    assert uploads.load("file1.txt").object_id != first


def test_a_large_file_goes_into_the_store(uploads):
    Path("large").write_bytes(os.urandom(200_000))
    made = uploads.load("large")
    assert isinstance(made.value, Stored)
    assert Path(made.value.path).read_bytes() == Path("large").read_bytes()


def test_futures_and_handles_travel_as_objects(uploads, session):
    made = uploads.load("file1.txt")
    future, handle = Future(made), FileHandle.load("file1.txt")
    assert uploads.travelling(future) is made
    assert uploads.travelling([handle, (future, 5), {"a": "b"}]) == [made, (made, 5), {"a": "b"}]
    assert uploads.travelling(made) is made


@pytest.mark.parametrize("value", [5, None, "x" * 9_000, b"y", [1, 2], {"a": 1}, lambda: 5])
def test_small_values_travel_with_their_task(uploads, value):
    assert uploads.travelling(value) == value


@pytest.mark.parametrize(
    "value", ["x" * 20_000, list(range(20_000)), np.zeros(5_000)], ids=["text", "list", "array"]
)
def test_large_values_are_objects_of_their_own(uploads, value):
    made = uploads.travelling(value)
    assert isinstance(made, DataObject)
    assert made.content_type == "pickle"


def test_what_cannot_be_pickled_is_left_to_who_says_why(uploads):
    value = [open(os.devnull)]  # noqa: SIM115 - closed below
    assert uploads.travelling(value) == value
    value[0].close()
