"""The tap: what tasks write to stdout, stderr and loggers, and say by `ctx.debug`, as traces.

Chunks are numbered for each assignment over all streams. Text is bounded for each task, and what is
left out is counted; of log records nothing is left out, but who makes too many of them waits.
Both are taken in by a lock and a list's append, and put together when a report leaves.
What C code and child processes write to descriptors 1 and 2 lands in a file in memory and is read
from there: nobody can be blocked by a full pipe, and no thread is needed.
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from flowlab.events.messages import Logged, Said
from flowlab.model.ids import Assignment, EngineId, SessionId, TaskId, session_of
from flowlab.model.limits import LOG_AHEAD, MIB, TRACE_TASK, TRACE_TEXT
from flowlab.model.logrow import LogRow
from flowlab.worker.failure import bounded
from flowlab.worker.memoryfile import memory_file

STREAMS: Final = ("stdout", "stderr")
Key = tuple[TaskId, Assignment]
LOG: Final = "log"
_NOBODY: Key = (TaskId(0), Assignment(0))
_NO_ENGINE = EngineId(0)
_PAUSE = 0.005  # s between two looks whether there is room


class Tap:
    """What the running task said and was not reported yet.

    press  called when a task has to wait until what it logged is safe: now it should leave
    """

    def __init__(self, engine: EngineId = _NO_ENGINE) -> None:
        self.press: Callable[[], object] = lambda: None
        self._engine = engine
        self._lock = threading.RLock()  # a signal's handler of the user may print while we hold it
        self._key = _NOBODY
        self._pieces: list[tuple[str, str | LogRow, int]] = []  # stream, what was said, its size
        self._number = 0
        self._room = 0  # bytes this task may still say
        self._dropped = 0
        self._since = 0.0
        self._unsafe = 0  # bytes of log records that are here and nowhere else yet
        self._held: frozenset[SessionId] = frozenset()  # whose tasks are not to log any more now

    @property
    def is_open(self) -> bool:
        """Whether a task runs that may say something."""
        return self._key is not _NOBODY

    @property
    def key(self) -> Key:
        """The task that runs."""
        return self._key

    @property
    def is_full(self) -> bool:
        """Whether the running task has to wait before it may log anything more."""
        return self._unsafe >= LOG_AHEAD or session_of(self._key[0]) in self._held

    def begin(self, key: Key) -> None:
        """A task begins."""
        self._key = key
        self._number = 0
        self._room = TRACE_TASK
        self._dropped = 0

    def end(self) -> tuple[Said | Logged, ...]:
        """The task ended; gives the last of what it said."""
        if not self._pieces and not self._dropped:
            self._key = _NOBODY
            return ()
        with self._lock:
            last = self.take()
            if self._dropped:
                last += (self._chunk("stderr", [""]),)
            self._key = _NOBODY
        return last

    def say(self, stream: str, text: str) -> None:
        """Take in text of the running task."""
        with self._lock:
            room = self._room
            if room <= 0:
                self._dropped += len(text)
                return
            if len(text) > TRACE_TEXT:
                kept = bounded(text, TRACE_TEXT - 100)
                self._dropped += max(0, len(text) - len(kept))
                text = kept
            self._add(stream, text, len(text))
            self._room = room - len(text)

    def log(self, row: LogRow) -> None:
        """Take in a log record of the running task."""
        size = row.size
        with self._lock:
            self._add(LOG, row, size)
            self._unsafe += size

    def wait_for_room(self) -> None:
        """Wait until the running task may log; in the thread that wants to."""
        while self.is_full and self.is_open:
            self.press()
            time.sleep(_PAUSE)  # here an interrupt finds the task

    def made_safe(self, size: int) -> None:
        """So many bytes of log records cannot be lost any longer."""
        with self._lock:
            self._unsafe -= size

    def hold(self, session: SessionId, *, held: bool) -> None:
        """Let tasks of this session wait before they log anything, or no longer."""
        self._held = self._held | {session} if held else self._held - {session}

    def release(self) -> None:
        """Let nobody wait."""
        self._held = frozenset()

    def take(self) -> tuple[Said | Logged, ...]:
        """What was said since the last time, in chunks."""
        if not self._pieces:
            return ()
        with self._lock:
            pieces, self._pieces = self._pieces, []
            return tuple(self._chunk(*run) for run in _runs(pieces))

    def _add(self, stream: str, piece: str | LogRow, size: int) -> None:
        if not self._pieces:
            self._since = time.time()
        self._pieces.append((stream, piece, size))

    def _chunk(self, stream: str, pieces: Sequence[Any], size: int = 0) -> Said | Logged:
        self._number += 1
        task, assignment = self._key
        if stream == LOG:
            return Logged(task, assignment, self._number, self._engine, tuple(pieces), size)
        dropped, self._dropped = self._dropped, 0
        text = _travelling("".join(pieces))
        return Said(task, assignment, self._number, stream, text, self._since, dropped)


def _runs(pieces: Iterable[tuple[str, str | LogRow, int]]) -> Iterator[tuple[str, list[Any], int]]:
    """Neighbours of one stream together, as far as a chunk may be long; with their size."""
    for stream, group in groupby(pieces, itemgetter(0)):
        run, size = list[Any](), 0
        for _, piece, more in group:
            if run and size + more > TRACE_TEXT:
                yield stream, run, size
                run, size = [], 0
            run.append(piece)
            size += more
        yield stream, run, size


def _travelling(text: str) -> str:
    """The text without what UTF-8 cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


class Descriptors:
    """Descriptors 1 and 2 while tasks run: files in memory, read as they grow."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._files = [memory_file(name) for name in STREAMS]
        self._read = [0, 0]
        self._lock = threading.Lock()
        self._outside: list[int] = []

    def enter(self) -> None:
        """Put the files in place of the process' own output."""
        self._outside = [os.dup(number) for number in (1, 2)]
        for number, file in enumerate(self._files, start=1):
            os.dup2(file, number)

    def leave(self) -> None:
        """Put the process' own output back, whatever tasks did to the descriptors."""
        for number, saved in enumerate(self._outside, start=1):
            os.dup2(saved, number)
            os.close(saved)
        self._outside = []

    def collect(self) -> None:
        """Give to the tap what was written meanwhile; from the loop or from the link's thread."""
        for index, file in enumerate(self._files):
            if os.lseek(file, 0, os.SEEK_END) != self._read[index]:  # writers append: it is ours
                self._read_on(index, file)

    def _read_on(self, index: int, file: int) -> None:
        with self._lock:
            data = os.pread(file, TRACE_TASK, self._read[index])
            self._read[index] += len(data)
            if os.fstat(file).st_size >= MIB:  # a flood: the rest is beyond what a task may say
                os.ftruncate(file, 0)
                self._read[index] = 0
        if data:
            self._tap.say(STREAMS[index], data.decode("utf-8", "replace"))
