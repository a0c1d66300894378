"""Bytes that are mapped or lie in memory as a file to read; `io.BytesIO` would copy them all."""

import io
from typing import Any

_BUFFER = 256 * 1024  # bytes


def open_view(view: memoryview) -> io.BufferedReader:
    """A file of these bytes."""
    return io.BufferedReader(_View(view), _BUFFER)


class _View(io.RawIOBase):
    """The bytes, read in order or from anywhere."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: len(self._view)}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: Any) -> int:
        part = self._view[self._at : self._at + len(buffer)]
        buffer[: len(part)] = part
        self._at += len(part)
        return len(part)
