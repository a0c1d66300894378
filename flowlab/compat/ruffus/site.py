"""The directory where the pipeline stands: what a job reads is here, what it makes comes here.

One file has one name for all jobs: its path from here. What lies outside is found by a job below
`.outside` in its own working directory, under its whole path.
"""

import contextlib
import os
import shutil
import stat
import time
import uuid
from collections.abc import Iterable
from pathlib import Path

from flowlab.compat.ruffus.work import MODE, PROGRAM, as_made, marks_of
from flowlab.errors import WrongPath
from flowlab.graph.nodes import DataObject
from flowlab.session.session import Session
from flowlab.staging.instance import DataInstance
from flowlab.tasks.objects import directory, file

OUTSIDE = ".outside"

_Stamp = tuple[int, int, int]


class Site:
    """The working directory as it was when the pipeline began to run, and its files as objects."""

    def __init__(self, session: Session, path: str | None = None) -> None:
        self.path = Path(path if path is not None else os.getcwd())
        self._session = session
        self._objects: dict[str, tuple[_Stamp, DataObject]] = {}

    def at(self, name: str) -> Path:
        """Where a file of this name lies."""
        return self.path / name

    def inside(self, name: str) -> str:
        """The name under which a job finds it."""
        if not name or "\0" in name:
            raise WrongPath(f"a file of a job has no name: {name!r}")
        absolute = os.path.normpath(self.at(name))
        relative = os.path.relpath(absolute, self.path)
        if relative == ".":
            raise WrongPath(f"{name!r} is the directory where the pipeline stands, and no job's")
        if relative.split("/")[0] == "..":
            return OUTSIDE + absolute
        return relative if os.path.isabs(name) or ".." in name.split("/") else name

    def object_of(self, name: str) -> DataObject:
        """The object of a file or directory that is here: what made it in this run, else itself."""
        path = self.at(name)
        stamp = _stamp(path)
        known = self._objects.get(os.path.normpath(path))
        if known is not None and known[0] == stamp:
            return known[1]
        if path.is_dir():
            found = directory(path, name, lazy=True, session=self._session)
        else:
            found = file(path, name, session=self._session)
            if os.access(path, os.X_OK):
                found.user[PROGRAM] = True
        self._objects[os.path.normpath(path)] = stamp, found
        return found

    def bring(self, name: str, made: DataObject, newer_than: Iterable[str]) -> None:
        """Put what a job made in its place, whole or not at all; nothing where nothing was made.

        newer_than  the job's inputs: by the times of files it is known what is up to date
        """
        instance = made.fetch()
        if instance.missing:
            return
        path = self.at(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        times = [self.at(each).stat().st_mtime_ns for each in newer_than if self.at(each).exists()]
        put(instance, path, max([time.time_ns(), *(when + 1 for when in times)]))
        self._objects[os.path.normpath(path)] = _stamp(path), made

    def let_go(self) -> None:
        """Free what the run has kept."""
        kept = [made for _, made in self._objects.values() if made.kept]
        self._objects.clear()
        if self._session.state == "open":
            self._session.unkeep(kept)


def put(instance: DataInstance, path: Path, when: int) -> None:
    """Write it under another name, and then give it this one and this time (ns)."""
    fresh = path.with_name(f".{uuid.uuid4().hex}.flowlab")
    try:
        as_made(instance).write(fresh)
        if (mode := marks_of(instance).get(MODE)) is not None:
            fresh.chmod(_mode_at(path, mode))
        os.utime(fresh, ns=(when, when))
        if path.is_dir() and not path.is_symlink():
            os.rename(path, old := fresh.with_suffix(".old"))
            os.rename(fresh, path)
            shutil.rmtree(old)
        else:
            os.replace(fresh, path)
    finally:
        if fresh.is_dir():
            shutil.rmtree(fresh, ignore_errors=True)
        else:
            with contextlib.suppress(FileNotFoundError):  # it has its name
                os.unlink(fresh)


def _mode_at(path: Path, made: int) -> int:
    """A file keeps the mode of the one whose place it takes; who could not execute that may now."""
    if not path.is_file():
        return made
    before = stat.S_IMODE(path.stat().st_mode)
    return before | (before & 0o444) >> 2 if made & stat.S_IXUSR else before


def _stamp(path: Path) -> _Stamp:
    status = os.stat(path)
    return status.st_mtime_ns, status.st_size, stat.S_IFMT(status.st_mode)
