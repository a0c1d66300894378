"""How a program's task runs on an engine: files in, the program, files out."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from flowlab.errors import TaskError
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register
from flowlab.tasks.plain import as_file

KIND = "execute"
_SHOWN = 10  # names of files in a message


class Mapped(msgspec.Struct, frozen=True, array_like=True):
    """Where an input stands in the working directory.

    write  it may be changed there
    plain  a pickled value is written as people would write it, by the file's name
    """

    path: str
    write: bool = False
    plain: bool = False


class Plan(msgspec.Struct, frozen=True, array_like=True):
    """What to run; `inputs` and `outputs` are in the order of the task's.

    stdin, stdout  paths in the working directory, or empty
    """

    command: tuple[str, ...]
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[str, ...] = ()
    stdin: str = ""
    stdout: str = ""


def encode_plan(plan: Plan) -> bytes:
    """The plan as a task's configuration."""
    return msgspec.msgpack.encode(plan)


class _Execute:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        plan = msgspec.msgpack.decode(context.config, type=Plan)
        place = context.sandbox
        mapped = [
            _map(instance, where, place)
            for instance, where in zip(context.inputs, plan.inputs, strict=True)
        ]
        for path in plan.outputs:
            (place / path).parent.mkdir(parents=True, exist_ok=True)
        _run(context, plan)
        for instance in mapped:
            instance.check_links()
        return [
            _take(context, path, spec)
            for path, spec in zip(plan.outputs, context.outputs, strict=True)
        ]


register(_Execute())


def _map(instance: DataInstance, where: Mapped, place: Path) -> DataInstance:
    path = place / where.path
    path.parent.mkdir(parents=True, exist_ok=True)
    if where.plain:
        instance = as_file(instance, where.path)
    if where.write:
        instance.write(path)
    else:
        instance.link(path)
    return instance


def _run(context: Context, plan: Plan) -> None:
    place = context.sandbox
    program = plan.command[0]
    try:
        status, said = context.run_program(
            plan.command,
            place / plan.stdin if plan.stdin else None,
            place / plan.stdout if plan.stdout else None,
        )
    except FileNotFoundError as error:
        raise TaskError(
            f"Program {program!r} not found on this engine; is it installed and on PATH?"
        ) from error
    except OSError as error:
        raise TaskError(f"Program {program!r} cannot be run: {error.strerror}") from error
    if status < 0:
        raise TaskError(f"Program terminated by signal {_signal(-status)}\nStderr: {said}")
    if status > 0:
        raise TaskError(f"Program exit with exit code {status}\nStderr: {said}")


def _signal(number: int) -> str:
    known = {each.value: each.name for each in signal.Signals}
    return f"{number} ({known[number]})" if number in known else str(number)


def _take(context: Context, path: str, spec: ObjectSpec) -> DataInstance:
    """Move what the program made out of the working directory."""
    made = context.sandbox / path
    if not made.exists():
        raise TaskError(
            f"Path {path!r} not found: the program made no such file for its output "
            f"{spec.label!r}; it left {_left(context.sandbox)}"
        )
    kind = DataType.DIR if made.is_dir() else DataType.BLOB
    if kind is not spec.data_type:
        raise TaskError(
            f"Output {spec.label!r} (content_type={spec.content_type!r}) expects type "
            f"{spec.data_type}, but {kind} is provided"
        )
    if made.is_symlink():
        _copy_in(made, kind)
    if kind is DataType.DIR:
        return context.stage_directory(path)
    return context.stage_file(path, spec.content_type)


def _copy_in(made: Path, kind: DataType) -> None:
    """Put what a link names in the link's place: it may name an input in the store."""
    named = Path(os.path.realpath(made))
    made.unlink()
    if kind is DataType.DIR:
        shutil.copytree(named, made, symlinks=True)
    else:
        shutil.copyfile(named, made)


def _left(place: Path) -> str:
    names = sorted(_files(place))
    if not names:
        return "no files"
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more


def _files(place: Path) -> Iterator[str]:
    for folder, _, names in os.walk(place):
        for name in names:
            path = Path(folder, name).relative_to(place).as_posix()
            if not path.startswith(".flowlab-"):
                yield path
