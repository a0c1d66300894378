"""From a name in a cell to the object that it stands for."""

from collections.abc import Iterator, Mapping, Sequence
from types import FunctionType
from typing import Any

from flowlab.errors import CellError
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.standin import StandIn
from flowlab.notebook.definitions import Definition
from flowlab.notebook.succession import Succession, comes_from
from flowlab.staging.bundle import Bundle


class Resolver:
    """Resolves the names of one cell; see Workspace._declare for `old` and `follow`."""

    def __init__(
        self,
        names: Mapping[str, Any],
        succession: Succession,
        old: Definition | None,
        follow: bool,
    ) -> None:
        self._names = names
        self._succession = succession
        self._old = old
        self._follow = follow

    def object(self, definition: Definition, name: str) -> DataObject | None:
        """The object that the cell reads by this name; None when the name stands for none."""
        before = self._old.origins.get(name) if self._old is not None else None
        if before is not None and (self._follow or self._is_own(name)):
            latest = self._succession.latest(before)
            if latest is None:
                raise CellError(
                    f"{definition} reads {name!r}, which its cell does not make any longer; "
                    "run both cells again with the same -o"
                )
            return latest
        if self._is_own(name):
            raise CellError(f"{definition} would read {name!r}, which is made from its own output")
        return self._current(definition, name)

    def _is_own(self, name: str) -> bool:
        """Whether the name stands for what the old task of this very cell made, or led to."""
        if self._old is None or self._old.task is None:
            return False
        value = self._names.get(name)
        if isinstance(value, Task):
            return any(comes_from(obj, self._old.task.outputs) for obj in value.outputs)
        return isinstance(value, DataObject) and comes_from(value, self._old.task.outputs)

    def _current(self, definition: Definition, name: str) -> DataObject | None:
        value = self._names.get(name)
        if isinstance(value, StandIn):
            return to_dataobj(value)
        if not isinstance(value, Task):
            return value if isinstance(value, DataObject) else None
        if len(value.outputs) != 1:
            raise CellError(
                f"{definition} reads {name!r}, a task with {len(value.outputs)} outputs; "
                "bind the output to a name of its own and read that"
            )
        return value.output


def find_bundles(who: object, wanted: Sequence[str], names: Mapping[str, Any]) -> list[Bundle]:
    """The bundles that a cell's --bundle names; CellError for what is none."""
    for name in wanted:
        if not isinstance(names.get(name), Bundle):
            raise CellError(
                f"{who}: --bundle {name}: this name stands for no bundle of the notebook; "
                f"make it in a cell, as in {name} = flowlab.bundle('data/*.csv')"
            )
    return [names[name] for name in wanted]


def objects_behind(value: object, seen: set[int] | None = None) -> Iterator[str]:
    """Names of data objects that a notebook function would read as globals."""
    seen = set() if seen is None else seen
    if not isinstance(value, FunctionType) or id(value) in seen or value.__module__ != "__main__":
        return
    seen.add(id(value))
    for name in value.__code__.co_names:
        behind = value.__globals__.get(name)
        if isinstance(behind, DataObject | Task | StandIn):
            yield name
        else:
            yield from objects_behind(behind, seen)
