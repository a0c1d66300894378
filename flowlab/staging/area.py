"""One directory of a store, in shared memory or on a disk, with a limit that all processes keep.

SESSION/OBJECT   an object
drafts/PID-N     a file that is being written, or that waits for its object's id
pool/…           files without an object, whose pages are used again
.account         bytes of all of it
"""

import errno
import itertools
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from flowlab.model.limits import MIB, POOL
from flowlab.staging.account import Account
from flowlab.staging.mapping import LENT
from flowlab.staging.packed import Piece
from flowlab.staging.pool import Pool

_STAMP = 946_684_800_000_000_000  # ns since the epoch: any later write shows in the file's time
_READ_ONLY = 0o400
_PIECES = 512  # in one system call; IOV_MAX is 1024
_LEAST_PAGES = 4 * MIB  # bytes; smaller objects are written as fast into fresh ones
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_drafts = itertools.count()


class Area:
    """Files of a store in one directory, of at most `limit` bytes."""

    def __init__(self, directory: Path, limit: int, *, pooled: bool) -> None:
        self.directory = directory
        self.limit = limit
        self._inside = f"{directory}/"
        self._drafts = directory / "drafts"
        self._has_drafts = False
        self._pool = Pool(directory / "pool", min(POOL, limit // 2) if pooled else 0)
        self._account = Account(directory / ".account")

    @property
    def total(self) -> int:
        """Bytes that are taken."""
        return self._account.total

    def write(self, pieces: Sequence[Piece], size: int) -> Path | None:
        """A draft of these bytes, read-only; None when there is no room for them."""
        made = self.begin(size)
        if made is None:
            return None
        draft, number = made
        done = False
        try:
            done = self.add(number, pieces, 0, size)
        finally:
            if done:
                self.finish(number)
            else:
                self.abandon(draft, number, size)
        return draft if done else None

    def begin(self, size: int) -> tuple[Path, int] | None:
        """A draft for so many bytes, and a descriptor to write it; None when there is no room."""
        draft = self._draft()
        number, before = self._pool.take(size, draft)
        self._account.add(-before)
        counted = made = False
        try:
            counted = self._reserve(size)
            if counted and number < 0:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                number = os.open(draft, flags, 0o600)
            made = counted and self._lengthen(number, size)
        finally:
            if not made:
                self.abandon(draft, number, size if counted else 0)
        return (draft, number) if made else None

    def add(self, number: int, pieces: Sequence[Piece], at: int, size: int) -> bool:
        """Write into a draft of `size` bytes; False when the device is full below the limit."""
        try:
            _write_all(number, pieces, at)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._account.add(-self._pool.shrink(size))
            try:
                _write_all(number, pieces, at)
            except OSError as again:
                if again.errno not in _FULL:
                    raise
                return False
        return True

    def finish(self, number: int) -> None:
        """All of a draft is written: nobody writes to it any longer."""
        try:
            _finish(number)
        finally:
            os.close(number)

    def abandon(self, draft: Path, number: int, size: int) -> None:
        """Remove a draft that is not finished."""
        if number >= 0:
            os.close(number)
        draft.unlink(missing_ok=True)
        self._account.add(-size)

    def prefault(self, size: int) -> None:
        """Make files of pages without content, of at most so many bytes together, for the pool.

        Each is half of the one before, so there is one for every size of an object.
        """
        while (size := size // 2) >= _LEAST_PAGES:
            if self._pool.has_room(size):
                self._make_pages(size)

    def _make_pages(self, size: int) -> None:
        """One such file, unless the area or the device is full."""
        draft, made = self._draft(), False
        fits = self._account.add(size) <= self.limit
        try:
            if fits:
                made = _allocate(draft, size) and self._pool.give(draft, os.stat(draft))
        finally:
            if not made:
                draft.unlink(missing_ok=True)
                self._account.add(-size)

    def link(self, path: Path) -> Path:
        """A draft that shares the bytes of a file in this area."""
        draft = self._draft()
        os.link(path, draft)
        return draft

    def move_in(self, path: Path) -> Path | None:
        """A file of the same file system as a draft; None when there is no room, or it is not."""
        status = os.stat(path)
        if status.st_dev != os.stat(self.directory).st_dev or not self._reserve(status.st_size):
            return None
        draft = self._draft()
        try:
            os.rename(path, draft)
        except OSError as error:
            self._account.add(-status.st_size)
            if error.errno == errno.EXDEV:
                return None
            raise
        number = os.open(draft, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            _finish(number, LENT)  # the program that made it may live on
        finally:
            os.close(number)
        return draft

    def place(self, draft: Path, final: Path) -> int:
        """Make a draft an object, in the place of one that was there; gives its bytes."""
        try:
            before = os.lstat(final)
        except FileNotFoundError:
            before = None
        size = os.lstat(draft).st_size
        try:
            os.replace(draft, final)
        except FileNotFoundError:  # the first object of its session
            final.parent.mkdir(mode=0o700, exist_ok=True)
            os.replace(draft, final)
        if before is not None:
            draft.unlink(missing_ok=True)  # both were names of one file: nothing was replaced
            if before.st_nlink == 1:
                self._account.add(-before.st_size)
        return size

    def holds(self, path: Path) -> bool:
        """Whether a file lies here."""
        return str(path).startswith(self._inside)

    def release(self, path: Path) -> bool:
        """Take an object's or draft's name away; its pages wait for another, or are freed."""
        try:
            status = os.lstat(path)
            if self._pool.give(path, status):
                return True
            os.unlink(path)
        except FileNotFoundError:
            return False
        if status.st_nlink == 1:
            self._account.add(-status.st_size)
        return True

    def files(self) -> Iterator[Path]:
        """Objects, in no order."""
        for folder in self.directory.glob("*"):
            # A whole session may be dropped meanwhile by another engine
            with suppress(FileNotFoundError, NotADirectoryError):
                yield from (folder / name for name in os.listdir(folder) if name.isdecimal())

    def _lengthen(self, number: int, size: int) -> bool:
        """Let who counts anew count all that is to come; False when files may not be so large."""
        try:
            os.ftruncate(number, size)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            self._account.add(-self._pool.shrink(size))
            return False
        return True

    def remove_stray_drafts(self) -> None:
        """Remove drafts whose processes are dead; what they counted is set right at a need."""
        for name in os.listdir(self._drafts) if self._drafts.exists() else ():
            if not _is_alive(int(name.partition("-")[0])):
                (self._drafts / name).unlink(missing_ok=True)

    def _draft(self) -> Path:
        """A path for a new draft."""
        if not self._has_drafts:
            self._drafts.mkdir(mode=0o700, exist_ok=True)
            self._has_drafts = True
        return Path(f"{self._drafts}/{os.getpid()}-{next(_drafts)}")

    def _reserve(self, size: int) -> bool:
        """Count these bytes; un-needed files go first when there is too little room."""
        if self._account.add(size) <= self.limit:
            return True
        self._account.add(-size)
        self._make_room(size)
        if self._account.add(size) <= self.limit:
            return True
        self._account.add(-size)
        return False

    def _make_room(self, size: int) -> None:
        """Remove what nobody needs, and count anew: a process that was killed counted no more."""
        with self._account.locked():
            self.remove_stray_drafts()
            found = {
                (status.st_dev, status.st_ino): status.st_size
                for status in _statuses(self.directory)
            }
            total = sum(found.values())
            total -= self._pool.shrink(total + size - self.limit)
            self._account.write(total)


def _allocate(path: Path, size: int) -> bool:
    """Make a file of pages without content; False when the device is full."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.ftruncate(number, size)  # let who counts anew count all that is to come
        os.posix_fallocate(number, 0, size)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        return False
    finally:
        os.close(number)
    return True


def _finish(number: int, mode: int = _READ_ONLY) -> None:
    """Make a written file read-only, with a time at which any later write shows."""
    os.utime(number, ns=(_STAMP, _STAMP))
    os.fchmod(number, mode)


def _write_all(number: int, pieces: Sequence[Piece], at: int) -> None:
    """Write pieces from byte `at` on, in few calls and without joining them."""
    waiting = [memoryview(piece).cast("B") for piece in pieces if len(piece)]
    waiting.reverse()
    while waiting:
        done = os.pwritev(number, waiting[: -_PIECES - 1 : -1], at)
        at += done
        while waiting and done >= len(waiting[-1]):
            done -= len(waiting.pop())
        if done:
            waiting[-1] = waiting[-1][done:]


def _statuses(directory: Path) -> Iterator[os.stat_result]:
    """Of all files with content below; those that vanish meanwhile are passed over."""
    for place, _, names in os.walk(directory):
        for name in (name for name in names if not name.startswith(".")):
            try:
                yield os.lstat(os.path.join(place, name))
            except FileNotFoundError:
                continue


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
