"""`JobFolder`: a job's directory where the jobs are declared, and where their files come back.

What its jobs name there is one object of their session, however many of them name it.
"""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flowlab.errors import StoreError, WrongPath
from flowlab.graph.nodes import DataObject
from flowlab.graph.owner import Owner
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.instance import DataInstance
from flowlab.tasks.jobfiles import JobFile, as_job_path, named_path, walk
from flowlab.tasks.objects import blob, file
from flowlab.tasks.objects import directory as directory_of

_OURS = ".flowlab-"


class JobFolder:
    """One directory of this host, for jobs that are declared now.

    Raises WrongPath when there is no such directory.
    """

    def __init__(self, directory: str | os.PathLike[str], session: Owner | None = None) -> None:
        self._root = os.path.abspath(os.path.expanduser(directory))
        self._roots = (self._root, os.path.realpath(self._root))
        if not os.path.isdir(self._root):
            raise WrongPath(f"there is no job directory {self._root!r}; make it first")
        self._session = session
        self._objects: dict[str, DataObject | None] = {}

    def read(self, argument: Any) -> Any:
        """An argument with a `JobPath` for each path of a file, however deep."""
        return walk(argument, lambda value: as_job_path(value, self._roots))

    def files(self, arguments: Iterable[Any]) -> list[tuple[JobFile, DataObject | None]]:
        """The files that arguments name, each once; no object for one that is not there."""
        named: dict[str, None] = {}

        def note(value: Any) -> None:
            if (path := named_path(value, self._roots)) is not None:
                named[path] = None

        for each in arguments:
            walk(each, note)
        wanted = [path for path in named if not any(_is_in(path, other) for other in named)]
        found = [(path, self._object(path)) for path in wanted]
        return [(JobFile(path, obj is not None, self._runs(path)), obj) for path, obj in found]

    def write(self, changed: DataInstance) -> None:
        """Put what a job made and changed where it belongs; a file is never seen half.

        A file keeps its mode, and a link still leads to it. Raises StoreError for a file that
        cannot be written.
        """
        target = self._root
        try:
            with tempfile.TemporaryDirectory(prefix=_OURS, dir=self._root) as place:
                fresh = Path(place, "fresh")
                changed.write(fresh)
                usual = _usual_mode(place)
                for file in sorted(one for one in fresh.rglob("*") if one.is_file()):
                    target = os.path.join(self._root, file.relative_to(fresh))
                    _put(file, target, usual)
        except OSError as error:
            raise StoreError(f"{target!r} cannot be written: {error.strerror}") from error

    def _object(self, path: str) -> DataObject | None:
        """What is there now, as an object; a large file is read when a host first needs it."""
        if path not in self._objects:
            self._objects[path] = self._make(path)
        return self._objects[path]

    def _make(self, path: str) -> DataObject | None:
        where = self._where(path)
        if where.is_dir():
            return directory_of(where, path, lazy=_is_large(where), session=self._session)
        if not where.exists():
            return None
        if where.is_file() and where.stat().st_size <= INLINE_OBJECT:
            return blob(where.read_bytes(), path, session=self._session)
        return file(where, path, session=self._session)

    def _runs(self, path: str) -> bool:
        """Whether it is a program."""
        where = self._where(path)
        return where.is_file() and bool(where.stat().st_mode & 0o100)

    def _where(self, path: str) -> Path:
        return Path(os.path.normpath(os.path.join(self._root, path)))


def _is_in(path: str, other: str) -> bool:
    """Whether it lies below another one, with which it travels."""
    return path != other and (other == "." or path.startswith(f"{other}/"))


def _is_large(tree: Path) -> bool:
    """Whether its files are too many bytes to be taken at once."""
    left = INLINE_OBJECT
    for folder, _, names in os.walk(tree):
        left -= sum(os.lstat(os.path.join(folder, name)).st_size for name in names)
        if left < 0:
            return True
    return False


def _put(fresh: Path, target: str, usual: int) -> None:
    """Put a new file in place of one that is there, or where none is."""
    real = os.path.realpath(target)  # a link stays one
    os.makedirs(os.path.dirname(real), exist_ok=True)
    mode = os.stat(real).st_mode & 0o7777 if os.path.exists(real) else usual
    if fresh.stat().st_mode & 0o100:
        mode |= (mode & 0o444) >> 2  # who may read it may run it
    fresh.chmod(mode)
    os.utime(fresh)  # an archive has no times
    try:
        os.replace(fresh, real)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        _put_far(fresh, real)


def _put_far(fresh: Path, real: str) -> None:
    """The same on another file system, to which a link leads."""
    number, beside = tempfile.mkstemp(prefix=_OURS, dir=os.path.dirname(real))
    os.close(number)
    try:
        shutil.copy2(fresh, beside)
        os.replace(beside, real)
    except BaseException:
        os.unlink(beside)
        raise


def _usual_mode(place: str) -> int:
    """The mode of a file that somebody makes, by this process' umask."""
    probe = Path(place, "usual")
    probe.touch()
    return probe.stat().st_mode & 0o777
