"""`session.logger`: one log for what the tasks of a session log on engines, and for the kernel.

A real `logging.Logger`, but the session's own: no name leads to it, so no other session shares it,
and it goes with its session. Its one rule: whatever a handler of the user does, the next record and
the next handler have their turn.
"""

import functools
import logging
import os
import re
import sys
import traceback
import weakref
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Protocol

from flowlab.events.messages import Logged
from flowlab.model.limits import LOG_FOUND
from flowlab.model.logrow import LogRow
from flowlab.staging.host import host_name

ROOT = "flowlab"  # the logger above all of them


_HERE = {"task": "", "task_id": None, "assignment": None, "engine": None, "host": host_name()}


class Desk(Protocol):
    """What a session's logger needs of its session."""

    def set_level(self, level: int) -> None:
        """This is the level from now on."""
        ...

    def note(self, record: logging.LogRecord) -> None:
        """The kernel has logged this itself; never blocks."""
        ...

    def drain(self, timeout: float | None) -> bool:
        """Wait until everything that came so far was handled; False when time is over."""
        ...


class SearchPattern:
    """A regular expression and the records whose message has it, the newest of them.

    left_out  how many older ones are not kept
    """

    def __init__(self, pattern: str | re.Pattern[str], most: int = LOG_FOUND) -> None:
        self.pattern = re.compile(pattern)
        self.left_out = 0
        self._found: deque[logging.LogRecord] = deque(maxlen=most)

    @property
    def results(self) -> list[logging.LogRecord]:
        """The records that were found so far, in order."""
        return list(self._found.copy())

    def check(self, record: logging.LogRecord) -> bool:
        """Keep the record when it matches."""
        if self.pattern.search(record.getMessage()):
            self.left_out += len(self._found) == self._found.maxlen
            self._found.append(record)
        return True

    def __repr__(self) -> str:
        return f"<SearchPattern {self.pattern.pattern!r}: {len(self._found)} found>"


class SearchPatterns(dict[str, SearchPattern]):
    """Search patterns by name: `patterns["late"] = "too late|timeout"` begins to search."""

    def __setitem__(self, name: str, pattern: str | re.Pattern[str]) -> None:  # type: ignore[override] # what is set is compiled, as in LOFAR's framework
        super().__setitem__(name, SearchPattern(pattern))

    def check(self, record: logging.LogRecord) -> None:
        """Show the record to all patterns."""
        for pattern in list(self.values()):
            pattern.check(record)

    def zap(self) -> None:
        """Search for nothing any longer."""
        self.clear()


class _Loose(logging.Logger):
    """A logger that no name leads to; on an engine it is the ordinary one of the same name."""

    def __init__(self, name: str, parent: logging.Logger) -> None:
        super().__init__(name)
        self.parent = parent

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name of `logging`
        """Whether a record of this level would be handled; asked anew each time."""
        if self.disabled or self.manager.disable >= level:
            return False
        return level >= self.getEffectiveLevel()

    def getChild(self, suffix: str) -> "_Loose":  # noqa: N802 - the name of `logging`
        """A logger whose records come here."""
        return _Child(f"{self.name}.{suffix}", self)

    def __reduce__(self) -> tuple[Callable[[str], logging.Logger], tuple[str]]:
        return logging.getLogger, (self.name,)


class _Child(_Loose):
    """A logger below that of a session: what it has done with a record, its parent goes on with."""

    def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name of `logging`
        """Hand a record to its own handlers and to its parent."""
        for handler in list(self.handlers):
            if record.levelno >= handler.level:
                handler.handle(record)
        if self.propagate and self.parent is not None:
            self.parent.handle(record)


