"""What a notebook has declared: its cells by task name, in the notebook's session.

The one rule: a cell run again replaces its task, and what read its outputs is declared anew at the
next submit. Objects stay immutable; only the notebook's names move on to the new ones.
"""

import os
from collections.abc import Callable, MutableMapping
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from flowlab.errors import CellError, UsageError
from flowlab.graph.nodes import DataObject, Task
from flowlab.notebook.cell import CellNames, analyse
from flowlab.notebook.definitions import STDOUT, Definition
from flowlab.notebook.resolver import Resolver, find_bundles, objects_behind
from flowlab.notebook.succession import Succession
from flowlab.session.client import Client
from flowlab.session.session import Session
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.shell import declare_shell


def notebook_name() -> str:
    """The name of the notebook's file, as far as the server told it to the kernel."""
    return Path(os.environ.get("JPY_SESSION_NAME", "")).stem or "notebook"


class Workspace:
    """The notebook's cells and its session; `names` is the notebook's namespace.

    The client comes from `make_client` at the first use, so that loading the extension starts
    nothing.
    """

    def __init__(self, names: MutableMapping[str, Any], make_client: Callable[[], Client]) -> None:
        self.names = names
        self.cells: dict[str, Definition] = {}
        self._succession = Succession()
        self._make_client = make_client
        self._client: Client | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The notebook's session, opened at first use; a closed one is replaced."""
        if self._session is None or not self._session.active:
            if self._client is None:
                self._client = self._make_client()
            name = notebook_name()
            self._session = self._client.new_session(name, default=True, on_error="continue")
            self.cells.clear()
            self._succession = Succession()
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
        """End session and engines, and unbind what was theirs; the next use opens others."""
        self.cells.clear()
        self._succession = Succession()
        if self._session is not None:
            self._unbind(lambda value: value.owner is self._session)
            self._session.close()
            self._session = None
        if self._client is not None:
            self._client.close()
            self._client = None

    def define(self, definition: Definition) -> Definition:
        """Make the cell a task and bind its outputs; replaces the task of an earlier run."""
        session = self.session
        old = self.cells.get(definition.task_name)
        self._declare(definition, session, old)
        self.cells[definition.task_name] = definition
        if old is not None:
            self._retire(old, definition.task)
        return definition

    def renew(self) -> tuple[list[Definition], list[CellError]]:
        """Declare again each cell that read what another cell has replaced since.

        Those that cannot be, because a cell no longer makes what they read, are taken out of the
        graph; the errors say so.
        """
        renewed, errors = [], []
        for stale in self._stale():
            again = replace(stale, task=None)
            try:
                self._declare(again, self.session, stale, follow=True)
            except CellError as error:
                errors.append(error)
            else:
                renewed.append(again)
            self.cells[stale.task_name] = again
            self._retire(stale, again.task)
        errors += self._leave_out_orphans()
        return renewed, errors

    def stale(self) -> list[str]:
        """Names of the cells that `renew` would declare again, makers before readers."""
        return [definition.task_name for definition in self._stale()]

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

    def _stale(self) -> list[Definition]:
        """Cells that read a replaced object, and those behind them; makers before readers."""
        makers = {obj: d for d in self.cells.values() if d.task for obj in d.task.outputs}
        ordered: dict[str, bool] = {}  # name -> whether it is stale

        def visit(definition: Definition) -> bool:
            if definition.task_name not in ordered:
                ordered[definition.task_name] = False  # a cell that is its own source ends here
                stale = False
                for obj in definition.origins.values():
                    latest = self._succession.latest(obj)
                    maker = makers.get(latest) if latest is not None else None
                    behind = maker is not None and visit(maker)
                    stale = stale or behind or latest is not obj
                del ordered[definition.task_name]  # its makers stand before it now
                ordered[definition.task_name] = stale and definition.task is not None
            return ordered[definition.task_name]

        for definition in self.cells.values():
            visit(definition)
        return [self.cells[name] for name, stale in ordered.items() if stale]

    def _leave_out_orphans(self) -> list[CellError]:
        """Take out calls that were declared, not submitted, and read what was replaced since."""
        if self._session is None:
            return []
        gone: set[DataObject] = set()
        errors = []
        for task in self._session.declared:
            lost = [o for o in task.inputs if o in gone or self._succession.is_replaced(o)]
            if lost:
                gone.update(task.outputs)
                self._session.discard(task)
                errors.append(
                    CellError(
                        f"{task!r} reads {lost[0]!r}, which was replaced by a cell that ran again; "
                        "run the cell that calls it again too"
                    )
                )
        return errors

    def _retire(self, old: Definition, task: Task | None) -> None:
        """Put a task, or none, in the place of a cell's old one."""
        if old.task is None:
            return
        outputs = set(old.task.outputs)
        self._unbind(lambda value: value in outputs)
        self._succession.replace(old.task, task)
        self.session.discard(old.task)

    def _unbind(self, is_gone: Callable[[DataObject | Task], bool]) -> None:
        for name in self.known_names():
            if is_gone(self.names[name]):
                del self.names[name]

    def _declare(
        self,
        definition: Definition,
        session: Session,
        old: Definition | None,
        *,
        follow: bool = False,
    ) -> None:
        """Declare the cell's task and bind its outputs.

        old     the cell as it was before: what came from itself is read as it was read then
        follow  read what the old one read, whatever the names stand for by now
        """
        self._resolve = Resolver(self.names, self._succession, old, follow)
        try:
            task = (
                self._shell(definition, session)
                if definition.shell
                else self._python(definition, session)
            )
        except CellError:
            raise
        except UsageError as error:
            raise CellError(f"{definition} cannot be declared: {error}") from None
        task.keep_outputs()
        definition.task = task
        for name, obj in zip(definition.bound, task.outputs, strict=True):
            self.names[name] = obj

    def _python(self, definition: Definition, session: Session) -> Task:
        found = analyse(definition.source, definition.where)
        definition.warnings = found.warnings
        wanted = dict.fromkeys(found.reads)
        wanted.update(
            (n, None) for n in found.starred if isinstance(self.names.get(n), DataObject | Task)
        )
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
            **definition.claims,
            bundle=find_bundles(definition, definition.bundles, self.names),
            session=session,
            place=definition.place,
        )

    def _shell(self, definition: Definition, session: Session) -> Task:
        inputs, origins = {}, {}
        for file, name in definition.inputs:
            found = self._resolve.object(definition, name)
            if found is None:
                self.find(name)  # raises: no object and no task has this name
                continue
            inputs[file] = origins[name] = found
        definition.reads, definition.origins = inputs, origins
        return declare_shell(
            name=definition.shown,
            source=definition.source,
            inputs=inputs,
            outputs=dict(definition.outputs) or {definition.task_name: STDOUT},
            **definition.claims,
            bundle=find_bundles(definition, definition.bundles, self.names),
            session=session,
            place=definition.place,
        )

    def _take(self, definition: Definition, local: str, name: str) -> None:
        """Make a name an edge of the graph or a captured value, or say that it is neither."""
        obj = self._resolve.object(definition, name)
        if obj is not None:
            definition.reads[local] = definition.origins[name] = obj
            return
        if name not in self.names:
            near = get_close_matches(name, self.names, 1)
            hint = f" (did you mean {near[0]!r}?)" if near else ""
            raise CellError(
                f"{definition} reads {name!r}, which is neither an object nor a value of this "
                f"notebook{hint}; declare it with %%task -o {name}, or assign it in a cell"
            )
        value = self.names[name]
        hidden = next(objects_behind(value), None)
        if hidden is not None:
            raise CellError(
                f"{definition} calls {name}(), which reads the object {hidden!r} as a global; "
                "give it to the function as an argument"
            )
        definition.captured[local] = value

    def _check_outputs(self, definition: Definition, found: CellNames) -> None:
        never = [label for _, label in definition.outputs if label not in found.writes]
        if never and not found.warnings:
            raise CellError(
                f"{definition} never assigns its output "
                f"{never[0]!r}; assign it at the cell's top level, or leave out `-o {never[0]}`"
            )
