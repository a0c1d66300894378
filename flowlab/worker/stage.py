"""The stage on which tasks run: all that is put in place for a slice, and taken away after it.

Between slices the process belongs to others: `%px`, the kernel's own messages, and with `inline`
the user's notebook.
"""

import asyncio
import threading
from pathlib import Path

from flowlab.model.ids import EngineId
from flowlab.model.logrow import QUIET
from flowlab.worker.guard import Guard
from flowlab.worker.logtap import LogTap
from flowlab.worker.sandbox import Sandbox
from flowlab.worker.tap import Descriptors, Key, Tap
from flowlab.worker.writers import Streams

_NO_ENGINE = EngineId(0)


class Stage:
    """Sandbox, streams, log and SIGINT of the tasks of one engine."""

    def __init__(
        self, parent: Path, guard: Guard, engine: EngineId = _NO_ENGINE, *, inline: bool
    ) -> None:
        self.tap = Tap(engine)
        self.sandbox = Sandbox(parent, inline=inline)
        self._guard = guard
        self._inline = inline
        self._log = LogTap(self.tap, inline=inline)
        self._descriptors = None if inline else Descriptors(self.tap)
        self._streams: Streams | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def enter(self) -> None:
        """A slice begins."""
        if self._streams is None:
            self._guard.adopt_thread()
            self._log.adopt_thread()
            self._streams = Streams(self.tap, threading.get_ident() if self._inline else None)
        self.sandbox.enter()
        self._streams.enter()
        if self._descriptors is not None:
            self._descriptors.enter()
        self._log.enter()
        # The engine's event loop runs this slice: a task that calls asyncio.run must not see it
        self._loop = asyncio._get_running_loop()  # noqa: SLF001 - exported, documented as low-level
        asyncio._set_running_loop(None)  # noqa: SLF001 - see above

    def prepare(self, key: Key, level: int = QUIET) -> None:
        """All is as new for this task, of which log records from `level` on are wanted."""
        self.sandbox.prepare()
        self._log.prepare(key, level)
        if self._streams is not None:
            self._streams.repair()
        self._guard.install()
        self.tap.begin(key)

    def leave(self, *, resting: bool = True) -> None:
        """The slice ends: everything is as it was found; `resting`: no other one follows."""
        if self._loop is not None:
            asyncio.set_event_loop(self._loop)  # asyncio.run leaves none
            asyncio._set_running_loop(self._loop)  # noqa: SLF001 - see above
        self._log.leave()
        if self._descriptors is not None:
            self._descriptors.leave()
        if self._streams is not None:
            self._streams.leave()
        self.sandbox.leave()
        if resting:
            self.rest()

    def rest(self) -> None:
        """The engine holds nothing of the tasks that it ran."""
        self.sandbox.links.clear()

    def clear_up(self) -> None:
        """The task has ended: take the last it wrote, remove what it did not give away."""
        if self._descriptors is not None:
            self._descriptors.collect()
        self._log.end()
        if self.sandbox.has_staged:
            self.sandbox.empty_staged()

    def collect(self) -> None:
        """Take in what was written to the descriptors, and what children logged."""
        if self._descriptors is not None:
            self._descriptors.collect()
        self._log.collect()

    def close(self) -> None:
        """Remove the working directory."""
        self._log.finish()
        self.sandbox.close()
