"""How a program's task runs on an engine: files in, the program, files out."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import msgspec

from flowlab.errors import TaskError, UsageError
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register
from flowlab.tasks.plain import as_file
from flowlab.tasks.taking import InputFiles, Made, take_made

KIND = "execute"


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
    outputs: tuple[Made, ...] = ()
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
        _check_free(plan, place)
        mapped = [
            _map(context, instance, where)
            for instance, where in zip(context.inputs, plan.inputs, strict=True)
            if not (instance.missing and where.path != plan.stdin)
        ]
        writable = {each.path for each in plan.inputs if each.write}
        given = InputFiles(place, writable) if any(each.glob for each in plan.outputs) else None
        for made in plan.outputs:
            if not made.glob:
                _folder_of(made.path, place)
        _run(context, plan)
        for instance in mapped:
            instance.check_links()
        return [
            take_made(context, made, spec, given)
            for made, spec in zip(plan.outputs, context.outputs, strict=True)
        ]


register(_Execute())


def _check_free(plan: Plan, place: Path) -> None:
    """Raise UsageError when a file of a bundle is in the way of an input or output."""
    if not os.listdir(place):
        return
    wanted = [(each.path, "input") for each in plan.inputs]
    wanted += [(each.path, "output") for each in plan.outputs if not each.glob]
    for path, what in wanted:
        above = (str(each) for each in PurePosixPath(path).parents if not (place / each).is_dir())
        taken = [each for each in (path, *above) if os.path.lexists(place / each)]
        if taken:
            raise UsageError(
                f"{taken[0]!r} is a file of the task's bundle; give the {what} another path"
            )


def _map(context: Context, instance: DataInstance, where: Mapped) -> DataInstance:
    place = context.sandbox
    _folder_of(where.path, place)
    if where.plain:
        instance = as_file(instance, where.path)
    path = os.path.join(place, where.path)
    try:
        if where.write:
            instance.write(path)
        else:
            instance.link(path, lay=context.lay)
    except FileExistsError:
        raise _in_the_way(where.path, where.path) from None
    return instance


def _folder_of(path: str, place: Path) -> None:
    """Make the directory in which a file is to stand."""
    folder = os.path.dirname(path)
    if not folder:
        return
    try:
        os.makedirs(place / folder, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise _in_the_way(path, folder) from None


def _in_the_way(path: str, at: str) -> UsageError:
    return UsageError(
        f"{path!r} cannot be in the task's working directory: another input is in its way at "
        f"{at!r}; give one of them another path"
    )


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
