"""Log records of processes that a task forked: they reach the task's log through a file in memory.

A child appends whole records to the file, and the engine takes them out while the task runs. A
child that finds the file full waits until it was emptied; one whose task has ended is nobody's, and
what it logs is left out. Tasks that fork nothing pay for no call of the system.
"""

import fcntl
import mmap
import os
import struct
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import msgspec

from flowlab.model.limits import MIB
from flowlab.model.logrow import LogRow
from flowlab.worker.memoryfile import memory_file

_KEY = struct.Struct("<QQ")
_WRITTEN = _KEY.size  # place of the byte that says whether anything is in the file
_pack = _KEY.pack
_NOBODY = _pack(0, 0)
_LENGTH = struct.Struct("<I")
_PAUSE = 0.005  # s between two looks whether there is room
_TRIES = 20  # looks whether a child that writes just now is done


class Offspring:
    """The file, and whose it is: both ends know the task that runs, for they share its number."""

    def __init__(self) -> None:
        self._file = memory_file("log")
        self._key = mmap.mmap(-1, _KEY.size + 1)  # shared with all children
        self._reading = threading.Lock()  # a file's lock excludes processes, not threads
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(LogRow).decode

    # --- the engine

    def begin(self, key: tuple[int, int]) -> None:
        """A task begins; what children of others wrote is left out."""
        shared = self._key
        if shared[_WRITTEN]:
            self.collect(lambda _: None)
        shared[:_WRITTEN] = _pack(*key)

    def end(self, take: Callable[[LogRow], None]) -> None:
        """The task ended: take what its children wrote until now."""
        if self._key[_WRITTEN]:
            for _ in range(_TRIES):
                if self.collect(take):
                    break
                time.sleep(_PAUSE)
        self._key[:_WRITTEN] = _NOBODY

    def collect(self, take: Callable[[LogRow], None]) -> bool:
        """Take what children wrote; False when one of them writes just now."""
        if not self._key[_WRITTEN]:
            return True
        with self._reading:
            data = self._read()
            at = 0
            while data and at < len(data):
                (length,) = _LENGTH.unpack_from(data, at)
                at += _LENGTH.size
                take(self._decode(memoryview(data)[at : at + length]))
                at += length
        return data is not None

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._file)
        self._key.close()

    # --- a child

    def write(self, key: tuple[int, int], row: LogRow) -> None:
        """Append a record of a child of this task, as soon as there is room."""
        data = self._encode(row)
        data = _LENGTH.pack(len(data)) + data
        while _KEY.unpack_from(self._key) == key:
            if self._size() < MIB and self._append(data):
                return
            time.sleep(_PAUSE)

    def _append(self, data: bytes) -> bool:
        fcntl.lockf(self._file, fcntl.LOCK_EX)
        try:
            self._key[_WRITTEN] = 1
            return os.write(self._file, data) == len(data)
        finally:
            fcntl.lockf(self._file, fcntl.LOCK_UN)

    def _read(self) -> bytes | None:
        """Empty the file; None when a child writes just now, which may stand still as it does."""
        with suppress(BlockingIOError, PermissionError):
            fcntl.lockf(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            try:
                data = os.pread(self._file, self._size(), 0)
                os.ftruncate(self._file, 0)
                self._key[_WRITTEN] = 0
                return data
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN)
        return None

    def _size(self) -> int:
        return os.lseek(self._file, 0, os.SEEK_END)
