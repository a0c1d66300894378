"""A cell as the user wrote it: the words of `%%task`, its body, and what it was bound to."""

import builtins
import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import CellError
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.specs import Place
from flowlab.notebook.options import split_pair

STDOUT = "STDOUT"


@dataclass
class Definition:
    """A cell as the user wrote it, and the task that stands for it now.

    inputs    (local name or file, notebook name) of each -i
    outputs   (notebook name, name in the cell or file) of each -o
    reads     local name or file -> the object that the task reads
    origins   notebook name -> the object it stood for when the task was declared
    captured  local name -> value of the notebook that travels with the task
    shown     the task's name as people see it
    hosts     engines and hosts of each --where
    limits    name of each --limit
    bundles   notebook name of each --bundle
    """

    task_name: str
    source: str
    where: str
    place: Place
    shell: bool
    shown: str
    cpus: int
    hosts: tuple[int | str, ...]
    limits: tuple[str, ...]
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    bundles: tuple[str, ...] = ()
    task: Task | None = None
    reads: dict[str, DataObject] = field(default_factory=dict)
    origins: dict[str, DataObject] = field(default_factory=dict)
    captured: dict[str, Any] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"task {self.task_name!r} ({self.where})"

    @property
    def claims(self) -> dict[str, Any]:
        """What its task claims, and where it may run."""
        return {"cpus": self.cpus, "where": self.hosts or None, "limit": self.limits}

    @property
    def bound(self) -> tuple[str, ...]:
        """Notebook names that this cell's outputs are bound to, in the order of the outputs."""
        if self.task is None:
            return ()
        labels = [label or self.task_name for label in self.task.outputs.labels()]
        names = {label: name for name, label in self.outputs}
        return tuple(names.get(label, label) for label in labels)


def read_definition(
    options: Mapping[str, Any], source: str, place: Place, where: str
) -> Definition:
    """A definition from the words of `%%task` and the cell's body."""
    name = options["task"]
    shell = bool(options["sh"])
    if not shell and not name.isidentifier():
        raise CellError(
            f"{where}: a task's name is a Python name, not {name!r}; use --name for groups (a/b)"
        )
    if not shell and not options["output"]:
        list(_check_names([name], shell, where))  # the value is bound to the task's own name
    if options["cpus"] < 1:
        raise CellError(
            f"{where}: task {name!r} asks for {options['cpus']} cpus; it needs at least 1"
        )
    if not source.strip():
        raise CellError(f"{where}: task {name!r} has an empty body")
    return Definition(
        task_name=name,
        source=source,
        where=where,
        place=place,
        shell=shell,
        shown=options["name"] or name,
        cpus=options["cpus"],
        hosts=tuple(int(each) if each.isdecimal() else each for each in options["where"]),
        limits=tuple(options["limit"]),
        inputs=tuple(split_pair(text) for text in options["input"]),
        outputs=tuple(_check_names(options["output"], shell, where)),
        bundles=tuple(options["bundle"]),
    )


def _check_names(outputs: Iterable[str], shell: bool, where: str) -> Iterator[tuple[str, str]]:
    seen = set()
    for text in outputs:
        name, label = split_pair(text)
        if shell and "=" not in text and name != STDOUT:  # -o out.txt, -o 'out*' bind `out`
            name = re.split(r"[.*?\[]", name.rsplit("/", 1)[-1], maxsplit=1)[0]
        if not name.isidentifier():
            raise CellError(
                f"{where}: output {text!r} needs a name for the notebook: -o name={text}"
            )
        if not label:
            raise CellError(f"{where}: output {text!r} names nothing after the =")
        if keyword.iskeyword(name) or hasattr(builtins, name):
            raise CellError(f"{where}: output {name!r} would hide Python's own {name}; rename it")
        if name in seen:
            raise CellError(f"{where}: output {name!r} stands twice")
        seen.add(name)
        yield name, label
