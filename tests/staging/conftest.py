"""Fixtures of this room: a file, a tree, and the stage point that is set."""

import time
from types import SimpleNamespace

import pytest
from fsspec.implementations.memory import MemoryFileSystem

import flowlab
from flowlab.staging.depot import depot_of
from flowlab.staging.leases import close_own

TEXT = "to be or not to be\n" * 1000
S3 = pytest.param("s3", marks=pytest.mark.engines)


def clock(sleep):
    """A `time` for one module alone: other threads of this process sleep as ever."""
    return SimpleNamespace(monotonic=time.monotonic, sleep=sleep)


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "my data.csv"
    path.write_text(TEXT)
    return path


@pytest.fixture(params=["directory", "memory", S3])
def folder(request, tmp_path):
    """A folder of ours at a stage point of each kind; it need not be there."""
    if request.param == "s3":
        return f"{request.getfixturevalue('s3')}/flowlab-a"
    if request.param == "memory":
        MemoryFileSystem.store.clear()
        return "memory://point/flowlab-a"
    return f"{tmp_path}/flowlab-a"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "tree" / "sub").mkdir(parents=True)
    (tmp_path / "tree" / "a").write_text("1")
    (tmp_path / "tree" / "sub" / "b").write_text("2")
    return tmp_path / "tree"


@pytest.fixture(params=["nowhere", "directory", "memory", S3])
def point(request, tmp_path):
    """The stage point that is set, or none; nothing is left there."""
    if request.param == "nowhere":
        yield None
        return
    if request.param == "directory":
        (tmp_path / "point").mkdir()
        url = str(tmp_path / "point")
    elif request.param == "memory":
        MemoryFileSystem.store.clear()
        url = "memory://point"
    else:
        url = request.getfixturevalue("s3")
    flowlab.set_stage_point(url)
    yield url
    flowlab.set_stage_point(None)
    close_own()
    assert list(depot_of(url).files(url)) == []
