"""A node script: how it takes its arguments, and which of its neighbours it imports."""

import ast
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flowlab.errors import UsageError, WrongKind, WrongPath
from flowlab.model.bundles import FILES
from flowlab.staging.bundle import Bundle, Member, pack_bundle
from flowlab.staging.members import files_below
from flowlab.tasks.syntax import parse

FOLDER = ".flowlab-node"  # where it lies in the working directory, with its neighbours

STRINGS = "run_with_logging"  # arguments as text, behind two for the log
OBJECTS = "run_with_stored_arguments"  # arguments as values; on the line three for the master
PLAIN = ""  # a program of any other kind: its arguments as text
THERE = "there"  # a script that only the host may have: one of these three, which it looks up


@dataclass(frozen=True)
class Script:
    """A script as it travels.

    name    of its file
    way     STRINGS, OBJECTS or PLAIN: how it takes its arguments
    bundle  its file, and the files beside it that it imports
    """

    name: str
    way: str
    bundle: Bundle

    @property
    def path(self) -> str:
        """Where it lies in the working directory."""
        return f"{FOLDER}/{self.name}"


def read_script(script: str | os.PathLike[str], name: str = "node.py") -> Script:
    """A script from its file, or from its text: whatever has more than one line.

    name  of the file that a text is to be
    Raises WrongPath when there is no such file.
    """
    if not isinstance(script, str | os.PathLike):
        raise WrongKind(f"a node script is the path of a file, or its text, not {script!r}")
    if isinstance(script, str) and "\n" in script:
        bundle = pack_bundle(FILES, [Member(f"{FOLDER}/{name}", script.encode())])
        return Script(name, _way(script, name), bundle)
    path = Path(os.path.abspath(os.path.expanduser(script)))
    if not path.is_file():
        raise WrongPath(f"there is no node script {str(path)!r}; give the path of a file")
    source = path.read_bytes()
    members = {f"{FOLDER}/{path.name}": path, **_neighbours(path)}
    bundle = pack_bundle(FILES, [Member(each, file) for each, file in members.items()])
    return Script(path.name, _way(source.decode("utf-8", "replace"), path.name), bundle)


def way_there(command: Iterable[str], place: Path) -> str:
    """How the script that a command names takes its arguments, on the host that has it."""
    script = next((word for word in command if word.endswith(".py")), "")
    try:
        source = (place / script).read_text("utf-8", "replace")
    except OSError:  # there is none; whoever runs the command says so
        return PLAIN
    return _way(source, script)


def _way(source: str, name: str) -> str:
    """How it takes its arguments: it calls one of the two methods, or neither."""
    try:
        tree = parse(source, name)
    except (SyntaxError, ValueError):  # a script of another language; or Python says it when run
        return PLAIN
    called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return next((way for way in (OBJECTS, STRINGS) if way in called), PLAIN)


def _neighbours(script: Path) -> dict[str, Path]:
    """Modules and packages beside a script that it imports, directly or through one of them."""
    found: dict[str, Path] = {}
    waiting, seen = [script], {script.stem}
    while waiting:
        for name in _imported(waiting.pop()):
            if name in seen:
                continue
            seen.add(name)
            module, package = script.with_name(f"{name}.py"), script.with_name(name)
            here = [module] if module.is_file() else []
            if (package / "__init__.py").is_file():
                here = [Path(os.fsdecode(one.source)) for one in files_below(package, name)]
            here = [one for one in here if "__pycache__" not in one.parts]
            found |= {f"{FOLDER}/{one.relative_to(script.parent).as_posix()}": one for one in here}
            waiting += [one for one in here if one.suffix == ".py"]
    return found


def _imported(file: Path) -> Iterator[str]:
    """First names of what a file imports; nothing of one that is no Python."""
    try:
        tree = parse(file.read_text(), str(file))
    except (SyntaxError, ValueError):
        return
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
