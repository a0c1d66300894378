"""What the notebook shows: one line of text, a picture of the graph, both brought up to date.

A front end that sends cell ids gets a picture at once, which is replaced when the graph is done.
Headless (nbclient, papermill, nbconvert) outputs of a finished cell are lost, so `%submit` waits
there, says one line a second at most, and leaves the final picture. A terminal gets text alone.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import DisplayHandle, display

from flowlab.errors import CellError
from flowlab.events.messages import Entry, Noticed, Submitted
from flowlab.graph.nodes import DataObject, Task
from flowlab.notebook.config import FlowLab
from flowlab.notebook.definitions import Definition
from flowlab.session.session import Session
from flowlab.view import svg, text
from flowlab.view.fold import Folder

LINE_SECONDS = 1.0  # between two lines of progress


class Screen:
    """The outputs of one shell's magics.

    front_end  whether the running cell came from a front end that shows updates of its output
    """

    def __init__(self, config: FlowLab, shell: InteractiveShell) -> None:
        self.front_end = False
        self._config = config
        self._kernel = getattr(shell, "kernel", None) is not None
        self._watched: Session | None = None
        self._folder = Folder()
        self._expected = 0  # tasks that were submitted, and how many of them the stream has told
        self._came = 0
        self._news = threading.Condition()
        self._unfollow: Callable[[], object] = lambda: None
        self._open: list[DisplayHandle] = []

    @property
    def policy(self) -> str:
        """`static`, `text` or `none`."""
        if self._config.display != "auto":
            return str(self._config.display)
        return "static" if self._kernel else "text"

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
        self._watch(session)
        count = session.task_count
        session.submit()
        self._expected += count
        live = self.front_end and self.policy == "static"
        if live:
            with self._news:
                self._open.append(display(self._bundle(), raw=True, display_id=True))
            self._finish()
        if wait or (not self.front_end and self._kernel):
            self._block(session, cancel=wait)
        if not live and self.policy != "none":
            self._leave()

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
        self._watch(session)
        print(text.outline(self._folder.view))
        if stale:
            print(f"stale, declared again at the next %submit: {', '.join(stale)}")
        for name, value in session.describe().items():
            print(f"{name}: {value}")

    def _watch(self, session: Session) -> None:
        if self._watched is session:
            return
        self._unfollow()
        with self._news:
            self._watched, self._folder, self._open = session, Folder(), []
            self._expected = self._came = 0

        def take(entries: Sequence[Entry]) -> None:
            if self._watched is session:  # a batch may be under way when another is followed
                self._take(entries)

        self._unfollow = session.follow(take)

    def _take(self, entries: Sequence[Entry]) -> None:
        """Fold what came; called in the link's thread, in order."""
        for entry in entries:
            if isinstance(entry.event, Submitted):
                self._came += len(entry.event.tasks)
            elif isinstance(entry.event, Noticed) and self.policy != "none":
                print(f"flowlab: {entry.event.text}")
        with self._news:
            self._folder.add(entries)
            self._news.notify_all()
        self._finish()

    def _is_done(self) -> bool:
        return self._came >= self._expected and self._folder.unfinished == 0

    def _finish(self) -> None:
        """Bring the open pictures up to date once the graph is done."""
        with self._news:
            handles = self._open if self._is_done() else []
            if handles:
                self._open = []
        for handle in handles:
            handle.update(self._bundle(), raw=True)

    def _await_done(self) -> bool:
        """Wait a moment for the graph; whether what is shown of it is done."""
        with self._news:
            return self._news.wait_for(self._is_done, LINE_SECONDS)

    def _bundle(self) -> dict[str, str]:
        view = self._folder.view
        return {"image/svg+xml": svg.draw(view), "text/plain": text.summary(view)}

    def _leave(self) -> None:
        if self.policy == "static":
            display(self._bundle(), raw=True)
        else:
            print(text.summary(self._folder.view))

    def _block(self, session: Session, *, cancel: bool) -> None:
        """Wait for the whole graph, saying one line a second at most where people read along."""
        said, last = time.monotonic(), ""
        try:
            while not self._await_done():
                over = session.settled(0) or session.state != "open"  # raises when the link is gone
                if over and self._await_done() is False:
                    break  # nothing more will come: show what there is
                line, now = text.summary(self._folder.view), time.monotonic()
                if line != last and self.policy == "text" and now - said >= LINE_SECONDS:
                    print(line, flush=True)
                    said, last = now, line
        except KeyboardInterrupt:
            if cancel and self._config.cancel_on_interrupt:
                session.cancel(None)
            raise


def tasks_of(things: Iterable[Task | DataObject]) -> list[Task]:
    """The tasks, and the tasks that make the objects."""
    found = [thing if isinstance(thing, Task) else thing.task for thing in things]
    return [task for task in found if task is not None]
