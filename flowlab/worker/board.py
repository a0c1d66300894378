"""The board: 64 bytes of mapped file that say which task runs, readable after the process died.

Written before every task, so it costs about a microsecond: no call into the kernel. A write that
death cut in half has a wrong check and reads as unreadable, never as another task.
"""

import mmap
import os
import struct
from pathlib import Path

from flowlab.model.ids import Assignment, TaskId

SIZE = 64
_FIELDS = struct.Struct("<QQQQQ")  # mark, task (0: nobody), assignment, count of writes, check
_MARK = 0x31_42_57_4F_4C_46  # "FLOWB1"
_READS = 20  # a writer may be at it while we look

Running = tuple[tuple[TaskId, Assignment], ...]


class Board:
    """The writer's side; one an engine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
        try:
            os.ftruncate(descriptor, SIZE)
            self._map = mmap.mmap(descriptor, SIZE)
        finally:
            os.close(descriptor)
        self._count = 0
        self.clear()

    def write(self, task: int, assignment: int) -> None:
        """Say that this task is about to run."""
        self._count = count = self._count + 1
        _FIELDS.pack_into(
            self._map, 0, _MARK, task, assignment, count, _MARK ^ task ^ assignment ^ count
        )

    def clear(self) -> None:
        """Say that no task runs."""
        self.write(0, 0)

    def close(self) -> None:
        """Take the board down."""
        self._map.close()
        self.path.unlink(missing_ok=True)


def read_board(path: Path) -> Running | None:
    """What runs, or ran when the engine died; empty when nobody, None when it cannot be told."""
    for _ in range(_READS):
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if len(content) != SIZE:
            return None
        mark, task, assignment, count, check = _FIELDS.unpack_from(content)
        if mark == _MARK and check == mark ^ task ^ assignment ^ count:
            return ((TaskId(task), Assignment(assignment)),) if task else ()
    return None
