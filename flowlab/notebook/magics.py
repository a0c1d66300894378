"""The magics. Each parses its words, calls the workspace or its session, and displays."""

from collections.abc import Callable

from IPython.core.error import UsageError as WrongWords
from IPython.core.interactiveshell import InteractiveShell

from flowlab.graph.nodes import Task
from flowlab.model.specs import Place
from flowlab.notebook import options
from flowlab.notebook.definitions import read_definition
from flowlab.notebook.display import Screen, tasks_of
from flowlab.notebook.nodes import NodeCell, NodeResults
from flowlab.notebook.resolver import find_bundles
from flowlab.notebook.shipping import Shipping
from flowlab.notebook.workspace import Workspace
from flowlab.staging.command import gc_lines
from flowlab.staging.instance import DataInstance


class FlowMagics:
    """The verbs of one notebook; extension.py registers them under the names that are free.

    close  ends the session, its engines and what is shown alive
    """

    def __init__(
        self,
        shell: InteractiveShell,
        workspace: Workspace,
        screen: Screen,
        close: Callable[[], None],
    ) -> None:
        self._shell = shell
        self._close = close
        self._workspace = workspace
        self._screen = screen
        self._shipping = Shipping()

    def verbs(self) -> dict[str, Callable[[str], object]]:
        """Every line verb by name."""
        return {
            "submit": self.submit, "fetch": self.fetch, "wait": self.wait, "status": self.status,
            "cancel": self.cancel, "why": self.why, "ship": self.ship, "stage": self.stage,
            "gc": self.gc, "close": self.close,
        }  # fmt: skip

    def cell_verbs(self) -> dict[str, Callable[[str, str], object]]:
        """Every cell verb by name."""
        return {"task": self.task, "node": self.node}

    def task(self, line: str, cell: str) -> None:
        """Make the cell a task; see `%%task?` for its options."""
        words = options.TASK.read(line)
        place, where = self._place()
        body = f"\n{cell}"  # line 1 is the magic's: tracebacks count as the notebook does
        definition = read_definition(vars(words), body, place, where)
        self._screen.say_defined(self._workspace.define(definition))

    def node(self, line: str, cell: str) -> NodeResults:
        """Run the cell as a node script on hosts; see `%%node?` for its options."""
        words = options.NODE.read(line)
        place, where = self._place()
        made = NodeCell(
            source=f"\n{cell}",
            where=where,
            place=place,
            hosts=tuple(int(each) if each.isdecimal() else each for each in words.hosts or ["any"]),
            words=tuple(words.args),
            bundles=tuple(find_bundles(where, words.bundle, self._workspace.names)),
            claims={"cpus": words.cpus, "limit": words.limit},
        )
        results = made.run(self._workspace.session)
        for text in results.said():
            print(text)
        return results

    def submit(self, line: str) -> None:
        """Start what was declared; returns at once, and draws the graph."""
        words = options.SUBMIT.read(line)
        renewed, errors = self._workspace.renew()
        self._screen.submit(self._workspace.session, renewed, errors, wait=words.wait)

    def fetch(self, line: str) -> object:
        """Wait for an object and give its value; a directory comes as a DataInstance."""
        thing = self._workspace.find(options.FETCH.read(line).object)
        if isinstance(thing, Task) and not thing.makes:
            thing.wait()  # its failure comes first
            raise WrongWords(
                f"%fetch: task {thing.name!r} makes nothing; end its cell with an expression, or -o"
            )
        obj = thing.output if isinstance(thing, Task) else thing
        return value_of(obj.fetch())

    def wait(self, line: str) -> None:
        """Wait until tasks ended; ■ stops them."""
        names = options.WAIT.read(line).names
        self._screen.wait(self._workspace.session, [self._workspace.find(name) for name in names])

    def cancel(self, line: str) -> None:
        """Stop tasks; what depends on them is skipped."""
        self._workspace.session.cancel(self._tasks(options.CANCEL.read(line).names))

    def why(self, line: str) -> None:
        """Say why tasks are not running, why they ran again, or why they failed."""
        for task in self._tasks(options.WHY.read(line).names):
            print(f"{task.name}: {self._workspace.session.explain(task)}")

    def stage(self, line: str) -> None:
        """Say through where large files go between hosts, or show it; `none` takes it back."""
        url = options.STAGE.read(line).url
        session = self._workspace.session
        if url is not None:
            session.stage_point = None if url == "none" else url
        print(f"stage point: {session.stage_point or 'none; files go between hosts in pieces'}")

    def ship(self, line: str) -> None:
        """Make the notebook's own modules importable in the tasks that are declared from now on."""
        print(self._shipping.ship(options.SHIP.read(line).names, self._workspace.session))

    def status(self, line: str) -> None:
        """Show the graph as text, and the engines."""
        options.STATUS.read(line)
        self._screen.status(self._workspace.open_session, self._workspace.stale())

    def close(self, line: str) -> None:
        """End the session and its engines; the next cell opens others."""
        options.CLOSE.read(line)
        self._close()

    def gc(self, line: str) -> None:
        """List what dead sessions left at a stage point, or remove it."""
        words = options.GC.read(line)
        for told in gc_lines(words.url, words.older_than, remove=words.remove):
            print(told)

    def flowlab(self, line: str) -> object:
        """Any verb by its long name: `%flowlab VERB ...`."""
        verb, _, rest = line.strip().partition(" ")
        call = self.verbs().get(verb)
        if call is None:
            raise WrongWords(f"%flowlab {verb}: the verbs are {', '.join(sorted(self.verbs()))}")
        return call(rest)

    def flowlab_cell(self, line: str, cell: str) -> object:
        """The cell verbs by their long names: `%%flowlab task NAME ...`, `%%flowlab node ...`."""
        verb, _, rest = line.strip().partition(" ")
        call = self.cell_verbs().get(verb)
        if call is None:
            raise WrongWords(
                f"%%flowlab {verb}: a cell can be a task or a node script: %%flowlab task NAME, "
                "%%flowlab node HOST"
            )
        return call(rest, cell)

    def _place(self) -> tuple[Place, str]:
        """The running cell, and what people call it."""
        count = len(self._shell.user_ns["In"]) - 1  # when execution_count rises depends on IPython
        return Place(cell=count, line=1), f"In [{count}]"

    def _tasks(self, names: list[str]) -> list[Task]:
        cells = self._workspace.cells
        return tasks_of(self._workspace.find(name) for name in names or cells)


def value_of(instance: DataInstance) -> object:
    """What a notebook user expects of a fetched object: its value, or bytes without a type."""
    if instance.missing:
        return None
    if instance.data_type == "dir":
        return instance
    return instance.load() if instance.content_type else instance.get_bytes()
