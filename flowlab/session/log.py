"""Log records on their way to the handlers of their session.

The link's thread only enqueues; a thread of each session's own hands records to its handlers, so
that a slow handler holds up nothing but the log. How much waits here is bounded by the window
(window.py): each session says what it has handled.
"""

import logging
import os
import threading
import time
from collections import deque
from typing import NamedTuple

from flowlab.events.messages import Logged, LogLevelSet
from flowlab.model.ids import Assignment, SessionId, TaskId, join_id
from flowlab.model.limits import LOG_AHEAD, LOG_WINDOW
from flowlab.model.logrow import QUIET, LogRow
from flowlab.session.link import SLICE, Link
from flowlab.session.logger import SessionLogger, make_record, tell
from flowlab.worker.records import make_row

IDLE = 1.0  # s until a thread that has nothing to do ends
WORK, REST = 0.003, 0.002  # s: a million records must leave the interpreter to the user
STALL = 3.0  # s without a record handled until a session that closes waits no longer
_OWN = Assignment(0)  # of the kernel's own records


class _Came(NamedTuple):
    """What came, with the names of its task and host: they are forgotten when a session ends."""

    seq: int
    event: Logged
    task: str
    host: str


class SessionLog:
    """The log of one session: its logger, what that was not handed yet, and who hands it on."""

    def __init__(self, session: SessionId, name: str, link: Link) -> None:
        self.logger = SessionLogger(name, self)
        self._session = session
        self._link = link
        self._pid = os.getpid()
        self._level = QUIET
        self._changed = threading.Condition()
        self._queue: deque[_Came] = deque()
        self._thread: threading.Thread | None = None
        self._is_idle = True
        self._taken = self._handled = 0  # records
        self._has_stalled = False
        self._unheard = 0  # bytes that were handled and not told so
        self._number = 0  # of the kernel's own records
        self._own = 0  # bytes of them that the stream does not have yet
        self._dropped = 0
        self._rested = 0.0
        self._has_raised = False

    def tell_level(self) -> None:
        """Say which level is wanted, when it is another one than was said."""
        self.set_level(self.logger.getEffectiveLevel())

    # --- logger.Desk

    def set_level(self, level: int) -> None:
        """Want this level."""
        if level != self._level:
            self._level = level
            self._link.post(LogLevelSet(self._session, level))

    def note(self, record: logging.LogRecord) -> None:
        """Put a record of the kernel's own into the stream, for the views and for the file."""
        if os.getpid() != self._pid:
            return
        row = make_row(record)
        with self._changed:
            if self._own + row.size > LOG_AHEAD:
                self._dropped += 1
                return
            rows = (self._gap(row), row) if self._dropped else (row,)
            self._number += 1
            size = sum(each.size for each in rows)
            self._own += size
            task = TaskId(join_id(self._session, 0))
            self._link.post(Logged(task, _OWN, self._number, None, rows, size))

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until everything that came so far was handled."""
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            if self._is_own_thread():
                return not self._queue  # a handler asks: it stands in its own way
            while not self._is_idle:
                left = SLICE if end is None else min(SLICE, end - time.monotonic())
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    def finish(self) -> None:
        """Wait until handlers have had what came, but for one that stands still: that is said."""
        handled = -1
        while not (self._has_stalled or self._is_own_thread() or self.drain(STALL)):
            if self._handled == handled:
                self._has_stalled = True
                tell(
                    f"{self.logger.name}: {self._taken - self._handled} records were not handled: "
                    f"a handler has stood still for {STALL} s; the session's journal has them"
                )
            handled = self._handled

    def _is_own_thread(self) -> bool:
        return threading.current_thread() is self._thread

    # --- the link's thread

    def returned(self, seq: int, size: int) -> None:
        """The kernel's own records have come back; they were handled where they were made."""
        with self._changed:
            self._own -= size
        self._link.heard(self._session, seq)

    def put(self, seq: int, event: Logged, task: str, host: str) -> None:
        """Take in what came from an engine; `task` and `host` are names for people."""
        with self._changed:
            self._queue.append(_Came(seq, event, task, host))
            self._taken += len(event.rows)
            self._is_idle = False
            if self._thread is None:
                self._begin()
            self._changed.notify_all()

    # --- its own thread

    def _run(self) -> None:
        try:
            while (came := self._next()) is not None:
                self._hand_on(came)
                self._tell_heard(came.seq, came.event.size)
        finally:
            self._leave()

    def _leave(self) -> None:
        """Whatever ended it, another thread goes on with what is left, or with what comes next."""
        with self._changed:
            if not self._is_own_thread():
                return
            self._thread, self._is_idle = None, not self._queue
            if self._queue:
                self._begin()
            self._changed.notify_all()

    def _begin(self) -> None:
        self._thread = threading.Thread(target=self._run, name="flowlab-log", daemon=True)
        self._thread.start()

    def _next(self) -> _Came | None:
        with self._changed:
            if not self._queue:
                self._is_idle = True
                self._changed.notify_all()
                self._changed.wait(IDLE)
            if self._queue:
                return self._queue.popleft()
            self._thread = None
            return None

    def _hand_on(self, came: _Came) -> None:
        for row in came.event.rows:
            self._handle(row, came)
            self._handled += 1
            now = time.monotonic()
            if now - self._rested > WORK:
                time.sleep(REST)
                self._rested = time.monotonic()

    def _handle(self, row: LogRow, came: _Came) -> None:
        """Hand on one record; filters and patterns of the user's own may raise anything."""
        try:
            if self.logger.isEnabledFor(row.level):
                self.logger.handle(make_record(row, *came[1:]))
        except BaseException:  # noqa: BLE001 - it must not end the log of all that comes after it
            if not self._has_raised:
                self._has_raised = True
                tell(
                    f"{self.logger.name}: a filter or a search pattern raised; records of engines "
                    "for which it does are left out, and it is said this once",
                    error=True,
                )

    def _tell_heard(self, seq: int, size: int) -> None:
        self._unheard += size
        if self._unheard >= LOG_WINDOW // 8 or not self._queue:
            self._unheard = 0
            self._link.heard(self._session, seq)

    def _gap(self, row: LogRow) -> LogRow:
        text = f"{self._dropped} records before this one are not in the session's file of traces"
        self._dropped = 0
        return LogRow(row.at, logging.WARNING, "WARNING", self.logger.name, text)
