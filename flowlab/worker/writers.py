"""`sys.stdout` and `sys.stderr` of tasks, which write into the tap."""

import io
import os
import sys
import threading
from collections.abc import Iterable
from typing import TextIO

from flowlab.worker.tap import STREAMS, Tap


class TapWriter(io.TextIOBase):
    """A text stream of the running task.

    Text that comes when no task runs (from a thread that outlived its task), and with `thread`
    given text of other threads, goes to `outside`, the stream whose place it took.
    """

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, tap: Tap, stream: str, thread: int | None = None) -> None:
        self._tap = tap
        self._stream = stream
        self._thread = thread
        self._pid = os.getpid()
        self.outside: TextIO | None = None
        self.buffer = BytesWriter(self)

    def write(self, text: str) -> int:
        """Take text in."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        mine = self._thread is None or threading.get_ident() == self._thread
        if os.getpid() != self._pid:  # a child of the task, whose tap nobody reads
            os.write(self.fileno(), text.encode("utf-8", "replace"))
        elif mine and self._tap.is_open:
            self._tap.say(self._stream, text)
        elif self.outside is not None:
            self.outside.write(text)
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:  # type: ignore[override]
        """Take lines in."""
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing waits here; the stream outside may have something."""
        if self.outside is not None and not self._tap.is_open:
            self.outside.flush()

    def close(self) -> None:
        """A task cannot close the engine's output."""

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        """The descriptor, for programs that a task starts itself."""
        return 1 + STREAMS.index(self._stream)


class BytesWriter(io.RawIOBase):
    """`sys.stdout.buffer`."""

    def __init__(self, writer: TapWriter) -> None:
        self._writer = writer

    def write(self, data: object) -> int:
        """Take bytes in."""
        view = memoryview(data)  # type: ignore[arg-type]
        self._writer.write(view.tobytes().decode("utf-8", "replace"))
        return view.nbytes

    def writable(self) -> bool:
        return True

    def close(self) -> None:
        """A task cannot close the engine's output."""


class Streams:
    """Both writers, in place while a slice runs."""

    def __init__(self, tap: Tap, thread: int | None = None) -> None:
        self._out = TapWriter(tap, "stdout", thread)
        self._err = TapWriter(tap, "stderr", thread)

    def enter(self) -> None:
        """Take the places of `sys.stdout` and `sys.stderr`."""
        self._out.outside, self._err.outside = sys.stdout, sys.stderr
        self.repair()

    def repair(self) -> None:
        """Take them again when a task put something else there."""
        if sys.stdout is not self._out:
            sys.stdout = self._out
        if sys.stderr is not self._err:
            sys.stderr = self._err

    def leave(self) -> None:
        """Put back what was there."""
        sys.stdout, sys.stderr = self._out.outside, self._err.outside
