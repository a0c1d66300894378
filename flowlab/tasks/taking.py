"""What a program made, taken out of its working directory: a file, a directory, what matches."""

import glob
import os
import shutil
import stat
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from flowlab.errors import TaskError
from flowlab.model.attributes import MISSING
from flowlab.model.bundles import FILES
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.bundle import Member, pack_bundle
from flowlab.staging.instance import DataInstance
from flowlab.staging.members import files_below
from flowlab.tasks.kind import Context

_SHOWN = 10  # names of files in a message
_OURS = ".flowlab-"  # begins the names of our own files there
_ARCHIVE = f"{_OURS}matches"


class Made(msgspec.Struct, frozen=True, array_like=True):
    """Where an output is made.

    glob      `path` is a pattern: all files that match
    optional  there may be no such file
    """

    path: str
    glob: bool = False
    optional: bool = False


class _File(NamedTuple):
    """Which file it is; one that took its number over has another time of change."""

    device: int
    number: int
    changed: int


class InputFiles:
    """The files that a program finds, but those at `writable` paths, which it may make its own."""

    def __init__(self, place: Path, writable: Collection[str]) -> None:
        self._files = {
            _which(path)
            for name, path in _files(place)
            if name not in writable and not name.startswith(_OURS)
        }

    def holds(self, path: str) -> bool:
        """Whether this is one of them, and not another file in its place."""
        return _which(path) in self._files


def take_made(
    context: Context, made: Made, spec: ObjectSpec, given: InputFiles | None
) -> DataInstance:
    """An output; `given` is what the program found, if there are globs."""
    if made.glob:
        assert given is not None
        members = _find_matches(context.sandbox, made.path, given)
        (context.sandbox / _ARCHIVE).write_bytes(pack_bundle(FILES, members).archive)
        staged = context.stage_file(_ARCHIVE)  # by a file, so that much data takes no memory
        return DataInstance(DataType.DIR, "dir", staged.source)
    if made.optional and not os.path.exists(os.path.join(context.sandbox, made.path)):
        empty = bytes(pack_bundle(FILES, []).archive) if spec.data_type is DataType.DIR else b""
        return DataInstance(spec.data_type, None, empty, user={MISSING: True})
    return _take(context, made.path, spec)


def _find_matches(place: Path, pattern: str, given: InputFiles) -> list[Member]:
    """The files that match, and those in directories that do, by their paths."""
    found = {
        member.name: member
        for name in glob.glob(pattern, root_dir=place, recursive=True)
        for member in files_below(place / name, os.path.normpath(name))
        if not member.name.startswith(_OURS) and not given.holds(str(member.source))
    }
    return list(found.values())


def _which(path: str) -> _File | None:
    """A link stands for what it leads to, whose times others may change."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    changed = 0 if os.path.islink(path) else status.st_ctime_ns
    return _File(status.st_dev, status.st_ino, changed)


def _take(context: Context, path: str, spec: ObjectSpec) -> DataInstance:
    """Move what the program made out of the working directory."""
    made = os.path.join(context.sandbox, path)
    try:
        mode = os.stat(made).st_mode
    except OSError:
        raise TaskError(
            f"Path {path!r} not found: the program made no such file for its output "
            f"{spec.label!r}; it left {_left(context.sandbox)}"
        ) from None
    if not (stat.S_ISDIR(mode) or stat.S_ISREG(mode)):  # who reads a pipe waits for ever
        raise TaskError(
            f"Path {path!r} is neither a file nor a directory; let the program make one"
        )
    kind = DataType.DIR if stat.S_ISDIR(mode) else DataType.BLOB
    if kind is not spec.data_type:
        raise TaskError(
            f"Output {spec.label!r} (content_type={spec.content_type!r}) expects type "
            f"{spec.data_type}, but {kind} is provided"
        )
    if os.path.islink(made):
        _copy_in(made, kind)
    if kind is DataType.DIR:
        return context.stage_directory(path)
    return context.stage_file(path, spec.content_type)


def _copy_in(made: str, kind: DataType) -> None:
    """Put what a link names in the link's place: it may name an input in the store."""
    named = os.path.realpath(made)
    os.unlink(made)
    if kind is DataType.DIR:
        shutil.copytree(named, made, symlinks=True)
    else:
        shutil.copyfile(named, made)


def _left(place: Path) -> str:
    names = sorted(name for name, _ in _files(place) if not name.startswith(_OURS))
    if not names:
        return "no files"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more


def _files(place: Path) -> Iterator[tuple[str, str]]:
    """Each file there, by its path from there and its whole path."""
    for folder, _, names in os.walk(place):
        for name in names:
            path = os.path.join(folder, name)
            yield os.path.relpath(path, place), path
