"""A notebook that is open in JupyterLab or Notebook 7, driven by the application's own commands.

Commands are far steadier than clicks on buttons. Whether a cell runs is read from the cell: the
kernel's status turns idle after every message on a subshell, though the cell still runs.
"""

import re
from pathlib import Path
from typing import Any, Self

import nbformat
from nbformat.v4 import new_code_cell, new_notebook
from playwright.sync_api import ConsoleMessage, Error, Locator, Page

from tests.browser.jupyter import Jupyter

OPEN_SECONDS = 60
RUN_SECONDS = 60
OURS = re.compile(r"blob:|anywidget|flowlab", re.IGNORECASE)
SLOW_START = re.compile(r"Plugin \S+ .*(to activate)\b")

KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}

_READY = """() => {
    const panel = window.jupyterapp?.shell?.currentWidget;
    const kernel = panel?.sessionContext?.session?.kernel;
    return !document.getElementById('jupyterlab-splash') && Boolean(
        panel?.context?.isReady && panel.content?.widgets?.length
        && kernel?.connectionStatus === 'connected' && kernel.status === 'idle'
    );
}"""
_CELL = """(index) => {
    const cell = window.jupyterapp.shell.currentWidget.content.widgets[index];
    return {state: cell.model.executionState, count: cell.model.executionCount};
}"""
_START = """(index) => {
    const app = window.jupyterapp;
    const notebook = app.shell.currentWidget.content;
    notebook.deselectAll();
    notebook.activeCellIndex = index;
    const count = notebook.widgets[index].model.executionCount;
    app.commands.execute('notebook:run-cell');
    return count;
}"""
_ENDED = """([index, before]) => {
    const model = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
    return model.executionState === 'idle' && model.executionCount !== null
        && model.executionCount !== before;
}"""
_RUNNING = """(index) => {
    const model = window.jupyterapp.shell.currentWidget.content.widgets[index].model;
    return model.executionState === 'running';
}"""
_OUTPUTS = """(index) => window.jupyterapp.shell.currentWidget
    .content.widgets[index].model.outputs.toJSON()"""
_APPEND = """(source) => {
    const shared = window.jupyterapp.shell.currentWidget.content.model.sharedModel;
    shared.insertCell(shared.cells.length, {cell_type: 'code', source});
    return shared.cells.length - 1;
}"""
_COMMAND = "([name, given]) => { window.jupyterapp.commands.execute(name, given); }"
_THEMED = """(theme) => document.body.dataset.jpThemeName === theme
    && !document.getElementById('jupyterlab-splash')"""


class Complaints:
    """What a page said on its console or threw; `ours` are those that name our code."""

    def __init__(self, page: Page) -> None:
        self.all: list[str] = []
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning", "assert"):
            where = message.location.get("url", "")
            self.all.append(f"{message.type}: {message.text} ({where})")

    def _on_error(self, error: Error) -> None:
        self.all.append(f"thrown: {error.message}\n{error.stack or ''}")

    @property
    def ours(self) -> list[str]:
        """The applications have complaints of their own, which are no defects of ours.

        JupyterLab times each plugin's start, and names it when the machine is busy.
        """
        return [one for one in self.all if OURS.search(one) and not SLOW_START.search(one)]


