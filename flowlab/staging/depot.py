"""Files at a place that several hosts reach, with as few questions as any of them can answer.

`LocalDepot` is a directory that is mounted here; `RemoteDepot` is anything else that fsspec knows.
Both keep one rule: a file has its name when all of it is there, and not before. What they raise is
for `faults.attempt` to explain.
"""

import os
import secrets
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from flowlab.errors import StageError
from flowlab.staging.faults import protocol_of
from flowlab.staging.remote import PART, RemoteDepot


class Depot(Protocol):
    """Files by URL."""

    def size(self, url: str) -> int | None:
        """Bytes of a file; None when there is none."""

    def version(self, url: str) -> tuple[object, ...]:
        """What differs when a file was changed."""

    def changed(self, url: str) -> float:
        """When a file was written, in s since the epoch by the clock of its place."""

    def read(self, url: str, at: int, count: int) -> bytes:
        """So many bytes from there on; fewer at the end of the file."""

    def write(self, url: str, pieces: Iterable[memoryview], size: int) -> None:
        """Make a file of these bytes, or none; one that is there is replaced."""

    def make(self, folder: str) -> None:
        """Make a folder that only its owner may use, if it is not there."""

    def remove(self, url: str) -> None:
        """Remove a file; nothing happens when there is none."""

    def remove_tree(self, folder: str) -> None:
        """Remove a folder with all that is in it; nothing happens when there is none."""

    def files(self, folder: str) -> Iterator[tuple[int, float]]:
        """Bytes and time of change of every file in a folder, at any depth."""

    def folders(self, url: str) -> list[str]:
        """Names of the folders that lie there."""


def depot_of(url: str) -> Depot:
    """Who can read and write this URL."""
    return LocalDepot() if protocol_of(url) == "file" else RemoteDepot()


def local_path(url: str) -> Path:
    """The path that a URL of a local file, or a plain path, names."""
    for start in ("file://", "local://"):
        if url.lower().startswith(start):
            return Path(url[len(start) :])
    return Path(url)


class LocalDepot:
    """A directory that is mounted here."""

    def size(self, url: str) -> int | None:
        path = local_path(url)
        for _ in range(2):
            with suppress(FileNotFoundError):
                return path.stat().st_size
            # A network's file system remembers what was not there; who opens a folder asks anew
            with suppress(FileNotFoundError):
                os.close(os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC))
        return None

    def version(self, url: str) -> tuple[object, ...]:
        status = local_path(url).stat()
        return status.st_ino, status.st_size, status.st_mtime_ns

    def changed(self, url: str) -> float:
        return local_path(url).stat().st_mtime

    def read(self, url: str, at: int, count: int) -> bytes:
        number = os.open(local_path(url), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        try:
            return os.pread(number, count, at)
        finally:
            os.close(number)

    def write(self, url: str, pieces: Iterable[memoryview], size: int) -> None:
        path = local_path(url)
        draft = path.with_name(f".{secrets.token_hex(8)}{PART}")
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        number = os.open(draft, flags, 0o600)
        try:
            # Closing can fail too: a network's file system may say only then that it is full
            with os.fdopen(number, "wb") as file:
                for piece in pieces:
                    file.write(piece)
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise

    def make(self, folder: str) -> None:
        path = local_path(folder)
        above = path.parent.stat()
        with suppress(FileExistsError):
            path.mkdir(mode=0o700)
        status = path.lstat()
        if above.st_mode & stat.S_IWOTH and not above.st_mode & stat.S_ISVTX:
            raise StageError(
                f"every user can replace files in {str(path.parent)!r}; choose another stage "
                f"point, or: chmod +t {path.parent}"
            )
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid():
            raise StageError(f"{str(path)!r} is no directory of yours (a link is not followed)")

    def remove(self, url: str) -> None:
        local_path(url).unlink(missing_ok=True)

    def remove_tree(self, folder: str) -> None:
        with suppress(FileNotFoundError):
            shutil.rmtree(local_path(folder))

    def files(self, folder: str) -> Iterator[tuple[int, float]]:
        top = local_path(folder)
        os.listdir(top)  # what may not be looked at is an error, not empty
        for place, _, names in os.walk(top):
            for name in names:
                with suppress(FileNotFoundError):  # it may be removed at this moment
                    status = os.lstat(os.path.join(place, name))
                    yield status.st_size, status.st_mtime

    def folders(self, url: str) -> list[str]:
        with os.scandir(local_path(url)) as entries:
            return sorted(entry.name for entry in entries if entry.is_dir(follow_symlinks=False))
