"""The object table's file: records of user data, each behind its length; private to the user.

What stands there may be torn at the end, where a process was killed: it is cut off.
"""

import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from flowlab.errors import StoreError
from flowlab.model.payload import Payload

_HEAD = struct.Struct("<Q")


class Record(msgspec.Struct, frozen=True, array_like=True):
    """One line of the file: what came beside the entry `seq`, and by which posts."""

    seq: int
    taken: dict[str, int]  # link -> highest number of a post that was taken
    payload: Payload


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Record).decode


class RecordLog:
    """A file of records, each behind its length; private to the user."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._fd = _open_private(path)
        self.size = os.fstat(self._fd).st_size

    def append(self, records: Iterable[Record]) -> None:
        """Write them all at once."""
        frames = b"".join(_frame(record) for record in records)
        _write_all(self._fd, frames)
        self.size += len(frames)

    def replace(self, records: Iterable[Record]) -> None:
        """Put these in the place of everything; a kill leaves either the old file or the new."""
        fresh = self._path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        fd = _open_private(fresh)
        frames = b"".join(_frame(record) for record in records)
        _write_all(fd, frames)
        fresh.replace(self._path)
        os.close(self._fd)
        self._fd, self.size = fd, len(frames)

    def read(self, last: int) -> Iterator[Record]:
        """The whole records up to entry `last`; what stands behind them is cut off."""
        content = self._path.read_bytes()
        at = 0
        while at + _HEAD.size <= len(content):
            end = at + _HEAD.size + _HEAD.unpack_from(content, at)[0]
            if end > len(content):
                break
            try:
                record = _decode(content[at + _HEAD.size : end])
            except msgspec.DecodeError:
                break
            if record.seq > last:
                break
            yield record
            at = end
        os.ftruncate(self._fd, at)
        self.size = at

    def close(self) -> None:
        os.close(self._fd)


def _frame(record: Record) -> bytes:
    body = _encode(record)
    return _HEAD.pack(len(body)) + body


def _write_all(fd: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(fd, view) :]


def _open_private(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    fd = os.open(path, flags, 0o600)
    status = os.fstat(fd)
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        os.close(fd)
        raise StoreError(f"{str(path)!r} must belong to you and have mode 0600; remove it")
    return fd
