"""How a job runs on an engine.

Its inputs are put into the task's working directory under their names, its function is called
there, and what it made is taken out.
"""

import inspect
import os
import shutil
import stat
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flowlab.compat.ruffus.errors import JobSignalledBreak
from flowlab.model.attributes import MISSING
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.code import name_of
from flowlab.tasks.kind import Context

RAISED = "ruffus-raised"  # in what a task says of itself: what its function raised
FOLDER = "ruffus-folder"  # in the `user` of a blob: its bytes are a directory's archive
PROGRAM = "ruffus-program"  # in the `user` of a file: it may be executed
MODE = "ruffus-mode"  # in the `user` of a file: who may do what with it, as its job made it
_MOST = 4096  # characters of an exception's message

Names = tuple[str, ...]


class Work:
    """A step's function, as an engine calls it."""

    __slots__ = ("__wrapped__",)
    __signature__ = inspect.signature(lambda ctx, read, made, given, *inputs: None)  # noqa: ARG005 - names alone

    def __init__(self, function: Callable[..., Any]) -> None:
        self.__wrapped__ = function  # by which people are shown its source

    @property
    def __name__(self) -> str:
        return name_of(self.__wrapped__)

    @property
    def __code__(self) -> Any:
        """The function's code, by which an engine shows its lines in tracebacks."""
        return getattr(self.__wrapped__, "__code__", None)

    def __reduce__(self) -> tuple[type, tuple[Callable[..., Any]]]:
        return Work, (self.__wrapped__,)

    def __call__(
        self, ctx: Context, read: Names, made: Names, given: Sequence[Any], *inputs: DataInstance
    ) -> Any:
        """Do a job; gives what it made.

        read, made  names of its files in the working directory
        given       what its function is called with
        """
        place = ctx.sandbox
        for name, instance in zip(read, inputs, strict=True):
            _put(instance, place / name, may_change=name in made)
        for name in made:
            (place / name).parent.mkdir(parents=True, exist_ok=True)
        try:
            self.__wrapped__(*given)
        except BaseException as error:
            ctx.user[RAISED] = _said(error)
            raise
        # What lies in a directory that is an output, too, is taken before it
        taken = [_take(ctx, name) for name in reversed(made)][::-1]
        return taken[0] if len(taken) == 1 else tuple(taken) or None


def marks_of(instance: DataInstance) -> dict[str, Any]:
    """What is said of a file: where it was declared, and by who made it."""
    return {**(instance.spec.user if instance.spec else {}), **instance.user}


def as_made(instance: DataInstance) -> DataInstance:
    """A directory that stands in a blob, as the directory; any other as it is."""
    if not marks_of(instance).get(FOLDER):
        return instance
    return DataInstance(DataType.DIR, "dir", instance.source)


def make_program(path: Path) -> None:
    """Let all who may read a file execute it."""
    mode = path.stat().st_mode
    path.chmod(mode | (mode & 0o444) >> 2)


def _put(instance: DataInstance, path: Path, *, may_change: bool) -> None:
    """Let a job find an input: a copy where it makes the file anew, else the stored one."""
    if os.path.lexists(path):
        return  # it came with its directory
    path.parent.mkdir(parents=True, exist_ok=True)
    made, may_run = as_made(instance), marks_of(instance).get(PROGRAM)
    if not (may_change or may_run or made.data_type is DataType.DIR):
        made.link(path)
        return
    made.write(path)
    if may_run:
        make_program(path)


def _take(ctx: Context, name: str) -> DataInstance:
    """What lies under this name; an instance that is missing when nothing does."""
    path = ctx.sandbox / name
    if not path.exists():
        nothing = ctx.blob(b"")
        nothing.user[MISSING] = True
        return nothing
    if path.is_symlink():  # to an input, as jobs do that have nothing to change: it is kept as well
        _unlink(path)
    if not path.is_dir():
        may_run, mode = os.access(path, os.X_OK), stat.S_IMODE(path.stat().st_mode)
        file = ctx.stage_file(name)
        file.user[MODE] = mode
        if may_run:
            file.user[PROGRAM] = True
        return file
    made = ctx.stage_directory(name)
    folder = DataInstance(DataType.BLOB, None, made.source)
    folder.user[FOLDER] = True
    return folder


def _unlink(path: Path) -> None:
    """A copy in the place of a symbolic link."""
    source = path.resolve()
    os.unlink(path)
    if source.is_dir():
        shutil.copytree(source, path, symlinks=True)
    else:
        shutil.copyfile(source, path)


def _said(error: BaseException) -> list[Any]:
    """What Ruffus tells of an exception: its name, its value, and whether all is to stop."""
    kind = type(error)
    try:
        value = str(error)[:_MOST]
    except Exception:  # noqa: BLE001 - a user's own __str__ may raise anything
        value = ""
    name = f"{kind.__module__}.{kind.__qualname__}"
    return [name, f"({value})" if value else "", isinstance(error, JobSignalledBreak)]
