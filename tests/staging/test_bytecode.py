"""Bytecode goes along, and is used as it is."""

import importlib.util
import os
import subprocess
import sys

import pytest

from flowlab.errors import StoreError
from flowlab.staging.bundle import Member
from flowlab.staging.bytecode import with_bytecode

TAG = sys.implementation.cache_tag


def write(tmp_path, members):
    for each in members:
        path = tmp_path / each.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(each.source if isinstance(each.source, bytes) else b"")


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source.py"
    path.write_text("X = 1\n\ndef f():\n    raise ValueError(X)\n")
    return path


def test_each_source_has_its_bytecode_where_python_looks(source, tmp_path):
    made = with_bytecode([Member("pack/m.py", source), Member("data.json", source)])
    assert [each.name for each in made] == [
        "pack/m.py", f"pack/__pycache__/m.{TAG}.pyc", "data.json",
    ]  # fmt: skip
    assert importlib.util.cache_from_source("pack/m.py") == made[1].name
    assert made[2].source == source


def test_it_is_the_same_every_time(source):
    first = with_bytecode([Member("m.py", source)])
    os.utime(source, (1, 1))
    assert with_bytecode([Member("m.py", source)]) == first


def test_python_runs_the_bytecode_and_shows_the_source(source, tmp_path):
    made = with_bytecode([Member("m.py", source)])
    place = tmp_path / "out"
    write(place, made)
    program = "import m, sys; print(m.X); m.f()"
    words = [sys.executable, "-v", "-c", program]
    done = subprocess.run(
        words,
        cwd=place,
        env={"PYTHONPATH": str(place)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "1\n"
    assert f"code object from '{place}/__pycache__/m.{TAG}.pyc'" in done.stderr
    assert f'File "{place}/m.py", line 4, in f' in done.stderr
    assert "raise ValueError(X)" in done.stderr


def test_what_cannot_be_compiled_travels_alone(tmp_path):
    broken = tmp_path / "b.py"
    for text in (b"def (", b"\0", b"\xff\xff"):
        broken.write_bytes(text)
        assert with_bytecode([Member("b.py", broken)]) == [Member("b.py", text)]


def test_a_file_that_is_gone_is_named(tmp_path):
    with pytest.raises(StoreError, match=r"gone.py': No such file"):
        with_bytecode([Member("gone.py", tmp_path / "gone.py")])
