"""How a node script runs on an engine, as a program of its own; what comes of it is a result.

Whatever the script does, its exit status is told and its task is done: one that failed stops no
other. Only who asked for it by `check` lets the task fail.
"""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

import flowlab
from flowlab.errors import TaskError
from flowlab.model.specs import DataType
from flowlab.staging.host import host_name
from flowlab.staging.instance import DataInstance
from flowlab.tasks.arguments import pack, unpack
from flowlab.tasks.jobfiles import JobFile, JobFiles, walk
from flowlab.tasks.kind import Context, Ended, register
from flowlab.tasks.script import FOLDER, OBJECTS, PLAIN, STRINGS, THERE, way_there
from flowlab.tasks.talk import Talk

KIND = "node"
HOST_VARIABLE = "FLOWLAB_NODE"  # the host's name, for the script
ARGUMENTS_VARIABLE = "FLOWLAB_ARGUMENTS"  # the file of its arguments, when they are objects
_ARGUMENTS = f"{FOLDER}-arguments"

_PYTHON = frozenset({"python", "python3"})  # stand for the engine's own
_HEADS = {  # what stands before the arguments, for which the channel stands in
    PLAIN: (),
    STRINGS: ("localhost", "0"),  # host and port of the log
    OBJECTS: ("0", "localhost", "0"),  # number of the job; host and port of the master
}
_NOTHING = b"\x80\x05}\x94."  # a pickle of {}
_MISSING, _REFUSED = 127, 126  # what a shell says of a program that is not there, or is none


class JobPlan(msgspec.Struct, frozen=True, array_like=True):
    """What to run.

    command    words; behind them come the arguments
    way        how the script takes them: STRINGS, OBJECTS or PLAIN; THERE until that is known
    arguments  pickles of them, in which inputs stand
    files      of the job's directory, in the order of the first inputs
    check      the task fails with the script
    """

    command: tuple[str, ...]
    way: str
    arguments: bytes
    files: tuple[JobFile, ...] = ()
    check: bool = False


encode_plan = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(JobPlan).decode


class _Node:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        plan = _settled(_decode(context.config), context.sandbox)
        instances = list(context.inputs)
        count = sum(one.given for one in plan.files)
        files = JobFiles(context.sandbox, plan.files)
        files.write(instances[:count])
        words, variables = _prepare(context, plan, files, instances[count:])
        talk = Talk(host_name())
        ended = _attend(context, [*_program(plan), *words], variables, talk)
        talk.end()
        told = _told(context, ended, talk)
        context.user.update(returncode=ended.status, host=told["host"])
        if plan.check and ended.status != 0:
            raise TaskError(f"{context.spec.name or plan.command[-1]} ended with {ended.status}")
        outputs = DataInstance(DataType.BLOB, "pickle", talk.outputs or _NOTHING)
        made = [context.blob(json.dumps(told), content_type="json"), outputs]
        return [*made, files.take_changed(context)] if len(context.outputs) > len(made) else made


register(_Node())


def _settled(plan: JobPlan, place: Path) -> JobPlan:
    if plan.way != THERE:
        return plan
    return msgspec.structs.replace(plan, way=way_there(plan.command, place))


def _attend(context: Context, words: Sequence[str], variables: dict[str, str], talk: Talk) -> Ended:
    """Run it; a program that cannot be run is told as by a shell."""
    try:
        return context.attend_program(words, variables, talk.hear)
    except FileNotFoundError:
        talk.warn(f"{words[0]}: command not found")
        return Ended(_MISSING, 0.0, {})
    except OSError as error:
        talk.warn(f"{words[0]}: {error.strerror}")
        return Ended(_REFUSED, 0.0, {})


def _told(context: Context, ended: Ended, talk: Talk) -> dict[str, Any]:
    return {
        "returncode": ended.status,
        "duration": ended.seconds,
        "usage": ended.usage,
        "host": host_name(),
        "engine": int(context.info.governor),
        "said": talk.said,
    }


def _program(plan: JobPlan) -> list[str]:
    first, *others = plan.command
    return [sys.executable if first in _PYTHON else first, *others]


def _prepare(
    context: Context, plan: JobPlan, files: JobFiles, inputs: Sequence[DataInstance]
) -> tuple[list[str], dict[str, str]]:
    """The words behind the command, and the variables of the script."""
    place = context.sandbox
    variables = {
        HOST_VARIABLE: host_name(),
        "PYTHONUNBUFFERED": "1",  # a line is heard when it is printed
        "PYTHONDONTWRITEBYTECODE": "1",  # beside files of a bundle, which stay as they are
    }
    if plan.way != PLAIN or _program(plan)[0] == sys.executable:
        variables["PYTHONPATH"] = _python_path(place)  # another Python may not load ours
    head = list(_HEADS[plan.way])
    if plan.way != OBJECTS:
        given: list[Any] = [_as_file(one, place, each) for each, one in enumerate(inputs)]
        return [*head, *map(str, _located(plan, files, given))], variables
    data = plan.arguments
    if inputs or plan.files:
        given = [_as_value(one, place, each) for each, one in enumerate(inputs)]
        data = pack(_located(plan, files, given))[0]
    (place / _ARGUMENTS).write_bytes(data)
    variables[ARGUMENTS_VARIABLE] = str(place / _ARGUMENTS)
    return head, variables


def _located(plan: JobPlan, files: JobFiles, given: Sequence[Any]) -> list[Any]:
    """The arguments as they are here."""
    return [walk(value, files.located) for value in unpack(plan.arguments, given)]


def _python_path(place: Path) -> str:
    """Where the script finds modules: of its task's bundles, of the engine, and flowlab."""
    home = str(Path(flowlab.__file__).parent.parent)
    above = os.environ.get("PYTHONPATH")
    return os.pathsep.join([str(place), *([above] if above else []), home])


def _as_file(instance: DataInstance, place: Path, number: int) -> str:
    """An input as a file of the working directory; its path."""
    path = place / f"input_{number}"
    instance.link(path)
    return str(path)


def _as_value(instance: DataInstance, place: Path, number: int) -> Any:
    """An input as a value: of what has no type the bytes, of a directory its path."""
    if instance.missing:
        return None
    if instance.data_type is DataType.DIR:
        return _as_file(instance, place, number)
    return instance.load() if instance.content_type else instance.get_bytes()
