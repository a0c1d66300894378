"""`MakeDirectory` and `SliceDirectory`: directories put together from objects, and taken apart.

After Rain's user guide, "Directories".
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from flowlab.errors import StoreError, TaskError, UsageError, WrongKind
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.files import described_output, reason
from flowlab.tasks.kind import Context, register

_MADE = "made"  # in the working directory
_WHOLE = "whole"
_SHOWN = 10  # names of members in a message


def MakeDirectory(  # noqa: N802 - a class to Rain's users
    paths: Iterable[tuple[str, Any]] | Mapping[str, Any],
    *,
    name: str | None = None,
    session: Owner | None = None,
) -> Task:
    """A directory object with these objects at these paths, pairs or a mapping.

    A blob becomes a file, a directory object a sub-directory, both with the directories above.
    The path '' or '.' puts the content of a directory object at the top.
    """
    pairs = [_pair(each) for each in _pairs(paths)]
    _check_apart([path for path, _ in pairs])
    for path, obj in pairs:
        if path == "." and obj.data_type is not DataType.DIR:
            raise UsageError(f"{obj!r} is a blob: it needs the path of a file")
    return Task(
        "make-directory",
        inputs=[obj for _, obj in pairs],
        outputs=[OutputDir("output")],
        config=msgspec.msgpack.encode([path for path, _ in pairs]),
        name=name,
        session=session,
    )


def SliceDirectory(  # noqa: N802 - a class to Rain's users
    obj: Any,
    path: str,
    output: str | Output | None = None,
    *,
    name: str | None = None,
    session: Owner | None = None,
) -> Task:
    """A file of a directory object; with a `/` at the path's end, a directory of it.

    output  label or Output; the label is the path by default
    """
    whole = to_dataobj(obj)
    if whole.data_type is not DataType.DIR:
        raise WrongKind(f"Directory expected. {whole!r} is a {whole.data_type}")
    if not isinstance(path, str):
        raise WrongKind(f"a path is a string, not {path!r}")
    member = _inside(path)
    wanted = DataType.DIR if path.endswith("/") else DataType.BLOB
    if member == "." and wanted is DataType.BLOB:
        raise UsageError(f"{path!r} names no file; './' is the whole directory")
    return Task(
        "slice-directory",
        inputs=[whole],
        outputs=[described_output(output, wanted, label=path)],
        config=member.encode("utf-8", "surrogateescape"),
        name=name,
        session=session,
    )


def _pairs(paths: object) -> Iterable[object]:
    if isinstance(paths, Mapping):
        return paths.items()
    if isinstance(paths, str | bytes) or not isinstance(paths, Iterable):
        raise WrongKind(f"MakeDirectory takes pairs (path, object) or a mapping, not {paths!r}")
    return paths


def _pair(given: object) -> tuple[str, DataObject]:
    match given:
        case (str() as path, thing):
            return _inside(path), to_dataobj(thing)
    raise WrongKind(f"MakeDirectory takes pairs (path, object), not {given!r}")


def _inside(path: str) -> str:
    """The path in one form; raises UsageError when it leads out of the directory."""
    plain = PurePosixPath(path)
    if plain.is_absolute() or ".." in plain.parts or "\0" in path:
        raise UsageError(f"{path!r} must be a relative path inside the directory")
    return plain.as_posix()


def _check_apart(paths: Sequence[str]) -> None:
    twice = next((path for path in paths if paths.count(path) > 1), None)
    if twice is not None:
        raise UsageError(f"two objects are put at the path {twice!r}")


class _MakeDirectory:
    name = "make-directory"

    def run(self, context: Context) -> Sequence[DataInstance]:
        paths = msgspec.msgpack.decode(context.config, type=list[str])
        made = context.sandbox / _MADE
        made.mkdir()
        # From the top down: a directory object needs its place empty, a file may come into it
        for path, instance in sorted(
            zip(paths, context.inputs, strict=True), key=lambda each: _depth(each[0])
        ):
            _put(instance, made, path)
        return [context.stage_directory(_MADE)]


def _depth(path: str) -> int:
    return len(PurePosixPath(path).parts)


def _put(instance: DataInstance, made: Path, path: str) -> None:
    place = made / path
    if instance.data_type is DataType.BLOB and os.path.lexists(place):
        raise TaskError(f"the path {path!r} is taken by another object already")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        instance.write(place)
    except (OSError, StoreError) as error:
        raise TaskError(f"cannot put an object at the path {path!r}: {reason(error)}") from error


class _SliceDirectory:
    name = "slice-directory"

    def run(self, context: Context) -> Sequence[DataInstance]:
        member = context.config.decode("utf-8", "surrogateescape")
        (spec,) = context.outputs
        whole = context.sandbox / _WHOLE
        context.inputs[0].write(whole, member)
        named = whole / member
        if not named.exists():
            raise TaskError(f"Path {member!r} not found in the directory; {_held(whole)}")
        kind = DataType.DIR if named.is_dir() else DataType.BLOB
        if kind is not spec.data_type:
            remedy = "end its path with '/'" if kind is DataType.DIR else "leave out the last '/'"
            raise TaskError(f"Path {member!r} is a {kind} in the directory; {remedy} to take it")
        # What a link inside of the directory names, which lies inside as well
        found = os.path.relpath(os.path.realpath(named), os.path.realpath(context.sandbox))
        if kind is DataType.DIR:
            return [context.stage_directory(found)]
        return [context.stage_file(found, spec.content_type or None)]


def _held(whole: Path) -> str:
    names = sorted(path.relative_to(whole).as_posix() for path in whole.rglob("*"))
    if not names:
        return "it is empty"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"it has {', '.join(map(repr, names[:_SHOWN]))}{more}"


register(_MakeDirectory())
register(_SliceDirectory())
