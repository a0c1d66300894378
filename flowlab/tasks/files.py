"""`Load`, `LoadDir` and `Store`: files of the engine's own file system, in and out.

They are copied, so what happens to the file later is no matter of the object.
After Rain's user guide, "Built-in tasks".
"""

import dataclasses
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flowlab.errors import StoreError, TaskError, UsageError, WrongKind
from flowlab.graph.nodes import Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register

_COPY = "loaded"  # in the working directory, until it is staged


def Load(  # noqa: N802 - a class to Rain's users
    path: str | os.PathLike[str],
    output: str | Output | None = None,
    *,
    name: str | None = None,
    session: Owner | None = None,
) -> Task:
    """A blob of a file that the engine can read; its path is absolute."""
    made = described_output(output, DataType.BLOB)
    return _task("load", path, outputs=[made], name=name, session=session)


def LoadDir(  # noqa: N802 - a class to Rain's users
    path: str | os.PathLike[str],
    output: str | Output | None = None,
    *,
    name: str | None = None,
    session: Owner | None = None,
) -> Task:
    """A directory object of a directory that the engine can read; its path is absolute."""
    made = described_output(output, DataType.DIR)
    return _task("load-dir", path, outputs=[made], name=name, session=session)


def Store(  # noqa: N802 - a class to Rain's users
    obj: Any,
    path: str | os.PathLike[str],
    *,
    name: str | None = None,
    session: Owner | None = None,
) -> Task:
    """Write an object to the file system of whichever engine runs this; no outputs.

    A file that is there is overwritten. A directory object needs a path that is free, an empty
    directory, or one that holds the same already.
    """
    return _task("store", path, inputs=[to_dataobj(obj)], outputs=0, name=name, session=session)


def described_output(output: object, kind: DataType, label: str = "output") -> Output:
    """The output as asked for, or one of this kind and label; raises WrongKind for another kind."""
    if output is None or isinstance(output, str):
        output = label if output is None else output
        return Output(output) if kind is DataType.BLOB else OutputDir(output)
    if not isinstance(output, Output):
        raise WrongKind(f"output is a label or an Output, not {output!r}")
    if output.data_type is not kind:
        wanted = "OutputDir(…)" if kind is DataType.DIR else "Output(…)"
        raise WrongKind(f"this task makes a {kind}, not a {output.data_type}: give {wanted}")
    return output if output.label is not None else dataclasses.replace(output, label=label)


def _task(kind: str, path: object, **described: Any) -> Task:
    text = os.fspath(path) if isinstance(path, str | os.PathLike) else path
    if not isinstance(text, str):
        raise WrongKind(f"a path is a string, not {path!r}")
    return Task(kind, config=text.encode("utf-8", "surrogateescape"), **described)


def _absolute(context: Context) -> Path:
    path = Path(context.config.decode("utf-8", "surrogateescape"))
    if not path.is_absolute():
        raise UsageError(
            f"Path {str(path)!r} is not absolute; a task runs in a working directory of its own"
        )
    return path


def _existing(context: Context) -> Path:
    path = _absolute(context)
    if not path.exists():
        raise TaskError(f"Path {str(path)!r} not found on this engine")
    return path


class _Load:
    name = "load"

    def run(self, context: Context) -> Sequence[DataInstance]:
        path = _existing(context)
        if not path.is_file():
            raise TaskError(f"Path {str(path)!r} is no file; LoadDir takes directories")
        try:
            shutil.copyfile(path, context.sandbox / _COPY)
        except OSError as error:
            raise TaskError(f"Path {str(path)!r} cannot be read: {error.strerror}") from error
        return [context.stage_file(_COPY, context.outputs[0].content_type or None)]


class _LoadDir:
    name = "load-dir"

    def run(self, context: Context) -> Sequence[DataInstance]:
        path = _existing(context)
        if not path.is_dir():
            raise TaskError(f"Path {str(path)!r} is no directory; Load takes files")
        return [DataInstance(DataType.DIR, "dir", pack_directory(path))]


class _Store:
    name = "store"

    def run(self, context: Context) -> Sequence[DataInstance]:
        path = _absolute(context)
        instance = context.inputs[0]
        try:
            if instance.data_type is DataType.DIR:
                _store_directory(instance, path)
            else:
                instance.write(path)
        except (OSError, StoreError) as error:
            raise TaskError(f"cannot store into {str(path)!r}: {reason(error)}") from error
        return []


def reason(error: OSError | StoreError) -> str:
    """Why a file could not be written; the path is said by whoever asks, in the user's terms."""
    return (isinstance(error, OSError) and error.strerror) or str(error)


def _store_directory(instance: DataInstance, path: Path) -> None:
    """Whole or not at all; done again after an engine's death, it finds what was stored."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}-new")
    try:
        instance.write(fresh)
        fresh.rename(path)  # over nothing, or over an empty directory
    except OSError as error:
        if not path.is_dir():
            raise
        if pack_directory(path) != instance.get_bytes():
            raise StoreError("it exists and is not empty") from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


register(_Load())
register(_LoadDir())
register(_Store())
