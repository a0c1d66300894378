"""Bytes come in pieces, and a file that changes meanwhile is not taken for either of two."""

import os

import pytest

from flowlab.errors import StageError
from flowlab.model.limits import PIECE
from flowlab.staging.pieces import digest_of, open_plain, pieces_of, signature_of


@pytest.mark.parametrize("size", [0, 1, PIECE, PIECE + 1])
def test_pieces_are_all_of_it(tmp_path, size):
    data = os.urandom(1 + size // 1000) * 1000
    data = data[:size]
    (tmp_path / "file").write_bytes(data)
    for source in (data, memoryview(data), tmp_path / "file"):
        pieces = list(pieces_of(source))
        assert b"".join(pieces) == data
        assert all(len(piece) == PIECE for piece in pieces[:-1])


def test_pieces_of_what_lies_in_memory_are_no_copies():
    data = bytearray(PIECE + 1)
    first, _ = pieces_of(memoryview(data))
    data[0] = 7
    assert first[0] == 7


@pytest.mark.parametrize("mode", ["r+b", "ab"])
def test_a_file_that_changes_meanwhile_is_an_error(tmp_path, mode):
    path = tmp_path / "file"
    path.write_bytes(bytes(PIECE + 1))
    os.utime(path, ns=(1, 1))
    pieces = pieces_of(path)
    next(pieces)
    with path.open(mode) as file:
        file.write(b"x")
    with pytest.raises(StageError, match=r"file' changed while it was read"):
        list(pieces)


def test_a_pipe_is_no_file_and_holds_nobody_up(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="no plain file"):
        open_plain(tmp_path / "pipe")


def test_a_signature_tells_a_rewritten_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"one")
    os.utime(path, ns=(5, 5))
    before = signature_of(path.stat())
    assert signature_of(path.stat()) == before
    path.write_bytes(b"two")
    assert signature_of(path.stat()) != before


def test_a_digest_is_that_of_all_pieces():
    parts = [memoryview(b"ab"), memoryview(b"c")]
    assert digest_of(parts) == digest_of([memoryview(b"abc")])
    assert digest_of(parts)[1] == 3
    assert digest_of([]) != digest_of(parts)
