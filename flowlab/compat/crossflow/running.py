"""What runs a task where it is: on an engine, or in this process when it is called without one.

The steps are Crossflow's: the inputs are saved under their names in an empty directory, the
command or the function runs there, and what it made is taken out.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlab.compat.crossflow.errors import ERROR, CalledProcessError, pack_error
from flowlab.compat.crossflow.folder import (
    Giver,
    Harvest,
    files_of,
    localise,
    matches,
    save_input,
)
from flowlab.compat.crossflow.forms import FILES, loaded, said_of, walk
from flowlab.compat.crossflow.template import (
    DEBUGINFO,
    PSEUDO,
    STDOUT,
    fill,
    is_pattern,
    variables_of,
)
from flowlab.errors import WrongKind
from flowlab.model.limits import KIB
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.code import name_of, source_of
from flowlab.tasks.kind import Context

SHELL = "/bin/sh"
SAID = ".flowlab-stdout"  # in the working directory: hidden, and no name that a user would choose
SHOWN = 16 * KIB  # bytes of a command's output that are shown as its task's, and in its error

Arguments = dict[str, Any]  # by the names of inputs and constants
Run = Callable[[str], "subprocess.CompletedProcess[bytes]"]


@dataclass(frozen=True)
class Command:
    """A shell command with its files."""

    template: str
    outputs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The program's."""
        words = self.template.split()
        return words[0].rpartition("/")[2] if words else "command"

    @property
    def source(self) -> str:
        """What people are shown of it."""
        return self.template

    def __call__(self, context: Context, names: Sequence[str], *values: Any) -> Any:
        given = dict(zip(names, values, strict=True))
        place = context.sandbox

        def run(text: str) -> "subprocess.CompletedProcess[bytes]":
            status, stderr = context.run_program((SHELL, "-c", text), None, place / SAID)
            stdout = self.read_said(place)
            # Only now: it went to a file, as an output may be made of it
            sys.stdout.write(stdout[-SHOWN:].decode("utf-8", "replace"))
            return subprocess.CompletedProcess(text, status, stdout, stderr.encode())

        return _told(context, lambda: self.perform(given, place, run, Engine(context)))

    def perform(self, given: Arguments, place: Path, run: Run, giver: Giver) -> Any:
        """Run it in this directory; its only output, or a tuple of all."""
        variables = {name: given[name] for name in variables_of(self.template, given)}
        for name, value in given.items():
            if name not in variables:
                save_input(name, value, place)
        filled = {name: loaded(value) for name, value in variables.items()}
        ended = run(fill(self.template, filled))
        failure = CalledProcessError(ended) if ended.returncode else None
        if failure is not None and DEBUGINFO not in self.outputs:
            raise failure
        pseudo = {STDOUT: ended.stdout.decode("utf-8", "replace"), DEBUGINFO: failure or ended}
        return _only(self._collect(place, pseudo, giver))

    def read_said(self, place: Path) -> bytes:
        """What it wrote to stdout: all that an output needs, else its end."""
        with (place / SAID).open("rb") as file:
            if PSEUDO.isdisjoint(self.outputs):
                file.seek(max(0, os.fstat(file.fileno()).st_size - SHOWN))
            return file.read()

    def _collect(self, place: Path, pseudo: Mapping[str, object], giver: Giver) -> list[Any]:
        if not self.outputs:
            return [giver.value(())]
        wanted = {name: matches(name, place) for name in self.outputs if name not in PSEUDO}
        harvest = Harvest(place, giver, wanted.values())
        made: list[Any] = []
        for name in self.outputs:
            if name in PSEUDO:
                made.append(giver.value(pseudo[name]))
            elif is_pattern(name):
                made.append(harvest.files(wanted[name]))
            else:
                made.append(harvest.file(name) if wanted[name] else giver.value(None))
        return made


class _Function:
    """A user's function."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function

    @property
    def __code__(self) -> Any:
        """The function's code, by which an engine shows its lines in tracebacks."""
        return getattr(self._function, "__code__", None)

    @property
    def name(self) -> str:
        """What people call it."""
        return name_of(self._function)

    @property
    def source(self) -> str:
        """What people are shown of it."""
        return source_of(self._function)


