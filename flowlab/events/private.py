"""Files that belong to this user alone: opened, checked, and appended to by whole lines.

What another could have planted at their place (a link, a pipe, a file of his own) is refused.
"""

import os
import stat
from collections.abc import Callable
from pathlib import Path

from flowlab.errors import StoreError

PIECE = 1 << 20  # bytes read at once


def open_directory(directory: Path) -> int:
    """A descriptor of a directory of ours; StoreError when it is not ours."""
    try:
        opened = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise StoreError(f"cannot open {directory}: {error.strerror}") from error
    return _check_private(opened, str(directory), stat.S_ISDIR)


def open_private(directory: int, name: str, flags: int) -> int:
    """Open a file of ours; FileNotFoundError when missing, StoreError when it is not ours."""
    # O_NONBLOCK: a pipe planted at the place must not hold us.
    flags |= os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        opened = os.open(name, flags, 0o600, dir_fd=directory)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise StoreError(f"cannot open {name}: {error.strerror}") from error
    return _check_private(opened, name, stat.S_ISREG)


def _check_private(descriptor: int, name: str, is_kind: Callable[[int], bool]) -> int:
    found = os.fstat(descriptor)
    private = found.st_uid == os.geteuid() and not stat.S_IMODE(found.st_mode) & 0o077
    if private and is_kind(found.st_mode):
        return descriptor
    os.close(descriptor)
    raise StoreError(
        f"{name} is not private to this user "
        f"(owner {found.st_uid}, mode {stat.S_IMODE(found.st_mode):o}); "
        "move it away, or give it to this user alone"
    )


def whole_size(descriptor: int) -> int:
    """Size up to the end of the last whole line."""
    end = os.fstat(descriptor).st_size
    while end > 0:
        start = max(0, end - PIECE)
        place = os.pread(descriptor, end - start, start).rfind(b"\n")
        if place >= 0:
            return start + place + 1
        end = start
    return 0


def append(descriptor: int, data: bytes, path: Path) -> int:
    """Write it all, or nothing and StoreError; returns its size."""
    before = os.fstat(descriptor).st_size
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except OSError as error:
        os.ftruncate(descriptor, before)  # half a line would spoil the next one
        raise StoreError(f"cannot write {path}: {error.strerror}") from error
    return len(data)
