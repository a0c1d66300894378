"""What a task can import of its bundles, and no other task that has others.

While a task runs, the modules of its bundles stand in `sys.modules` in the place of all others of
these names; after it they are put aside until a task with the same bundles comes. So each module is
imported once an engine, and two versions of it never meet.
"""

import os
import sys
from collections.abc import Callable, Iterable
from importlib.machinery import all_suffixes
from types import ModuleType
from typing import Any

Function = Callable[..., Any]
_PATH, _UNWRITTEN = "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"


class Imports:
    """The modules of some bundles, each unpacked in one of `folders`; the first one goes first."""

    def __init__(self, folders: Iterable[str]) -> None:
        self._folders = list(folders)
        self._names = frozenset(
            _module_name(entry) for folder in self._folders for entry in os.listdir(folder)
        )
        self._modules: dict[str, ModuleType] = {}
        self._functions: dict[str, Function] = {}
        self._hidden: dict[str, ModuleType] | None = None
        self._before: tuple[bool, dict[str, str | None]] = (False, {})

    def enter(self) -> None:
        """Let them be imported, by the programs that the task starts too."""
        self._before = (
            sys.dont_write_bytecode,
            {name: os.environ.get(name) for name in (_PATH, _UNWRITTEN)},
        )
        self._hidden = self._take_out()
        sys.modules.update(self._modules)
        sys.path[:0] = self._folders
        sys.dont_write_bytecode = True  # what is unpacked stays as it is
        above = self._before[1][_PATH]
        os.environ[_PATH] = os.pathsep.join([*self._folders, *([above] if above else [])])
        os.environ[_UNWRITTEN] = "1"

    def leave(self) -> None:
        """Take them out again; harmless when they are."""
        if self._hidden is None:
            return
        hidden, self._hidden = self._hidden, None
        self._modules = self._take_out()
        sys.modules.update(hidden)
        sys.path[:] = [entry for entry in sys.path if entry not in self._folders]
        sys.dont_write_bytecode, variables = self._before
        for name, value in variables.items():
            if value is not None:
                os.environ[name] = value
            elif name in os.environ:
                del os.environ[name]

    def function(self, key: str, make: Callable[[str], Function]) -> Function:
        """A function that is unpickled beside these modules: it may be one of theirs."""
        found = self._functions.get(key)
        if found is None:
            found = self._functions[key] = make(key)
        return found

    def _take_out(self) -> dict[str, ModuleType]:
        """The modules of these names, which cannot be found any longer."""
        here = [name for name in list(sys.modules) if name.partition(".")[0] in self._names]
        return {name: sys.modules.pop(name) for name in here}


def _module_name(entry: str) -> str:
    """The module that a file or a directory is."""
    suffixes = sorted(all_suffixes(), key=len, reverse=True)
    return next((entry.removesuffix(each) for each in suffixes if entry.endswith(each)), entry)
