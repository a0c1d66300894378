"""A task's working directory: inputs are saved in it by name, and what was made is taken out."""

import glob
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from flowlab.compat.crossflow.forms import loaded, value_of
from flowlab.compat.crossflow.template import is_pattern, numbered
from flowlab.errors import WrongPath
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.instance import DataInstance

_HIDDEN = ".flowlab-file"  # in the working directory: no glob of a user's finds it
_LONGEST = 4096  # characters of a path


class Giver(Protocol):
    """Takes what a task made out of its working directory."""

    def file(self, path: str, name: str) -> Any: ...
    def files(self, folder: str, count: int) -> Any: ...
    def value(self, value: object) -> Any: ...


def save_input(name: str, value: Any, place: Path) -> None:
    """Save what an input was given under its name: a file, or many files where it is a pattern."""
    if isinstance(value, DataInstance):
        value = value_of(value, as_file=True)
    if is_pattern(name) or isinstance(value, list | tuple):
        files = list(_flat(value))
        for path, each in zip(numbered(name, len(files)), files, strict=True):
            _save(name, each, place / path)
    else:
        _save(name, value, place / name)


def localise(value: Any, place: Path, names: set[str]) -> Any:
    """A file's name in the working directory, where it is saved; any other value as it is."""
    value = loaded(value)
    if type(value) is list:
        return [localise(each, place, names) for each in value]
    if not isinstance(value, FileHandle):
        return value
    name = value.name
    while name in names:  # two files may have the same name, and keep it
        name = f"{len(names)}/{name}"
    names.add(name)
    (place / name).parent.mkdir(exist_ok=True)
    value.save(place / name)
    return name


def matches(name: str, place: Path) -> list[str]:
    """What the command left by this name or pattern, in order; relative to the directory."""
    if not is_pattern(name):
        return [name] if (place / name).exists() else []
    found = glob.glob(name, root_dir=place)
    return sorted(path.rstrip("/") for path in found if (place / path).exists())


def files_of(result: Any, place: Path) -> list[str] | None:
    """Files of the working directory that are named by a result, when it names nothing else."""
    items = result if type(result) in {list, tuple} else [result]
    found = [path for each in items if (path := inside(each, place)) is not None]
    return found if found and len(found) == len(items) else None


def inside(item: Any, place: Path) -> str | None:
    """The path of a file of the working directory that an item names; None when it names none."""
    if isinstance(item, FileHandle) or not isinstance(item, str | os.PathLike):
        return None
    name = os.fspath(item)
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST or "\0" in name:
        return None
    path = os.path.relpath(os.path.join(place, name), place)
    if path == "." or path.split("/")[0] == ".." or not os.path.exists(place / path):
        return None
    return path


class Harvest:
    """What a task left in its working directory; a file that is wanted twice is given twice."""

    def __init__(self, place: Path, giver: Giver, wanted: Iterable[Iterable[str]]) -> None:
        self._place = place
        self._giver = giver
        self._uses: dict[str, int] = {}
        self._taken = 0
        for paths in wanted:
            for path in paths:
                self._uses[path] = self._uses.get(path, 0) + 1

    def file(self, path: str) -> Any:
        """One of the files, or a directory."""
        return self._giver.file(self._take(path, self._fresh()), os.path.basename(path))

    def files(self, paths: Sequence[str]) -> Any:
        """A list of files."""
        folder = self._fresh()
        (self._place / folder).mkdir()
        width = len(str(len(paths)))
        for place, path in enumerate(paths):
            numbered = f"{folder}/{place:0{width}d}"
            (self._place / numbered).mkdir()
            self._take(path, f"{numbered}/{os.path.basename(path)}")
        return self._giver.files(folder, len(paths))

    def handled(self, result: Any) -> Any:
        """A value, with a handle in the place of each file that stands in it as a list's item."""
        if type(result) not in {list, tuple}:
            return result
        return type(result)(self._handled(each) for each in result)

    def _handled(self, item: Any) -> Any:
        path = inside(item, self._place)
        return item if path is None else FileHandle.load(self._place / path)

    def _fresh(self) -> str:
        self._taken += 1
        return f"{_HIDDEN}{self._taken}"

    def _take(self, path: str, target: str) -> str:
        """Move it to another name in the working directory, or copy it when it is needed again."""
        self._uses[path] -= 1
        source, goal = self._place / path, self._place / target
        if not self._is_needed(path) and not source.is_symlink():
            source.rename(goal)
        elif source.is_dir():
            shutil.copytree(source, goal, symlinks=True)
        else:
            shutil.copyfile(source, goal)
        return target

    def _is_needed(self, path: str) -> bool:
        """Whether it, or what lies in it, is to be taken again."""
        if self._uses[path] or not (self._place / path).is_dir():
            return self._uses[path] > 0
        return any(left and each.startswith(f"{path}/") for each, left in self._uses.items())


def _flat(value: Any) -> Iterator[Any]:
    """The files of a list, in which an object may be a list, too."""
    if isinstance(value, DataInstance):
        value = value_of(value, as_file=True)
    if isinstance(value, list | tuple):
        for each in value:
            yield from _flat(each)
    else:
        yield value


def _save(name: str, value: Any, path: Path) -> None:
    if value is None:
        raise WrongPath(f"input {name!r} is None: what was to make it made no such file")
    if not isinstance(value, FileHandle):
        raise WrongPath(
            f"Error - illegal argument type {type(value).__name__!r} for the input {name!r}, which "
            "is a file; write {" + name + "} in the template if it is a value"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    value.save(path)
