"""`Node`: a node script as a task, on a host that one may choose.

After LOFAR's "Pipeline-native task distribution".
"""

import os
import shlex
from collections.abc import Sequence
from typing import Any

from flowlab.errors import UsageError
from flowlab.graph.active import active_session
from flowlab.graph.nodes import Task
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.bundle import Bundle
from flowlab.tasks.arguments import pack, pack_arguments
from flowlab.tasks.job import KIND, JobPlan, encode_plan
from flowlab.tasks.jobfolder import JobFolder
from flowlab.tasks.objects import pickled
from flowlab.tasks.script import OBJECTS, THERE, Script, read_script

JOB, OUTPUTS, FILES = "job", "outputs", "files"  # labels of what a node script makes


# size: all that may be said of a script, each by name
def Node(  # noqa: N802 - a kind of task, as Execute is
    script: str | os.PathLike[str],
    *arguments: Any,
    where: Any = None,
    limit: Any = None,
    name: str | None = None,
    cpus: int = 1,
    check: bool = False,
    bundle: Any = None,
    stage_point: Any = None,
    session: Owner | None = None,
) -> Task:
    """Run a node script, a program of its own, on an engine.

    Its outputs are `job` (JSON: returncode, duration, usage, host, engine, and the last lines that
    it said) and `outputs`, a dictionary that the script made. What it prints and logs becomes log
    records while it runs.

    script     a file of this host, or the text of one; it travels with the modules beside it
    arguments  as text, when it calls `run_with_logging` or is any other program; as they are, when
               it calls `run_with_stored_arguments`. An object arrives as a file, or as its value
    where      host by name, engine by number, or several of them
    check      its task fails when its exit status is not 0; else that is a result like any other
    """
    found = read_script(script)
    command = ("python", found.path)
    return declare_node(
        command, found, arguments, where=where, limit=limit, name=name or found.name, cpus=cpus,
        check=check, bundle=bundle, stage_point=stage_point, session=session,
    )  # fmt: skip


# size: what is said of the script, and what of its task
def declare_node(
    command: Sequence[str],
    script: Script | None,
    arguments: Sequence[Any],
    *,
    name: str,
    folder: JobFolder | None = None,
    large: bool = False,
    check: bool = False,
    bundle: Any = None,
    **claims: Any,
) -> Task:
    """Declare a node script by its command, whose words name it where it will lie.

    script  None for a program or script that the host has
    folder  the job's directory: files that the arguments name travel to the host and back
    large   whether an argument may be, to a script that takes objects: it is made one of the graph
    claims  what `Task` takes
    """
    owner: Owner = claims["session"] if claims.get("session") is not None else active_session()
    given = list(arguments) if folder is None else [folder.read(each) for each in arguments]
    if large and script is not None and script.way == OBJECTS:
        given = [_travelling(each, owner) for each in given]
    named = [(str(place), value) for place, value in enumerate(given)]
    data, found, shared = pack_arguments(name, named, owner)
    if shared:
        raise _no_shared(name)
    files = [] if folder is None else folder.files(arguments)
    plan = JobPlan(
        tuple(command),
        script.way if script is not None else THERE,
        data,
        tuple(one for one, _ in files),
        check,
    )
    outputs: list[Output] = [
        Output(JOB, content_type="json"),
        Output(OUTPUTS, content_type="pickle"),
    ]
    if folder is not None:
        outputs.append(OutputDir(FILES))
    shipped = [script.bundle] if script is not None else []
    others = [bundle] if isinstance(bundle, Bundle) else list(bundle or ())
    return Task(
        KIND,
        inputs=[
            *(obj for _, obj in files if obj is not None),
            *(o for part in found for o in part),
        ],
        outputs=outputs,
        config=encode_plan(plan),
        source=shlex.join(command),
        name=name,
        bundle=[*shipped, *others],
        **claims,
    )


def _travelling(value: Any, owner: Owner) -> Any:
    """An argument: small as it is, large as an object; one that holds promises as it is."""
    try:
        data, found, shared = pack([value], owner)
    except Exception:  # noqa: BLE001 - with its name it is told by who packs all of them
        return value
    is_small = len(data) <= INLINE_OBJECT or any(found) or shared
    return value if is_small else pickled(value, "argument", session=owner)


def _no_shared(name: str) -> UsageError:
    return UsageError(
        f"the node script {name} cannot be given shared objects, for it is a process of its own; "
        "use them in a task, and give the script what comes of it"
    )
