"""What the notebook shows: a live view, a picture or a line of text, by policy.

A front end that sends cell ids gets the live view at once, or a picture that is replaced when the
graph is done. Headless (nbclient, papermill, nbconvert) outputs of a finished cell are lost, so
`%submit` waits there, says one line a second at most, and leaves the final picture. A terminal
gets text alone.
"""

import time
from collections.abc import Iterable, Sequence

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from flowlab.errors import CellError
from flowlab.graph.nodes import DataObject, Task
from flowlab.notebook.config import FlowLab
from flowlab.notebook.definitions import Definition
from flowlab.notebook.outputs import Outputs
from flowlab.notebook.watch import Watch
from flowlab.notebook.widget import BUILD, is_built
from flowlab.session.session import Session
from flowlab.view import text

TOLD_SECONDS = 0.2  # the first picture waits so long, at most, for what it is to show
LINE_SECONDS = 1.0  # between two lines of progress


class Screen:
    """The outputs of one shell's magics.

    front_end  whether the running cell came from a front end that shows updates of its output
    """

    def __init__(self, config: FlowLab, shell: InteractiveShell) -> None:
        self.front_end = False
        self._config = config
        self._kernel = getattr(shell, "kernel", None) is not None
        self._watch: Watch | None = None
        self._outputs = Outputs(config, shell)
        self._told = False  # that there is no live view, and why

    @property
    def policy(self) -> str:
        """`widget`, `static`, `text` or `none`."""
        wanted = str(self._config.display)
        if wanted == "auto":
            wanted = "widget" if self._kernel else "text"
        return wanted if wanted != "widget" or (self.front_end and is_built()) else "static"

    @property
    def outputs(self) -> Outputs:
        """What is brought up to date, for tests and for who wants to look."""
        return self._outputs

    def say_defined(self, definition: Definition) -> None:
        """One line: what the task reads, what it captured with its size, what it makes."""
        if self.policy == "none":
            return
        reads = ", ".join(definition.origins) or "nothing"
        makes = ", ".join(definition.bound) or "nothing"
        captured = "".join(f", captures {name}" for name in definition.captured)
        print(f"task {definition.task_name}: reads {reads}{captured}; makes {makes}")
        for warning in definition.warnings:
            print(f"  {definition.where}, {warning}")

    def submit(
        self,
        session: Session,
        renewed: Iterable[Definition],
        errors: Iterable[CellError],
        *,
        wait: bool,
    ) -> None:
        """Submit, and show the graph now and when it is done."""
        for error in errors:
            print(f"left out: {error}")
        again = ", ".join(definition.task_name for definition in renewed)
        if again and self.policy != "none":
            print(f"declared again, because what they read was replaced: {again}")
        watch = self._follow(session)
        declared = [task.task_id for task in session.declared]
        session.submit()
        watch.expect(declared)
        policy = self.policy
        updated = self.front_end and policy in ("widget", "static")
        if updated:
            self._tell_of_build()
            watch.await_told(TOLD_SECONDS)
            self._outputs.show(watch, alive=policy == "widget")
        if wait or (not self.front_end and self._kernel):
            self._block(watch, cancel=wait)
        if not updated and policy != "none":
            _leave(watch, policy)

    def close(self) -> None:
        """Leave a picture of what was seen last; nothing of ours runs any longer."""
        self._outputs.close()
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def wait(self, session: Session, things: Sequence[Task | DataObject]) -> None:
        """Wait for these, or for all; an interrupt stops them when so configured."""
        try:
            if things:
                session.wait(things)
            else:
                session.wait_all()
        except KeyboardInterrupt:
            if self._config.cancel_on_interrupt:
                session.cancel(tasks_of(things) or None)
            raise

    def status(self, session: Session | None, stale: Sequence[str]) -> None:
        """The graph as an outline, the cells to be declared again, the engines."""
        if session is None:
            print("no session yet; the first %%task opens one")
            return
        print(text.outline(self._follow(session).view))
        if stale:
            print(f"stale, declared again at the next %submit: {', '.join(stale)}")
        for name, value in session.describe().items():
            print(f"{name}: {value}")

    def _follow(self, session: Session) -> Watch:
        if self._watch is None or self._watch.session is not session:
            if self._watch is not None:
                self._watch.close()
            self._watch = Watch(session, self._notice, self._outputs.news)
        return self._watch

    def _notice(self, notice: str) -> None:
        if self.policy != "none":
            print(f"flowlab: {notice}")

    def _tell_of_build(self) -> None:
        wanted = self._config.display in ("auto", "widget")
        if wanted and not is_built() and not self._told:
            self._told = True
            print(f"flowlab: a picture, since the live view was not built; to build it: {BUILD}")

    def _block(self, watch: Watch, *, cancel: bool) -> None:
        """Wait for the whole graph, saying one line a second at most where people read along."""
        session = watch.session
        said, last = time.monotonic(), ""
        try:
            while not watch.await_done(LINE_SECONDS):
                over = session.settled(0) or session.state != "open"  # raises when the link is gone
                if over and not watch.await_done(LINE_SECONDS):
                    break  # nothing more will come: show what there is
                line, now = text.summary(watch.view), time.monotonic()
                if line != last and self.policy == "text" and now - said >= LINE_SECONDS:
                    print(line, flush=True)
                    said, last = now, line
        except KeyboardInterrupt:
            if cancel and self._config.cancel_on_interrupt:
                session.cancel(None)
            raise


def _leave(watch: Watch, policy: str) -> None:
    """Show how it ended, where nothing is brought up to date."""
    picture = watch.picture()
    if policy == "static":
        display(picture, raw=True)
    else:
        print(picture["text/plain"])


def tasks_of(things: Iterable[Task | DataObject]) -> list[Task]:
    """The tasks, and the tasks that make the objects."""
    found = [thing if isinstance(thing, Task) else thing.task for thing in things]
    return [task for task in found if task is not None]
