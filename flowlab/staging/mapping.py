"""Files mapped for reading, under a lock that says so.

The rule that lets a store use a file's pages again: whoever maps a file holds a shared lock on the
very descriptor that the map holds, so it lasts as long as the map does, in forked children too; and
looks, once it has the lock, whether the file still has its name. Who wants the pages takes the name
away first, and then asks for the lock alone. One of the two always notices the other.
"""

import errno
import fcntl
import mmap
import os
import stat
from pathlib import Path

from flowlab.errors import StoreError

LENT = 0o440  # mode of a file whose path a program has: nobody can know whether it maps it
_NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
_ATTEMPTS = 5  # to open a file that is replaced again and again


def map_file(path: Path) -> memoryview:
    """The bytes of a file, mapped for reading; no link is followed at its last name."""
    for _ in range(_ATTEMPTS):
        number = _open(path)
        try:
            if not _hold(number, path):
                continue
            if os.fstat(number).st_size == 0:
                return memoryview(b"")  # an empty file cannot be mapped
            # The map has a duplicate of the descriptor, and with it the lock
            return memoryview(mmap.mmap(number, 0, access=mmap.ACCESS_READ))
        finally:
            os.close(number)
    raise StoreError(f"cannot read {str(path)!r}: it is replaced again and again")


def lend(path: Path) -> os.stat_result:
    """Say of a stored file that a program gets its path: its pages are never used again.

    Gives what the file is.
    """
    try:
        status = os.stat(path)
        if stat.S_IMODE(status.st_mode) != LENT:
            os.chmod(path, LENT)
    except OSError as error:
        raise StoreError(f"cannot give {str(path)!r} to a program: {error.strerror}") from error
    return status


def is_free(number: int) -> bool:
    """Whether nobody has this file mapped, which lost its name; then nobody will.

    The lock that this takes lasts until the descriptor is closed.
    """
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # somebody has it, or this file system cannot say
        return False
    return True


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"cannot read {str(path)!r}: {error.strerror}") from error


def _hold(number: int, path: Path) -> bool:
    """Take the lock; whether the file still is what its name says."""
    try:
        fcntl.flock(number, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(number), os.stat(path, follow_symlinks=False))
    except OSError as error:
        # Where there are no locks nobody gets one alone either, and no pages are used again.
        # Else it is being used again, or is gone: to open it will tell.
        return error.errno in _NO_LOCKS