class SessionLogger(_Loose):
    """The logger of one session.

    searchpatterns  what to look for in the messages: `searchpatterns[name] = regex`, and then
                    `searchpatterns[name].results`
    """

    def __init__(self, name: str, desk: Desk) -> None:
        super().__init__(f"{ROOT}.{name}", logging.getLogger(ROOT))
        self.searchpatterns = SearchPatterns()
        self._desk = desk
        self._odd: weakref.WeakSet[logging.Handler] = weakref.WeakSet()  # they raised

    def setLevel(self, level: int | str) -> None:  # noqa: N802 - the name of `logging`
        """Want records of this level and above; tasks given out from now on send no others."""
        super().setLevel(level)
        self._desk.set_level(self.getEffectiveLevel())

    def drain(self, timeout: float | None = None) -> bool:
        """Wait until the handlers have had all records that came so far; False: time is over."""
        return self._desk.drain(timeout)

    def handle(self, record: logging.LogRecord) -> None:
        """Search a record, and hand it to all handlers."""
        if not _came(record):
            record.__dict__.update(_HERE)
            self._desk.note(record)
        self.searchpatterns.check(record)
        super().handle(record)

    def callHandlers(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name of `logging`
        """Hand a record on; one that came from an engine is never printed for want of a handler."""
        if not _came(record):
            super().callHandlers(record)
            return
        for handler in self._reached(record):
            if record.levelno >= handler.level:
                self._hand(handler, record)

    def _reached(self, record: logging.LogRecord) -> Iterator[logging.Handler]:
        """Its handlers and those above; what this process logged itself has been at the latter."""
        yield from list(self.handlers)
        logger = self.parent if self.propagate and record.process != os.getpid() else None
        while logger is not None:
            yield from list(logger.handlers)
            logger = logger.parent if logger.propagate else None

    def _hand(self, handler: logging.Handler, record: logging.LogRecord) -> None:
        try:
            handler.handle(record)
        except BaseException:  # noqa: BLE001 - a handler of the user's own may raise anything
            if handler not in self._odd:  # said once: a thousand of the same help nobody
                self._odd.add(handler)
                self._tell_error(handler, record)

    def _tell_error(self, handler: logging.Handler, record: logging.LogRecord) -> None:
        try:
            handler.handleError(record)
        except BaseException:  # noqa: BLE001 - that is the user's own as well
            tell(f"{self.name}: handleError of {type(handler).__name__} raised", error=True)


def tell(text: str, *, error: bool = False) -> None:
    """Say something of the log to people: not by the log, whose handlers may be what it is about.

    error  with the exception that is handled now
    """
    if logging.raiseExceptions and sys.stderr is not None:
        shown = f"{text}\n{traceback.format_exc()}" if error else f"{text}\n"
        with suppress(OSError, ValueError):  # nobody is there to read it
            sys.stderr.write(shown)


def _came(record: logging.LogRecord) -> bool:
    """Whether a record came from an engine."""
    return getattr(record, "engine", None) is not None


_BLANK = logging.makeLogRecord({}).__dict__  # what every record has
_START = _BLANK["created"] - _BLANK["relativeCreated"] / 1000


def make_record(row: LogRow, event: Logged, task: str, host: str) -> logging.LogRecord:
    """The record of a row, as it was on its engine; `task` and `host` are names for people."""
    record = logging.LogRecord.__new__(logging.LogRecord)  # its __init__ would look at this process
    record.__dict__.update(_BLANK)
    record.__dict__.update(row.extra)
    file, module = _parts(row.file)
    record.__dict__.update(
        name=row.name,
        msg=row.text,
        levelno=row.level,
        levelname=row.word,
        pathname=row.file,
        filename=file,
        module=module,
        lineno=row.line,
        funcName=row.function,
        created=row.at,
        msecs=int(row.at % 1 * 1000) + 0.0,
        relativeCreated=(row.at - _START) * 1000,
        process=row.process,
        processName=f"engine {event.engine}",
        threadName=row.thread,
        thread=None,
        exc_text=row.error or None,
        stack_info=row.stack or None,
        task=task,
        task_id=event.task,
        assignment=event.assignment,
        engine=event.engine,
        host=host,
    )
    return record


@functools.lru_cache(1_000)
def _parts(path: str) -> tuple[str, str]:
    """The name of a file, and that without its suffix."""
    name = os.path.basename(path)
    return name, os.path.splitext(name)[0]
