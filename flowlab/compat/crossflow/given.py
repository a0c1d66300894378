"""What users give as arguments, read as Crossflow reads it: paths, patterns, handles, values."""

import glob
import os
from collections.abc import Callable
from typing import Any

from flowlab.compat.crossflow.futures import Future
from flowlab.errors import WrongPath
from flowlab.graph.nodes import DataObject, Task
from flowlab.staging.filehandle import FileHandle

_URLS = ("http://", "https://", "ftp://")
_LONGEST = 4096  # characters of a path
_TAKEN = (Future, DataObject, Task, FileHandle)  # what stands for a file, or may do so

Load = Callable[[str | os.PathLike[str]], Any]


class Reader:
    """Puts what stands for a file in the place of its path.

    load  makes it: a handle, or a client's object; raises WrongPath when there is no such file
    """

    def __init__(self, load: Load = FileHandle.load) -> None:
        self._load = load

    def input(self, name: str, value: Any, *, many: bool) -> Any:
        """What a command's input was given, which is a file.

        many  it is a list of files, such as those that match a pattern
        """
        if isinstance(value, _TAKEN):
            return value
        if isinstance(value, list | tuple):
            return [each for one in value for each in self._several(name, one)]
        return self._several(name, value) if many else self._file(name, value)

    def argument(self, value: Any) -> Any:
        """What a function was given: text that names a file is that file."""
        if type(value) is list:
            return [each for one in value for each in self._expanded(one)]
        found = self._expanded(value)
        return found if _matching(value) else found[0]

    def value(self, value: Any) -> Any:
        """What is filled into a command: text as it is, though it name a file; a path is a file."""
        is_path = isinstance(value, os.PathLike) and not isinstance(value, FileHandle)
        return self._load(value) if is_path and os.path.exists(value) else value

    def _several(self, name: str, value: Any) -> list[Any]:
        """The files that one item of a list stands for."""
        if isinstance(value, _TAKEN):
            return [value]
        return [self._file(name, each) for each in _matching(value) or [value]]

    def _file(self, name: str, value: Any) -> Any:
        if not isinstance(value, str | bytes | os.PathLike):
            raise WrongPath(
                f"Error - illegal argument type {type(value).__name__!r} for the input {name!r}, "
                f"which is a file: give a path, a URL or a handle; or write {{{name}}} in the "
                "command, and its value is filled in"
            )
        try:
            return self._load(os.fsdecode(value) if isinstance(value, bytes) else value)
        except WrongPath as error:
            raise WrongPath(f"input {name!r}: {error}") from None

    def _expanded(self, value: Any) -> list[Any]:
        if found := _matching(value):
            return [self._load(each) for each in found]
        is_file = isinstance(value, str) and _is_file(value)
        return [self._load(value) if is_file else self.value(value)]


def _matching(value: Any) -> list[str]:
    """The files that a pattern matches, in order."""
    if not isinstance(value, str) or not _is_path(value) or "://" in value:
        return []
    is_pattern = ("*" in value or "?" in value) and not os.path.exists(value)
    return sorted(glob.glob(value)) if is_pattern else []


def _is_file(text: str) -> bool:
    """Whether it names a file that is there, or one elsewhere."""
    return _is_path(text) and (text.startswith(_URLS) or os.path.isfile(text))


def _is_path(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and "\0" not in text
