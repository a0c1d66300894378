"""The handler by which log records of tasks reach the tap: complete, and never a burden to others.

It stands at the root logger while tasks run, from the level on that the session asked for. A record
of a thread that is not the task's is left to the process; a task that logs faster than its records
become safe waits, as it would for a slow handler of its own.
"""

import logging
import os
import threading
import weakref

from flowlab.model.logrow import QUIET
from flowlab.worker.offspring import Offspring
from flowlab.worker.records import make_row
from flowlab.worker.tap import Key, Tap

_OURS = "flowlab-"  # how the names of our own threads begin
_forks = 0  # between the process that was started and this one


def _note_fork() -> None:
    global _forks  # noqa: PLW0603 - who asks the system for its process at each record pays for it
    _forks += 1


os.register_at_fork(after_in_child=_note_fork)


class LogTap(logging.Handler):
    """Log records of the running task.

    inline  tasks run in a thread of the notebook's process: only what that thread logs is theirs
    """

    def __init__(self, tap: Tap, *, inline: bool) -> None:
        super().__init__(QUIET)
        self._tap = tap
        self._inline = inline
        self._root = logging.getLogger()
        self._forks = _forks
        self._offspring = Offspring()
        self._thread = 0
        self._others: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
        self._outside = logging.NOTSET  # the root logger's level when no task runs

    def adopt_thread(self) -> None:
        """Say that tasks run in the calling thread, and that all others so far are not theirs."""
        self._thread = threading.get_ident()
        # The threads, not their numbers: one that comes later may have that of one that ended
        self._others = weakref.WeakSet(threading.enumerate())
        self._others.discard(threading.current_thread())

    def enter(self) -> None:
        """A slice begins."""
        root = self._root
        self._outside = root.level
        root.addHandler(self)

    def prepare(self, key: Key, level: int) -> None:
        """Be there for the next task, whatever the last one did; it asked for this level."""
        root = self._root
        if self not in root.handlers:
            root.addHandler(self)
        if self.level != level:
            self.setLevel(level)
        wanted = min(self._outside, level)
        if root.level != wanted:
            root.setLevel(wanted)
        self._offspring.begin(key)

    def collect(self) -> None:
        """Take in what processes logged that the running task forked."""
        if not self._tap.is_full:
            self._offspring.collect(self._tap.log)

    def end(self) -> None:
        """The task ended."""
        self._offspring.end(self._tap.log)

    def finish(self) -> None:
        """No task comes any more."""
        self._offspring.close()
        super().close()

    def leave(self) -> None:
        """The slice ends: the root logger is as it was found."""
        root = self._root
        root.removeHandler(self)
        if root.level != self._outside:
            root.setLevel(self._outside)

    def close(self) -> None:
        """A task cannot close it, as `logging.basicConfig(force=True)` would."""

    def handle(self, record: logging.LogRecord) -> bool:
        """Take a record in, under no lock: who waits here must hold up no other thread."""
        if self._is_ours(record) and self.filter(record):
            if _forks == self._forks:
                self.emit(record)
            else:
                self._offspring.write(self._tap.key, make_row(record))
        return True

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record in; the task waits while there is no room for it."""
        tap = self._tap
        if tap.is_full:
            tap.wait_for_room()
        if tap.is_open:
            tap.log(make_row(record))

    def _is_ours(self, record: logging.LogRecord) -> bool:
        """Whether it is the running task that logs."""
        if not self._tap.is_open:
            return False
        if _forks != self._forks:
            return True  # a child of it
        if threading.get_ident() == self._thread:
            return True
        if self._inline:
            return False
        thread = threading.current_thread()
        return thread not in self._others and not thread.name.startswith(_OURS)
