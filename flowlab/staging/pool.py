"""Files that nobody needs any longer, kept because their pages are there already.

Fresh pages of shared memory cost several times what it takes to write into pages that exist. A file
comes in by a rename, which takes its name from all who might still open it, and goes out by another
one; its pages are used again only when nobody has it mapped.
"""

import itertools
import os
import stat
from pathlib import Path
from typing import NamedTuple

from flowlab.model.limits import POOLED_FILE, POOLED_FILES
from flowlab.staging.mapping import LENT, is_free

_STRAY = 2  # a file is used for what is larger or smaller by at most this factor
_fresh = itertools.count()


class Pooled(NamedTuple):
    """A file of the pool, by its name: `BYTES-PID-NUMBER`."""

    size: int
    name: str


class Pool:
    """Files in `directory`, of at most `limit` bytes together."""

    def __init__(self, directory: Path, limit: int) -> None:
        self._directory = directory
        self._limit = limit

    def give(self, path: Path, status: os.stat_result) -> bool:
        """Take a file's name away and keep it; False when it is not worth it, and stays."""
        size = status.st_size
        if size < POOLED_FILE or status.st_nlink != 1 or stat.S_IMODE(status.st_mode) == LENT:
            return False
        if not self.has_room(size):
            return False
        self._directory.mkdir(mode=0o700, exist_ok=True)
        os.rename(path, self._directory / f"{size}-{os.getpid()}-{next(_fresh)}")
        return True

    def has_room(self, size: int) -> bool:
        """Whether a file of so many bytes would be kept."""
        present = self._present()
        return (
            len(present) < POOLED_FILES and sum(one.size for one in present) + size <= self._limit
        )

    def take(self, size: int, target: Path) -> tuple[int, int]:
        """Move a file of about this size to `target`: a descriptor to write it, and its bytes.

        (-1, bytes) when there is none; then these are the bytes of files that were of no use, and
        that were removed.
        """
        gone = 0
        for one in _fitting(self._present(), size):
            try:
                os.rename(self._directory / one.name, target)
            except FileNotFoundError:  # another process was faster
                continue
            number = _reopen(target)
            if number >= 0:
                return number, one.size
            target.unlink()
            gone += one.size
        return -1, gone

    def shrink(self, size: int) -> int:
        """Remove files of at least so many bytes together, if there are; gives their bytes."""
        gone = 0
        for one in sorted(self._present(), reverse=True):
            if gone >= size:
                break
            try:
                os.unlink(self._directory / one.name)
            except FileNotFoundError:
                continue
            gone += one.size
        return gone

    def _present(self) -> list[Pooled]:
        try:
            names = os.listdir(self._directory)
        except FileNotFoundError:
            return []
        return [Pooled(int(name.partition("-")[0]), name) for name in names]


def _fitting(present: list[Pooled], size: int) -> list[Pooled]:
    """Files to try: the smallest that is large enough first, then the largest of the smaller."""
    near = [one for one in present if size <= one.size * _STRAY and one.size <= size * _STRAY]
    return sorted(near, key=lambda one: (one.size < size, abs(one.size - size)))


def _reopen(path: Path) -> int:
    """A descriptor to write a file that has lost its name, or -1 when somebody may still read it.

    Its lock is held until it is closed.
    """
    looking = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        status = os.fstat(looking)
        if not is_free(looking) or status.st_nlink != 1 or stat.S_IMODE(status.st_mode) == LENT:
            return -1
        os.fchmod(looking, 0o600)
        # Nobody can come to map it any longer: the lock may go with this descriptor
        return os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    finally:
        os.close(looking)
