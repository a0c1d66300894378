"""The tap: what tasks write to stdout, stderr and loggers, and say by `ctx.debug`, as traces.

Chunks are numbered for each assignment over all streams, bounded for each task, and what is left
out is counted. Text is taken in by a lock and a list's append; it is put together when a report
leaves. What C code and child processes write to descriptors 1 and 2 lands in a file in memory and
is read from there: nobody can be blocked by a full pipe, and no thread is needed.
"""

import logging
import os
import tempfile
import threading
import time
from typing import Final

from flowlab.events.messages import Said
from flowlab.model.ids import Assignment, TaskId
from flowlab.model.limits import MIB, TRACE_TASK, TRACE_TEXT
from flowlab.worker.failure import bounded

STREAMS: Final = ("stdout", "stderr")
Key = tuple[TaskId, Assignment]
_NOBODY: Key = (TaskId(0), Assignment(0))


class Tap:
    """What the running task said and was not reported yet."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal's handler of the user may print while we hold it
        self._key = _NOBODY
        self._pieces: list[tuple[str, str]] = []
        self._number = 0
        self._room = 0  # bytes this task may still say
        self._dropped = 0
        self._since = 0.0

    @property
    def is_open(self) -> bool:
        """Whether a task runs that may say something."""
        return self._key is not _NOBODY

    def begin(self, key: Key) -> None:
        """A task begins."""
        self._key = key
        self._number = 0
        self._room = TRACE_TASK
        self._dropped = 0

    def end(self) -> tuple[Said, ...]:
        """The task ended; gives the last of what it said."""
        if not self._pieces and not self._dropped:
            self._key = _NOBODY
            return ()
        with self._lock:
            last = self.take()
            if self._dropped:
                last += (self._chunk("stderr", ""),)
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
            if not self._pieces:
                self._since = time.time()
            self._pieces.append((stream, text))
            self._room = room - len(text)

    def take(self) -> tuple[Said, ...]:
        """What was said since the last time, in chunks."""
        if not self._pieces:
            return ()
        with self._lock:
            pieces, self._pieces = self._pieces, []
            chunks: list[Said] = []
            stream, texts, size = "", list[str](), 0
            for name, text in pieces:
                if texts and (name != stream or size + len(text) > TRACE_TEXT):
                    chunks.append(self._chunk(stream, "".join(texts)))
                    texts, size = [], 0
                stream = name
                texts.append(text)
                size += len(text)
            chunks.append(self._chunk(stream, "".join(texts)))
            return tuple(chunks)

    def _chunk(self, stream: str, text: str) -> Said:
        self._number += 1
        task, assignment = self._key
        dropped, self._dropped = self._dropped, 0
        return Said(task, assignment, self._number, stream, _travelling(text), self._since, dropped)


def _travelling(text: str) -> str:
    """The text without what UTF-8 cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


class LogTap(logging.Handler):
    """Log records of the running task, formatted as text."""

    def __init__(self, tap: Tap) -> None:
        super().__init__()
        self._tap = tap
        self.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Take a record in; one that cannot be formatted is said to be so by `logging`."""
        if not self._tap.is_open:
            return
        try:
            self._tap.say("log", self.format(record) + "\n")
        except Exception:  # noqa: BLE001 - arguments of the user's own, as in logging's handlers
            self.handleError(record)


class Descriptors:
    """Descriptors 1 and 2 while tasks run: files in memory, read as they grow."""

    def __init__(self, tap: Tap) -> None:
        self._tap = tap
        self._files = [_memory_file(name) for name in STREAMS]
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


def _memory_file(name: str) -> int:
    """A descriptor to which all writers append, on no disk where that can be had."""
    if hasattr(os, "memfd_create"):
        path = f"/proc/self/fd/{(bare := os.memfd_create(name))}"
    else:
        bare, path = tempfile.mkstemp(prefix=f"flowlab-{name}-")
    file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
    os.close(bare)
    if not path.startswith("/proc/"):
        os.unlink(path)
    return file
