"""What the house tests look at: the files of this repository, parsed once."""

import ast
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Folders that are made, not written; those beginning with a dot are left out too, but .ci.
_MADE = frozenset({"build", "dist", "node_modules", "static", "__pycache__"})


@cache
def files(*suffixes: str) -> tuple[Path, ...]:
    """Every written file with one of these suffixes, sorted; all files when none is given."""
    return tuple(sorted(path for path in _walk() if not suffixes or path.suffix in suffixes))


def _walk() -> Iterator[Path]:
    for folder, below, names in os.walk(ROOT):
        below[:] = [
            name
            for name in below
            if name not in _MADE and (name == ".ci" or not name.startswith("."))
        ]
        yield from (Path(folder, name) for name in names if not name.startswith("."))


def sources(*folders: str) -> tuple[Path, ...]:
    """The Python files below these folders of the repository."""
    return tuple(
        path
        for path in files(".py")
        if path.relative_to(ROOT).parts[0] in (folders or ("flowlab",))
    )


@cache
def parsed(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name_of(path: Path) -> str:
    """The path as messages show it."""
    return path.relative_to(ROOT).as_posix()
