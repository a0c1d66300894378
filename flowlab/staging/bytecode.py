"""Modules with their bytecode: an engine of the same Python need not compile them.

The bytecode belongs to the source beside it for ever, since a bundle never changes: nobody compares
the two. An engine of another Python does not see it.
"""

import os
import py_compile
import sys
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from flowlab.errors import StoreError
from flowlab.staging.bundle import Member
from flowlab.staging.pieces import open_plain

_FOR_EVER = py_compile.PycInvalidationMode.UNCHECKED_HASH


def with_bytecode(members: Iterable[Member]) -> list[Member]:
    """These files, the sources among them read, and a `__pycache__` file for each that compiles."""
    found: list[Member] = []
    for member in members:
        if not member.name.endswith(".py") or not isinstance(member.source, Path):
            found.append(member)
            continue
        source = read_source(member.source)  # once: what is compiled is what travels
        found.append(Member(member.name, source))
        code = _compile(source, member.name)
        if code is not None:
            found.append(Member(_cached(member.name), code))
    return found


def read_source(path: Path) -> bytes:
    """The bytes of a plain file; StoreError when there are none to be read."""
    try:
        number, _ = open_plain(path)
        with os.fdopen(number, "rb") as file:
            return file.read()
    except OSError as error:
        raise StoreError(f"cannot bundle {str(path)!r}: {error.strerror}") from error


@lru_cache(maxsize=1_000)  # the same source may give other bytes the next time: marshal's way
def _compile(source: bytes, name: str) -> bytes | None:
    with tempfile.TemporaryDirectory() as folder:
        written, made = Path(folder, "source.py"), Path(folder, "made.pyc")
        written.write_bytes(source)
        try:
            py_compile.compile(
                str(written),
                cfile=str(made),
                dfile=name,
                doraise=True,
                invalidation_mode=_FOR_EVER,
            )
        except (py_compile.PyCompileError, ValueError):  # the task that imports it will say so
            return None
        return made.read_bytes()


def _cached(name: str) -> str:
    """Where Python looks for the bytecode of a source."""
    path = PurePosixPath(name)
    return str(path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc")
