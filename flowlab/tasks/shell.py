"""A shell cell as a task: `/bin/sh -c` with the notebook's objects as its files."""

import glob
from collections.abc import Mapping
from typing import Any

from flowlab.errors import CellError
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output
from flowlab.model.specs import DataType, Place
from flowlab.tasks.execute import STDOUT, check_path
from flowlab.tasks.program import KIND, Mapped, Plan, encode_plan
from flowlab.tasks.taking import Made

PRINTED = "STDOUT"  # stands for the file of an output that is what the cell prints


# size: all that makes a shell cell a task, each by name
def declare_shell(
    *,
    name: str,
    source: str,
    inputs: Mapping[str, DataObject],
    outputs: Mapping[str, str],
    cpus: int = 1,
    where: Any = None,
    limit: Any = None,
    bundle: Any = None,
    session: Owner | None = None,
    place: Place | None = None,
) -> Task:
    """Declare a shell cell as a task.

    inputs   file -> the object that it holds: text and bytes as they are, tables as NAME.csv
    outputs  label -> file that the cell makes, `DIRECTORY/`, `PATTERN*`, or STDOUT
    """
    made = [_output(label, file) for label, file in outputs.items()]
    paths = tuple(STDOUT if file == PRINTED else file.rstrip("/") for file in outputs.values())
    for path in (*inputs, *paths):
        check_path(path)
    for path in paths:
        if paths.count(path) > 1:
            file = PRINTED if path == STDOUT else path
            raise CellError(f"task {name!r}: two of its outputs are {file!r}")
    mapped = tuple(Mapped(path, plain=True) for path in inputs)
    files = tuple(Made(path, glob=glob.has_magic(path)) for path in paths)
    plan = Plan(("/bin/sh", "-c", source), mapped, files, "", STDOUT if STDOUT in paths else "")
    return Task(
        KIND,
        inputs=list(inputs.items()),
        outputs=made,
        config=encode_plan(plan),
        name=name,
        cpus=cpus,
        where=where,
        limit=limit,
        bundle=bundle,
        session=session,
        place=place,
        source=source,
    )


def _output(label: str, file: str) -> Output:
    if file == PRINTED:
        return Output(label, content_type="text")
    is_directory = file.endswith("/") or glob.has_magic(file)
    return Output(label, data_type=DataType.DIR if is_directory else DataType.BLOB)
