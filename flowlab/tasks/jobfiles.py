"""Files of a job's directory: at the same places in the working directory, and what changed there.

A job names them in its arguments. A `JobPath` stands for a whole path while the arguments travel.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any, NamedTuple

import msgspec

from flowlab.errors import UsageError
from flowlab.model.bundles import FILES
from flowlab.model.specs import DataType
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.staging.instance import DataInstance
from flowlab.staging.members import files_below
from flowlab.tasks.kind import Context

_OURS = ".flowlab-"  # begins the names of our own files
_ARCHIVE = f"{_OURS}files"
_State = tuple[int, int, int, int]


class JobPath(NamedTuple):
    """A path below the job's directory, as it counts from there.

    typed  it was given as a `Path`, and arrives as one
    """

    path: str
    typed: bool = False


class JobFile(msgspec.Struct, frozen=True, array_like=True):
    """What a job names below its directory.

    given  it is there already, and an input holds it
    runs   it is a program
    """

    path: str
    given: bool
    runs: bool = False


def walk(value: Any, change: Callable[[Any], Any]) -> Any:
    """The value with each leaf changed, in lists, tuples and dictionaries however deep."""
    if type(value) is list:
        return [walk(each, change) for each in value]
    if type(value) is tuple:
        return tuple(walk(each, change) for each in value)
    if type(value) is dict:
        return {key: walk(each, change) for key, each in value.items()}
    return change(value)


def named_path(value: Any, roots: Sequence[str]) -> str | None:
    """The path, from the directory, of what a value names there; None for any other value.

    That is a path below it, whether it is there or not, or a name of something that is there.
    roots  the directory's own path, and others that lead to it
    """
    if not isinstance(value, str | PurePath):
        return None
    text = os.fspath(value)
    if not text or "\0" in text or "\n" in text:
        return None
    for root in roots:
        path = os.path.normpath(os.path.join(root, text))
        is_below = path == root or path.startswith(root.rstrip("/") + "/")
        if is_below and (os.path.isabs(text) or os.path.lexists(path)):
            return os.path.relpath(path, root)
    return None


def as_job_path(value: Any, roots: Sequence[str]) -> Any:
    """A `JobPath` for a name that means another place on the host; any other value as it is.

    A name without a path means the same in the working directory.
    """
    path = named_path(value, roots)
    if path is None or path == os.path.normpath(value):
        return value
    return JobPath(path, isinstance(value, PurePath))


class JobFiles:
    """The job's files in one working directory."""

    def __init__(self, place: Path, files: Iterable[JobFile]) -> None:
        self._place = place
        self._files = list(files)
        self._before: dict[str, _State] = {}

    def write(self, instances: Iterable[DataInstance]) -> None:
        """Put what is there into the working directory: copies, for the job may change them."""
        for file, instance in zip(
            (one for one in self._files if one.given), instances, strict=True
        ):
            if file.path == ".":
                _write_all(instance, self._place)
                continue
            path = self._place / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            if os.path.lexists(path):
                raise UsageError(
                    f"{file.path!r} of the job's directory is also a file of the task's bundle; "
                    "rename it in one of them"
                )
            instance.write(path)
            if file.runs:
                path.chmod(0o755)
        for file in self._files:
            (self._place / file.path).parent.mkdir(parents=True, exist_ok=True)
        self._before = {name: _state(path) for name, path in self._named()}

    def located(self, value: Any) -> Any:
        """Where a `JobPath` is on this host; any other value as it is."""
        if not isinstance(value, JobPath):
            return value
        path = os.path.normpath(self._place / value.path)
        return Path(path) if value.typed else path

    def take_changed(self, context: Context) -> DataInstance:
        """What the job made and changed, as one directory."""
        members = [
            Member(name, Path(path))
            for name, path in self._named()
            if self._before.get(name) != _state(path)
        ]
        (self._place / _ARCHIVE).write_bytes(pack_bundle(FILES, members).archive)
        staged = context.stage_file(_ARCHIVE)  # by a file, so that much data takes no memory
        return DataInstance(DataType.DIR, "dir", staged.source)

    def _named(self) -> Iterator[tuple[str, str]]:
        """The files that the job has named, by their paths from the directory."""
        found: dict[str, str] = {}
        for file in self._files:
            path = self._place / file.path
            if not path.exists():
                continue
            name = "" if file.path == "." else file.path
            found |= {one.name: os.fsdecode(one.source) for one in files_below(path, name)}
        return ((name, path) for name, path in found.items() if not name.startswith(_OURS))


def _write_all(instance: DataInstance, place: Path) -> None:
    """The whole directory, where something of ours may lie already."""
    fresh = place / f"{_OURS}directory"
    instance.write(fresh)
    for entry in fresh.iterdir():
        entry.rename(place / entry.name)
    fresh.rmdir()


def _state(path: str | Path) -> _State:
    status = os.stat(path)
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_mode
