"""Bytes in pieces: of what lies in memory, and of a file that nobody may change meanwhile."""

import errno
import hashlib
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from flowlab.errors import StageError
from flowlab.model.limits import PIECE

DIGEST = 32  # bytes of a digest

Bytes = bytes | memoryview | Path  # a value's bytes, or the file that holds them


def pieces_of(source: Bytes) -> Iterator[memoryview]:
    """All bytes, in order; StageError for a file that changed while it was read."""
    if isinstance(source, Path):
        yield from _pieces_of_file(source)
        return
    view = memoryview(source).cast("B")
    for at in range(0, len(view), PIECE):
        yield view[at : at + PIECE]


class Signature(NamedTuple):
    """What differs when a path names another file, or a file was written to; times in ns."""

    inode: int
    size: int
    mtime: int
    ctime: int


def signature_of(status: os.stat_result) -> Signature:
    """As this process sees the file now."""
    return Signature(status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def stamp_of(status: os.stat_result) -> tuple[int, int, int]:
    """What tells whether a file is still the one that was declared: inode, bytes, time in ns."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def open_plain(path: Path) -> tuple[int, os.stat_result]:
    """A descriptor for reading; OSError for what is no plain file: a pipe would never end."""
    number = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
    status = os.fstat(number)
    if not stat.S_ISREG(status.st_mode):
        os.close(number)
        raise IsADirectoryError(errno.EISDIR, "no plain file", str(path))
    return number, status


def pieces_of_open(number: int, name: str) -> Iterator[memoryview]:
    """All bytes of an open file; StageError, by this name, when it changed meanwhile."""
    before = signature_of(os.fstat(number))
    at = 0
    while piece := os.pread(number, PIECE, at):
        at += len(piece)
        yield memoryview(piece)
    if signature_of(os.fstat(number)) != before:
        raise StageError(f"{name!r} changed while it was read; read it again when it is complete")


def _pieces_of_file(path: Path) -> Iterator[memoryview]:
    number, _ = open_plain(path)
    try:
        yield from pieces_of_open(number, str(path))
    finally:
        os.close(number)


def digest_of(pieces: Iterable[memoryview]) -> tuple[str, int]:
    """Blake2b of 256 bits, in hex, of the bytes, and how many they are."""
    state, size = hashlib.blake2b(digest_size=DIGEST), 0
    for piece in pieces:
        state.update(piece)
        size += len(piece)
    return state.hexdigest(), size
