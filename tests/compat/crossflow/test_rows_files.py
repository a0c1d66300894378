"""Crossflow's behaviour, row by row: C1–C11, handles and stage points.

What flowlab does better is told by the test's name; docs/guide/from-crossflow.md lists it.
"""
# mirrors: what Crossflow documents of handles, over filehandling and forms

import gc
import os
import pickle
from pathlib import Path

import pytest

import flowlab
from flowlab.compat import crossflow
from flowlab.compat.crossflow import filehandling
from flowlab.compat.crossflow.filehandling import FileHandle, FileHandler
from flowlab.compat.crossflow.tasks import STDOUT
from tests.compat.crossflow.declare import command, function


def test_c1_files_travel_and_stand_under_their_names_in_the_working_directory(client):
    task = command("ls; cat a b > c", ["a", "b"], [STDOUT, "c"])
    said, made = client.submit(task, "file1.txt", "file2.txt")
    assert said.result().split() == ["a", "b"]
    assert isinstance(made.result(), FileHandle)
    assert made.result().read_text() == "one\ntwo\n"


def test_c2_a_handle_brings_its_bytes_along_compressed(place):
    (place / "long").write_text("all the same " * 10_000)
    handle = FileHandler().load("long")
    (place / "long").unlink()
    data = pickle.dumps(handle)
    assert len(data) < 5_000
    assert pickle.loads(data).read_text() == "all the same " * 10_000


def test_c3_at_a_stage_point_lie_the_plain_bytes_with_their_suffix(client, tmp_path):
    crossflow.set_stage_point(tmp_path)
    handle = FileHandler().load("file1.txt")
    (path,) = tmp_path.rglob("*.txt")
    assert (path.name, path.read_text()) == (f"{handle.digest}.txt", "one\n")
    assert pickle.loads(pickle.dumps(handle)).read_text() == "one\n"
    assert client.submit(command("cat a", ["a"]), handle).result() == "one\n"
    assert client.upload(handle).result().read_text() == "one\n"


def test_c3_a_stage_point_may_be_any_url(here):
    crossflow.set_stage_point("memory://stage-of-rows")
    handle = FileHandler().load("file1.txt")
    assert handle.staged.url.startswith("memory://stage-of-rows/")
    assert here.submit(command("cat a", ["a"]), handle).result() == "one\n"


def test_c3a_the_stage_point_is_set_by_either_name():
    assert crossflow.set_stage_point is filehandling.set_stage_point is flowlab.set_stage_point


def test_c4_a_stage_point_holds_from_when_it_is_set_whatever_was_made_before(tmp_path):
    handler, task = FileHandler(), command("cat a > b", ["a"], ["b"])
    (tmp_path / "stage").mkdir()
    crossflow.set_stage_point(tmp_path / "stage")
    assert handler.load("file1.txt").staged is not None
    assert task("file1.txt").staged is not None
    crossflow.set_stage_point(None)
    assert handler.load("file1.txt").staged is None


def test_c5_what_can_be_loaded(place):
    load = FileHandler().load
    for path in ("file1.txt", place / "file1.txt", (place / "file1.txt").as_uri()):
        assert load(path).read_text() == "one\n"
    with pytest.raises(OSError, match="no such file"):
        load("absent")
    with pytest.raises(TypeError, match="int"):
        load(5)
    assert load(place).is_dir  # Crossflow knew no directories


def test_c6_a_handle_can_be_created_and_written(place):
    made = FileHandler().create("new.txt")
    assert made.read_binary() == b""
    made.write_text("text")
    assert not Path("new.txt").exists()
    with pytest.raises(OSError, match="already exists"):
        FileHandler().create("file1.txt")


def test_c7_save_writes_a_copy_and_gives_the_path_back():
    handle = FileHandler().load("file1.txt")
    assert handle.save("file2.txt") == "file2.txt"  # which was there
    assert Path("file2.txt").read_text() == "one\n"


def test_c8_a_handle_is_a_path_of_a_local_file_with_its_suffix():
    handle = FileHandler().load("file1.txt")
    with open(handle) as file:
        assert file.read() == "one\n"
    assert str(handle) == os.fspath(handle)
    assert str(handle).endswith(".txt")


def test_c9_read_and_write_by_crossflows_names():
    made = FileHandler().create("new.bin")
    assert (made.read_binary(), made.read_text()) == (b"", "")
    with pytest.raises(TypeError, match="nothing was written"):
        made.save("x")
    made.write_binary(b"\xc3\xa9")
    assert (made.read_binary(), made.read_text()) == (b"\xc3\xa9", "é")
    # A function takes a created handle as a file, too
    assert function(lambda path: Path(path).read_text(), ["path"])(made) == "é"


def test_c10_the_local_copy_of_a_handle_goes_with_it():
    handle = FileHandler().load("file1.txt")
    path = str(handle)
    assert os.path.exists(path)
    del handle
    gc.collect()
    assert not os.path.exists(path)
    assert os.path.exists("file1.txt")


def test_c11_a_handle_that_travelled_knows_no_path_of_here_and_harms_none():
    handle = FileHandler().load("file1.txt")
    path = str(handle)
    again = pickle.loads(pickle.dumps(handle))
    assert str(again) != path
    del again
    gc.collect()
    assert os.path.exists(path)
    assert os.path.dirname(path).encode() not in pickle.dumps(handle)