class Notebook:
    """One open notebook; `cells` of it are counted from 0."""

    def __init__(self, page: Page, jupyter: Jupyter, path: Path, application: str) -> None:
        self.page = page
        self.path = path
        self.application = application
        self.complaints = Complaints(page)
        self._jupyter = jupyter
        self._before: dict[int, Any] = {}

    def open(self) -> Self:
        """Load the page and wait for the notebook and its kernel."""
        name = self.path.relative_to(self._jupyter.notebooks).as_posix()
        if self.application == "lab":
            # a workspace of its own, else the last test's notebooks open too
            place = f"lab/workspaces/{self.path.stem}/tree/{name}"
        else:
            place = f"notebooks/{name}"
        self.page.goto(self._jupyter.url(place))
        self._until(_READY, None, OPEN_SECONDS)
        return self

    def reload(self) -> None:
        """The user presses F5."""
        self.page.reload()
        self._until(_READY, None, OPEN_SECONDS)

    def start(self, cell: int) -> None:
        """Begin to run a cell."""
        self._before[cell] = self.page.evaluate(_START, cell)

    def finish(self, cell: int, seconds: float = RUN_SECONDS) -> list[dict[str, Any]]:
        """Wait for a cell that was started; its outputs."""
        self._until(_ENDED, [cell, self._before[cell]], seconds)
        return self.outputs(cell)

    def run(self, cell: int, seconds: float = RUN_SECONDS) -> list[dict[str, Any]]:
        """Run a cell to its end; its outputs."""
        self.start(cell)
        return self.finish(cell, seconds)

    def until_running(self, cell: int) -> None:
        """Wait until the kernel is at work on this cell."""
        self._until(_RUNNING, cell, RUN_SECONDS)

    def is_running(self, cell: int) -> bool:
        """Whether this cell is being run now."""
        return bool(self.page.evaluate(_CELL, cell)["state"] == "running")

    def append(self, source: str) -> int:
        """A new last cell; its number."""
        return int(self.page.evaluate(_APPEND, source))

    def execute(self, source: str, seconds: float = RUN_SECONDS) -> list[dict[str, Any]]:
        """Append a cell and run it; its outputs."""
        return self.run(self.append(source), seconds)

    def outputs(self, cell: int) -> list[dict[str, Any]]:
        """What the cell shows, as it will be saved."""
        found: list[dict[str, Any]] = self.page.evaluate(_OUTPUTS, cell)
        return found

    def errors(self) -> list[str]:
        """The tracebacks in all cells."""
        return [
            f"{output['ename']}: {output['evalue']}"
            for cell in range(self.count)
            for output in (self.outputs(cell) if self.is_code(cell) else [])
            if output["output_type"] == "error"
        ]

    def is_code(self, cell: int) -> bool:
        """Whether this cell can run."""
        source = "(i) => window.jupyterapp.shell.currentWidget.content.widgets[i].model.type"
        return bool(self.page.evaluate(source, cell) == "code")

    def cell_ids(self) -> list[str]:
        """The ids of all cells, in order."""
        source = """() => window.jupyterapp.shell.currentWidget.content.widgets
            .map((cell) => cell.model.sharedModel.id)"""
        return list(self.page.evaluate(source))

    @property
    def count(self) -> int:
        """How many cells there are."""
        source = "() => window.jupyterapp.shell.currentWidget.content.widgets.length"
        return int(self.page.evaluate(source))

    def output(self, cell: int) -> Locator:
        """Where the cell's outputs are drawn."""
        return self.page.locator(".jp-Notebook .jp-Cell").nth(cell).locator(".jp-Cell-outputArea")

    def show(self, cell: int) -> None:
        """Scroll to a cell, which draws it if it was not."""
        source = """(i) => { const n = window.jupyterapp.shell.currentWidget.content;
            n.activeCellIndex = i; return n.scrollToItem(i, 'start'); }"""
        self.page.evaluate(source, cell)

    def save(self) -> nbformat.NotebookNode:
        """Save; the notebook as it lies on disk."""
        self.page.evaluate("() => window.jupyterapp.shell.currentWidget.context.save()")
        return nbformat.read(self.path, as_version=4)

    def use_theme(self, theme: str) -> None:
        """`JupyterLab Light`, `JupyterLab Dark`, `JupyterLab Dark High Contrast`."""
        self.page.evaluate(_COMMAND, ["apputils:change-theme", {"theme": theme}])
        self._until(_THEMED, theme, OPEN_SECONDS)

    def close(self) -> None:
        """End the kernel and leave the page."""
        stop = "() => window.jupyterapp?.shell?.currentWidget?.sessionContext?.shutdown()"
        self.page.evaluate(stop)
        self.page.context.close()

    def _until(self, condition: str, given: Any, seconds: float) -> None:
        self.page.wait_for_function(condition, arg=given, timeout=seconds * 1000)


def write_notebook(path: Path, *sources: str) -> Path:
    """A new notebook of these code cells."""
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata=KERNEL), path)
    return path
