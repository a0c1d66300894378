"""Concat and Sleep."""

import time

import pytest

from flowlab.errors import UsageError
from flowlab.model.specs import DataType
from flowlab.tasks.basic import Concat, Sleep
from flowlab.tasks.objects import blob, directory, pickled


def test_blobs_are_joined_in_order(engine):
    first = blob("Hello ")
    joined = Concat([first, Concat([blob("wor"), blob("ld")]), first])
    (instance,) = engine.run(joined)
    assert instance.get_bytes() == b"Hello worldHello "


def test_nothing_joined_is_empty(engine):
    assert engine.run(Concat([]))[0].get_bytes() == b""


def test_a_directory_cannot_be_joined(engine, tmp_path):
    (tmp_path / "d").mkdir()
    with pytest.raises(UsageError, match=r"^Input 1 object is not blob$"):
        engine.run(Concat([blob(b""), directory(tmp_path / "d")]))


def test_sleep_hands_its_input_on_after_a_while(engine):
    task = Sleep(pickled([1]), 0.05, cpus=2)
    began = time.monotonic()
    assert engine.value(task) == [1]
    assert time.monotonic() - began >= 0.05
    assert task.resources.cpus == 2
    assert task.output.content_type == "pickle"


def test_a_directory_sleeps_too(engine, tmp_path):
    (tmp_path / "d").mkdir()
    task = Sleep(directory(tmp_path / "d"), 0)
    assert task.output.data_type is DataType.DIR
    (instance,) = engine.run(task)
    instance.write(tmp_path / "again")
    assert list((tmp_path / "again").iterdir()) == []


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan")])
def test_sleep_needs_a_time(seconds):
    with pytest.raises(UsageError, match="needs a number of seconds"):
        Sleep(blob(b""), seconds)
