"""A file over bytes in memory."""

import io
import tracemalloc

import pytest

from flowlab.model.limits import MIB
from flowlab.staging.viewing import open_view


def test_it_is_read_as_a_file():
    file = open_view(memoryview(b"0123456789"))
    assert file.read(3) == b"012"
    assert file.tell() == 3
    assert file.seek(-2, io.SEEK_END) == 8
    assert file.read(5) == b"89"
    assert file.read() == b""
    assert file.seek(1) == 1
    assert file.seek(1, io.SEEK_CUR) == 2
    assert file.read() == b"23456789"
    assert file.seek(50) == 50
    assert file.read() == b""


def test_it_cannot_be_written():
    with pytest.raises(io.UnsupportedOperation):
        open_view(memoryview(b"")).write(b"x")


def test_nothing_is_copied_but_what_is_read():
    view = memoryview(bytes(32 * MIB))
    tracemalloc.start()
    try:
        file = open_view(view)
        file.seek(20 * MIB)
        assert len(file.read(100)) == 100
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < MIB
