"""How many bytes lie in a directory, counted by all processes together.

A number in a mapped file, changed under a lock. A process that is killed may leave it wrong;
whoever finds too little room has it set right.
"""

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_TOTAL = struct.Struct("<q")


class Account:
    """A number that processes share, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()  # the file's lock is the process', not the thread's
        self._number = -1
        self._map: mmap.mmap | None = None

    @property
    def total(self) -> int:
        """The number."""
        with self.locked():
            return self.read()

    def add(self, size: int) -> int:
        """Change it; gives what it is then."""
        with self.locked():
            total = max(0, self.read() + size)
            self.write(total)
            return total

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else changes it meanwhile."""
        with self._lock:
            number = self._opened()
            fcntl.flock(number, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(number, fcntl.LOCK_UN)

    def read(self) -> int:
        """The number; inside of `locked`."""
        assert self._map is not None
        total: int = _TOTAL.unpack_from(self._map)[0]
        return total

    def write(self, total: int) -> None:
        """Set the number; inside of `locked`."""
        assert self._map is not None
        _TOTAL.pack_into(self._map, 0, total)

    def _opened(self) -> int:
        if self._map is None:
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            self._number = os.open(self._path, flags, 0o600)
            if os.fstat(self._number).st_size < _TOTAL.size:
                os.ftruncate(self._number, _TOTAL.size)
            self._map = mmap.mmap(self._number, _TOTAL.size)
        return self._number

    def __del__(self) -> None:
        if self._number >= 0:
            os.close(self._number)
