"""A session's graph, to be looked at outside of a notebook too: as DOT and as SVG.

After Rain's `Session.make_graph`.
"""

import atexit
import os
import tempfile
import webbrowser
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from flowlab.errors import UsageError
from flowlab.events.messages import Entry, Submitted
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.ids import SessionId
from flowlab.model.payload import value_size
from flowlab.model.states import State
from flowlab.view.dot import make_dot
from flowlab.view.fold import fold
from flowlab.view.picture import View
from flowlab.view.svg import draw


class Graph:
    """What was declared in a session, as it stood when this was made."""

    def __init__(self, view: View, session: SessionId) -> None:
        self._view = view
        self._session = session

    def make_dot(self, name: str = "flowlab") -> str:
        """In Graphviz's language: tasks are ovals, objects boxes, kept ones outlined twice."""
        return make_dot(self._view, self._session, name)

    def make_svg(self) -> str:
        """As a picture; large graphs with their groups collapsed."""
        return draw(self._view, self._session)

    def write(self, path: str | Path) -> None:
        """Write a file: a picture when its name ends in .svg, else DOT."""
        path = Path(path)
        is_picture = path.suffix.lower() == ".svg"
        path.write_text(self.make_svg() if is_picture else self.make_dot(), encoding="utf-8")

    def show(self) -> None:
        """Open the picture in a browser; the file is removed when this process ends."""
        number, name = tempfile.mkstemp(prefix="flowlab-", suffix=".svg")
        atexit.register(Path(name).unlink, missing_ok=True)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            file.write(self.make_svg())
        if not webbrowser.open(Path(name).as_uri()):
            raise UsageError("no browser can be opened here; use write('graph.svg')")

    def _repr_svg_(self) -> str:
        return self.make_svg()

    def __repr__(self) -> str:
        return f"<Graph of {len(self._view.of(self._session))} tasks>"


def make_graph(
    session: SessionId,
    entries: Sequence[Entry],
    tasks: Sequence[Task],
    constants: Sequence[DataObject],
) -> Graph:
    """The graph of what was submitted, by its entries, and of what was only declared."""
    view = fold(View(), entries)
    rows = tuple(each.to_spec() for each in constants)
    rows += tuple(output.to_spec() for task in tasks for output in task.makes)
    sizes = tuple((each.object_id, value_size(each.value)) for each in constants)
    declared = Submitted(session, rows, tuple(task.to_spec() for task in tasks), sizes)
    view = fold(view, [Entry(view.seq + 1, 0.0, session, declared)])
    ours = {task.task_id: view.tasks[task.task_id] for task in tasks}
    shown = {one: replace(task, state=State.DECLARED) for one, task in ours.items()}
    counts = {**view.counts}
    if tasks:
        states = {**counts.get(session, {})}
        states[State.WAITING] = states.get(State.WAITING, 0) - len(tasks)
        states[State.DECLARED] = len(tasks)
        counts[session] = states
    return Graph(replace(view, tasks={**view.tasks, **shown}, counts=counts), session)
