"""Crossflow's handlers, over flowlab's handles."""

import pytest

import flowlab
from flowlab.compat.crossflow.filehandling import FileHandle, FileHandler, set_stage_point


def test_the_names_are_flowlabs_own():
    assert FileHandle is flowlab.FileHandle
    assert set_stage_point is flowlab.set_stage_point


def test_a_handler_loads_and_creates(place):
    handler = FileHandler()
    assert handler.load("file1.txt").read_text() == "one\n"
    assert handler.load(place / "file1.txt").name == "file1.txt"
    made = handler.create("new.txt")
    made.write_text("text")
    assert not (place / "new.txt").exists()
    made.save("new.txt")
    with pytest.raises(OSError, match="exists"):
        handler.create("new.txt")


def test_a_handlers_own_stage_point_stands_above_the_process(tmp_path, place):
    (tmp_path / "own").mkdir()
    (tmp_path / "all").mkdir()
    own, any_ = FileHandler(str(tmp_path / "own")), FileHandler()
    set_stage_point(tmp_path / "all")
    assert "/own/" in own.load("file1.txt").staged.url
    assert "/all/" in any_.load("file1.txt").staged.url
    set_stage_point(None)
    assert any_.load("file1.txt").staged is None
    assert repr(any_) == "<FileHandler stage_point=None>"
