"""The names of a front end, found at first use: an engine that runs its tasks needs none."""

import sys
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from typing import Any


def found_late(
    package: str, homes: Mapping[str, str], modules: Collection[str] = ()
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package.

    homes    name -> the module of the package that has it
    modules  those that are names themselves
    """

    def find(name: str) -> Any:
        if name in modules:
            return import_module(f"{package}.{name}")
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(import_module(f"{package}.{homes[name]}"), name)
        setattr(sys.modules[package], name, found)  # looked for once
        return found

    return find, lambda: sorted((*homes, *modules))
