"""What a notebook has declared: its cells by task name, in the notebook's session.

The one rule: a cell run again replaces its task, and what read its outputs is declared anew at the
next submit. Objects stay immutable; only the notebook's names move on to the new ones.
"""

from collections.abc import Callable, Iterator, MutableMapping
from difflib import get_close_matches
from types import FunctionType
from typing import Any

from flowlab.errors import CellError, UsageError
from flowlab.graph.nodes import DataObject, Task
from flowlab.notebook.cell import CellNames, analyse
from flowlab.notebook.definitions import STDOUT, Definition
from flowlab.session.client import Client
from flowlab.session.session import Session
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.shell import declare_shell


class Workspace:
    """The notebook's cells and its session; `names` is the notebook's namespace.

    The client comes from `make_client` at the first use, so that loading the extension starts
    nothing.
    """

    def __init__(self, names: MutableMapping[str, Any], make_client: Callable[[], Client]) -> None:
        self.names = names
        self.cells: dict[str, Definition] = {}
        self._make_client = make_client
        self._client: Client | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The notebook's session, opened at first use; a closed one is replaced."""
        if self._session is None or not self._session.active:
            if self._client is None:
                self._client = self._make_client()
            self._session = self._client.new_session("notebook", default=True, on_error="continue")
            self.cells.clear()
        return self._session

    @property
    def open_session(self) -> Session | None:
        """The session if there is one already."""
        return self._session if self._session is not None and self._session.active else None

    @property
    def client(self) -> Client | None:
        """The client if there is one already."""
        return self._client

    def close(self) -> None:
        """End the session and its engines; the next use opens others."""
        self.cells.clear()
        if self._session is not None:
            self._session.close()
            self._session = None
        if self._client is not None:
            self._client.close()
            self._client = None

    def define(self, definition: Definition) -> Definition:
        """Make the cell a task and bind its outputs; replaces the task of an earlier run."""
        session = self.session
        self._declare(definition, session)
        old = self.cells.pop(definition.task_name, None)
        self.cells[definition.task_name] = definition
        if old is not None and old.task is not None:
            session.discard(old.task)
        return definition

    def renew(self) -> list[Definition]:
        """Declare again each cell that read an object which another cell has replaced since."""
        renewed = []
        for definition in list(self.cells.values()):
            if self._is_stale(definition):
                old = definition.task
                self._declare(definition, self.session)
                if old is not None:
                    self.session.discard(old)
                renewed.append(definition)
        return renewed

    def stale(self) -> list[str]:
        """Names of the cells that `renew` would declare again, those behind them included."""
        behind: set[int] = set()
        found = []
        for definition in self.cells.values():
            read = {id(obj) for obj in definition.origins.values()}
            if self._is_stale(definition) or read & behind:
                found.append(definition.task_name)
                if definition.task is not None:
                    behind |= {id(obj) for obj in definition.task.outputs}
        return found

    def find(self, name: str) -> Task | DataObject:
        """The task or object that a name stands for; raises UsageError with the nearest name."""
        value = self.names.get(name)
        if isinstance(value, DataObject | Task):
            return value
        definition = self.cells.get(name)
        if definition is not None and definition.task is not None:
            return definition.task
        known = [*self.known_names(), *self.cells]
        near = get_close_matches(name, known, 1)
        hint = (
            f"did you mean {near[0]!r}?"
            if near
            else f"known are: {', '.join(sorted(set(known))) or 'none'}"
        )
        raise UsageError(f"{name!r} is no task and no object of this notebook; {hint}")

    def known_names(self) -> list[str]:
        """Notebook names that stand for objects or tasks."""
        return [
            n
            for n, v in list(self.names.items())
            if isinstance(v, DataObject | Task) and n[0] != "_"
        ]

    def _is_stale(self, definition: Definition) -> bool:
        """Whether a name that the cell read stands for another object now."""
        return any(
            name not in definition.bound and self._current(name) not in (None, obj)
            for name, obj in definition.origins.items()
        )

    def _current(self, name: str) -> DataObject | None:
        """The object that a notebook name stands for, or None."""
        value = self.names.get(name)
        if isinstance(value, Task) and len(value.outputs) == 1:
            return value.output
        return value if isinstance(value, DataObject) else None

    def _declare(self, definition: Definition, session: Session) -> None:
        task = (
            self._shell(definition, session)
            if definition.shell
            else self._python(definition, session)
        )
        task.keep_outputs()
        definition.task = task
        for name, obj in zip(definition.bound, task.outputs, strict=True):
            self.names[name] = obj

    def _python(self, definition: Definition, session: Session) -> Task:
        found = analyse(definition.source, definition.where)
        definition.warnings = found.warnings
        wanted = dict.fromkeys(found.reads)
        wanted.update((n, None) for n in found.starred if self._current(n) is not None)
        definition.reads, definition.origins, definition.captured = {}, {}, {}
        for name in wanted:
            self._take(definition, name, name)
        for local, name in definition.inputs:
            self._take(definition, local, name)
        self._check_outputs(definition, found)
        labels = [label for _, label in definition.outputs]
        return declare_cell(
            name=definition.shown,
            source=definition.source,
            filename=definition.where,
            reads=definition.reads,
            captured=definition.captured,
            outputs=labels,
            last_value=definition.task_name if found.value and not labels else None,
            cpus=definition.cpus,
            session=session,
            place=definition.place,
        )

    def _shell(self, definition: Definition, session: Session) -> Task:
        inputs = {file: self._object(definition, name) for file, name in definition.inputs}
        definition.reads = inputs
        definition.origins = {name: inputs[file] for file, name in definition.inputs}
        return declare_shell(
            name=definition.shown,
            source=definition.source,
            inputs=inputs,
            outputs=dict(definition.outputs) or {definition.task_name: STDOUT},
            cpus=definition.cpus,
            session=session,
            place=definition.place,
        )

    def _take(self, definition: Definition, local: str, name: str) -> None:
        """Make a name an edge of the graph or a captured value, or say that it is neither."""
        if name not in self.names:
            near = get_close_matches(name, self.names, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise CellError(
                f"{definition} reads {name!r}, which is neither an object nor a value of this "
                f"notebook{hint}; declare it with %%task -o {name}, or assign it in a cell"
            )
        value = self.names[name]
        if isinstance(value, DataObject | Task):
            definition.reads[local] = definition.origins[name] = self._object(definition, name)
            return
        hidden = next(_objects_behind(value), None)
        if hidden is not None:
            raise CellError(
                f"{definition} calls {name}(), which reads the object {hidden!r} as a global; "
                "give it to the function as an argument"
            )
        definition.captured[local] = value

    def _object(self, definition: Definition, name: str) -> DataObject:
        value = self.find(name)
        if isinstance(value, DataObject):
            return value
        if len(value.outputs) != 1:
            raise CellError(
                f"{definition} reads {name!r}, a task with {len(value.outputs)} outputs; "
                "bind the output to a name of its own and read that"
            )
        return value.output

    def _check_outputs(self, definition: Definition, found: CellNames) -> None:
        never = [label for _, label in definition.outputs if label not in found.writes]
        if never and not found.warnings:
            raise CellError(
                f"{definition} never assigns its output "
                f"{never[0]!r}; assign it at the cell's top level, or leave out `-o {never[0]}`"
            )


def _objects_behind(value: object, seen: set[int] | None = None) -> Iterator[str]:
    """Names of data objects that a notebook function would read as globals."""
    seen = set() if seen is None else seen
    if not isinstance(value, FunctionType) or id(value) in seen or value.__module__ != "__main__":
        return
    seen.add(id(value))
    for name in value.__code__.co_names:
        behind = value.__globals__.get(name)
        if isinstance(behind, DataObject | Task):
            yield name
        else:
            yield from _objects_behind(behind, seen)
