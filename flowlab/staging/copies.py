"""Private local files: each has a folder of its own, and so the name that it shall have.

They go when nobody has them any longer, and at the latest with the process that made them.
"""

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from weakref import finalize

from flowlab.errors import StoreError

_READ_ONLY = 0o400
_PRIVATE = 0o600
_NEW = 0o666  # less what the process' umask takes away
_DRAFT = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW

_below: list[Path] = []  # none or one


class PrivateCopy:
    """Room for one private file or directory; it is removed with this object."""

    def __init__(self, name: str) -> None:
        below = next((directory for directory in _below if directory.is_dir()), None)
        folder = tempfile.mkdtemp(prefix="flowlab-file-", dir=below)
        self.path = Path(folder, name)
        finalize(self, _remove, folder, os.getpid())

    def write(self, pieces: Iterable[memoryview]) -> "PrivateCopy":
        """Make it a read-only file of these bytes."""
        write_whole(self.path, pieces, _READ_ONLY)
        return self


def write_whole(path: Path, pieces: Iterable[memoryview], mode: int | None = None) -> None:
    """Make a file of these bytes, or none; one that is there is replaced when all is written.

    mode  of the file, instead of what this process gives to new ones
    """
    draft = os.path.join(path.parent, f".flowlab-{secrets.token_hex(8)}.part")
    try:
        # The system takes the umask away: asking for it would set it, for all threads, a moment
        number = os.open(draft, _DRAFT, _NEW if mode is None else _PRIVATE)
        with _removed_unless_done(draft):
            with os.fdopen(number, "wb") as file:
                file.writelines(pieces)
            if mode is not None:
                os.chmod(draft, mode)
            os.replace(draft, path)
    except OSError as error:
        raise StoreError(f"cannot write {str(path)!r}: {error.strerror}") from error


@contextmanager
def _removed_unless_done(draft: str) -> Iterator[None]:
    try:
        yield
    except BaseException:
        os.unlink(draft)
        raise


def live_below(directory: Path) -> None:
    """Let this process' copies lie in this directory, as long as it is there."""
    _below[:] = [directory]


def _remove(folder: str, pid: int) -> None:
    """Only in the process that made it: a forked child has copies of its parent's objects."""
    if os.getpid() == pid:
        # Who took the rights away from his own copy keeps it, in the system's temporary directory
        shutil.rmtree(folder, ignore_errors=True)
