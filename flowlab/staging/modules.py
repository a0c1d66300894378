"""Which files make modules importable elsewhere: theirs, and those of what they import.

Nothing is imported here. Imports are found in the source, wherever they stand in it; what a module
imports by a name that it computes must be named by the user.
"""

import ast
import importlib
import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from importlib.machinery import EXTENSION_SUFFIXES, ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from flowlab.errors import UsageError, WrongKind
from flowlab.staging.bundle import Member
from flowlab.staging.bytecode import read_source, with_bytecode
from flowlab.staging.members import files_below

_INSTALLED = ("site-packages", "dist-packages")
_OURS = "flowlab"  # an engine has it


class _Unit(NamedTuple):
    """What travels whole: a module of the top level, or a package with all that is below it.

    places  the file, or the directories
    bare    directories without `__init__.py`: anything may lie there, and only modules travel
    """

    name: str
    places: tuple[Path, ...]
    bare: bool = False


def find_modules(names: Iterable[str | os.PathLike[str]]) -> list[Member]:
    """The files of these modules and of the local ones that they import, with their bytecode.

    Raises UsageError for a name that is none, that is installed, or that the standard library has.
    """
    importlib.invalidate_caches()  # a file may have been written a moment ago
    waiting = [_asked(name) for name in names]
    units: dict[str, _Unit] = {}
    members: dict[str, Member] = {}
    while waiting:
        unit = waiting.pop()
        if units.setdefault(unit.name, unit) != unit:
            raise UsageError(
                f"two modules are called {unit.name!r}: {str(units[unit.name].places[0])!r} and "
                f"{str(unit.places[0])!r}; ship one of them"
            )
        fresh = {each.name: each for each in _members(unit) if each.name not in members}
        members.update(fresh)
        imported = {name for each in fresh.values() for name in _imports(each)}
        found = (_find(name) for name in sorted(imported - units.keys()))
        waiting += [each for each in found if each is not None]
    return with_bytecode(members.values())


def is_local(name: str) -> bool:
    """Whether a module is the user's own: neither installed nor Python's."""
    importlib.invalidate_caches()
    return _find(name.partition(".")[0]) is not None


def is_compiled(name: str) -> bool:
    """Whether a file holds code for one platform."""
    return name.endswith((*EXTENSION_SUFFIXES, ".so", ".dylib"))


def _asked(name: object) -> _Unit:
    """What the user names: a file or directory, or a module as it is imported."""
    if not isinstance(name, str | os.PathLike):
        raise WrongKind(f"modules takes names and paths, not {name!r}")
    text = os.fspath(name)
    if not isinstance(text, str) or not text:
        raise WrongKind(f"modules takes names and paths, not {name!r}")
    if os.sep in text or text.endswith((".py", *EXTENSION_SUFFIXES)) or not isinstance(name, str):
        return _checked(_of_path(text))
    top = text.partition(".")[0]
    if top in sys.stdlib_module_names or top == _OURS:
        raise UsageError(f"the module {top!r} is on each engine already; leave it out")
    spec = _spec(top)
    unit = _of_spec(top, spec) if spec is not None else None
    if spec is not None and unit is None:
        raise UsageError(
            f"the module {top!r} is installed ({spec.origin}), and none of the notebook's own: "
            "install it on the engines' hosts too"
        )
    if unit is None:
        raise UsageError(
            f"no module {text!r} can be found from {os.getcwd()!r}; give its file, as in "
            f"modules('lib/{top}.py')"
        )
    return unit


def _of_path(text: str) -> _Unit:
    path = Path(os.path.abspath(os.path.expanduser(text)))
    if path.is_dir():
        return _Unit(path.name, (path,), bare=not (path / "__init__.py").exists())
    if not path.exists():
        raise UsageError(f"there is no module {text!r} below {os.getcwd()!r}")
    return _Unit(path.name.partition(".")[0], (path,))


def _checked(unit: _Unit) -> _Unit:
    if unit.name in sys.stdlib_module_names or unit.name == _OURS:
        raise UsageError(
            f"{str(unit.places[0])!r} is called as a module that each engine has, and would take "
            "its place there; rename it"
        )
    if not unit.name.isidentifier():
        raise UsageError(f"{str(unit.places[0])!r} cannot be imported by its name; rename it")
    return unit


def _find(top: str) -> _Unit | None:
    """A module that another one imports, when it is local."""
    if top in sys.stdlib_module_names or top == _OURS:
        return None
    spec = _spec(top)
    return _of_spec(top, spec) if spec is not None else None


def _spec(top: str) -> ModuleSpec | None:
    try:
        return find_spec(top)
    except (ImportError, ValueError):  # ValueError: a module that was made by hand
        return None


def _of_spec(top: str, spec: ModuleSpec) -> _Unit | None:
    """Where a module lies, unless it is installed, built in, or no file."""
    if spec.submodule_search_locations is not None:
        places = tuple(Path(os.path.abspath(each)) for each in spec.submodule_search_locations)
        is_bare = not (spec.origin and spec.has_location)
    else:
        places, is_bare = (Path(os.path.abspath(spec.origin or "")),), False
    if not all(_is_local(place) for place in places) or not (spec.has_location or is_bare):
        return None
    return _Unit(top, places, is_bare)


def _is_local(place: Path) -> bool:
    if not place.exists() or any(part in _INSTALLED for part in place.parts):
        return False
    shared = [sysconfig.get_path(each) for each in ("stdlib", "platstdlib", "purelib", "platlib")]
    shared += [*site.getsitepackages(), site.getusersitepackages()]
    return not any(place.is_relative_to(each) for each in shared)


def _members(unit: _Unit) -> Iterator[Member]:
    for place in unit.places:
        name = unit.name if place.is_dir() else place.name
        for member in files_below(place, name):
            if _travels(member.name, unit):
                yield member


def _travels(name: str, unit: _Unit) -> bool:
    """No caches, nothing hidden; of a package all else: it may read files of its own."""
    if any(part.startswith(".") or part == "__pycache__" for part in name.split("/")):
        return False
    return not unit.bare or name.endswith(".py") or is_compiled(name)


def _imports(member: Member) -> Iterator[str]:
    """Names of the top level that a source imports, anywhere in it."""
    if not member.name.endswith(".py") or not isinstance(member.source, Path):
        return
    try:
        tree = ast.parse(read_source(member.source))
    except (SyntaxError, ValueError):  # it cannot be imported; the task that tries will say so
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]