class Body(_Function):
    """A user's function with its files."""

    def __init__(self, function: Callable[..., Any], outputs: tuple[str, ...]) -> None:
        super().__init__(function)
        self.outputs = outputs

    def __call__(self, context: Context, names: Sequence[str], *values: Any) -> Any:
        given = dict(zip(names, values, strict=True))
        giver = Engine(context, loose=True)
        return _told(context, lambda: self.perform(given, context.sandbox, giver))

    def perform(self, given: Arguments, place: Path, giver: Giver) -> Any:
        """Call it in this directory; its only output, or a tuple of all."""
        names: set[str] = set()
        values = walk(given, lambda value: localise(value, place, names))
        results = self._results(self._function(**values))
        wanted = [files_of(result, place) for result in results]
        harvest = Harvest(place, giver, (paths or () for paths in wanted))
        return _only([
            _give(result, paths, harvest, giver)
            for result, paths in zip(results, wanted, strict=True)
        ])  # fmt: skip

    def _results(self, result: Any) -> list[Any]:
        """One for each output; without any, what was returned is one."""
        if len(self.outputs) <= 1:
            return [result]
        if isinstance(result, list | tuple) and len(result) == len(self.outputs):
            return list(result)
        got = f"{len(result)}" if isinstance(result, list | tuple) else repr(type(result).__name__)
        raise WrongKind(
            f"the function has {len(self.outputs)} outputs, {', '.join(self.outputs)}; it returned "
            f"{got}, and not a list or tuple of so many"
        )


class Plain(_Function):
    """A function whose arguments are left as they are, as dask runs it."""

    def __call__(self, context: Context, names: Sequence[str], *values: Any) -> Any:
        """Call it; names are empty for what is given by position."""

        def call() -> Any:
            given = list(zip(names, (walk(value, loaded) for value in values), strict=True))
            args = [value for name, value in given if not name]
            kwargs = {name: value for name, value in given if name}
            return Engine(context).value(self._function(*args, **kwargs))

        return _told(context, call)


Recipe = Command | Body | Plain


class Engine:
    """Takes what a task made out of its working directory on an engine: as instances.

    loose  a list of files is a blob, where nobody could know beforehand that it is a list
    """

    def __init__(self, context: Context, *, loose: bool = False) -> None:
        self._context = context
        self._loose = loose

    def file(self, path: str, name: str) -> DataInstance:
        """A file as a blob, a directory as the archive of one."""
        is_dir = os.path.isdir(self._context.sandbox / path)
        if is_dir:
            made = _as_blob(self._context.stage_directory(path))
        else:
            made = self._context.stage_file(path)
        made.user.update(said_of(name, is_dir=is_dir))
        return made

    def files(self, folder: str, count: int) -> DataInstance:
        """A list of files as a directory."""
        made = self._context.stage_directory(folder)
        if self._loose:
            made = _as_blob(made)
        made.user[FILES] = count
        return made

    def value(self, value: object) -> DataInstance:
        """Anything else as a pickle."""
        return self._context.pickled(value)


def _give(result: Any, paths: list[str] | None, harvest: Harvest, giver: Giver) -> Any:
    if paths is None:
        return giver.value(harvest.handled(result))
    return harvest.file(paths[0]) if isinstance(result, str | os.PathLike) else harvest.files(paths)


def _as_blob(archive: DataInstance) -> DataInstance:
    return DataInstance(DataType.BLOB, None, archive.source)


def _only(made: list[Any]) -> Any:
    return made[0] if len(made) == 1 else tuple(made)


def _told(context: Context, run: Callable[[], Any]) -> Any:
    """Run it; an exception travels as itself beside what is told of it, when it can."""
    try:
        return run()
    except Exception as error:
        short = error.shortened() if isinstance(error, CalledProcessError) else error
        packed = pack_error(short)
        if packed is not None:
            context.user[ERROR] = packed
        raise
