"""Lines: the connections of this process to servers, each of one thread and one task.

The one rule: what a task has opened is closed when it ends. So what it holds comes back, whether it
ended well, failed, was cancelled, or was killed with its engine.
"""

import os
import sys
import threading
import time
from collections.abc import Callable
from weakref import ref

from flowlab.errors import SharedObjectError
from flowlab.model.ids import split_id
from flowlab.model.specs import TaskSpec
from flowlab.shared.channel import Channel, connect
from flowlab.shared.wire import SERVER, Holder, Reply, Request, decode, encode

_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)  # s after each attempt that was put out while it connected
WITHDRAW_SECONDS = 1.0  # s until a server must have answered that a call is withdrawn

Address = tuple[str, int]


class Line:
    """One connection; one call at a time. OSError or EOFError when nobody is there.

    SharedObjectError when it is not let in.

    key      of the server
    task     under which it was opened
    is_busy  a call is under way: what a signal's handler calls meanwhile needs another line
    """

    def __init__(self, address: Address, key: bytes, scope: "Scope") -> None:
        self.is_open = True
        self.is_busy = False
        self.task = scope.task
        self._pid = os.getpid()
        self.key = key
        self._address, self._holder = address, scope.holder()
        self._channel, self._name = self._connect()

    def ask(self, request: Request) -> Reply:
        """Have a call made."""
        kind, value = decode(self.exchange(encode(tuple(request))))
        return kind, value

    def exchange(self, data: bytes) -> bytes:
        """The answer to a request, both as they travel."""
        in_step, self.is_busy = False, True
        try:
            self._channel.send(data)
            try:
                self._channel.wait()
            except BaseException:  # an interrupt: what was asked for is not wanted any longer
                in_step = self._withdraw()
                raise
            reply = self._receive()
            in_step = True
        finally:
            self.is_busy = False
            if not in_step:
                self.close()
        return reply

    def serves(self, task: TaskSpec | None) -> bool:
        """Whether it can be used, in this process and under this task."""
        return self.is_open and self.task is task and self._pid == os.getpid()

    def close(self) -> None:
        """End it, and with it what it holds."""
        self.is_open = False
        if self._pid == os.getpid():
            self._channel.close()

    def __del__(self, _ends: Callable[[], bool] = sys.is_finalizing) -> None:
        if hasattr(self, "_channel") and not _ends():  # the thread that had it is gone
            self.close()

    def _connect(self) -> tuple[Channel, str]:
        """A connection, and its name; more than one attempt, since many may come at once."""
        for pause in _PAUSES:
            try:
                return self._introduce()
            except ConnectionRefusedError:
                raise  # nobody is there
            except (EOFError, ConnectionError):
                time.sleep(pause)
        raise SharedObjectError("it was not let in: too many connect at once; try again later")

    def _introduce(self) -> tuple[Channel, str]:
        channel = connect(self._address, self.key)
        try:
            channel.send(encode(self._holder))
            return channel, decode(channel.receive())
        except BaseException:
            channel.close()
            raise

    def _receive(self) -> bytes:
        """The answer; of one that was interrupted half-way, what it brought goes back."""
        try:
            return self._channel.receive()
        except (OSError, EOFError):
            raise
        except BaseException:
            self._tell_withdrawn()
            raise

    def _withdraw(self) -> bool:
        """Take back what was asked for; whether this line is in step again."""
        if not self._tell_withdrawn() or not self._channel.wait(WITHDRAW_SECONDS):
            return False
        self._channel.receive()  # whatever the answer is, nobody waits for it
        return True

    def _tell_withdrawn(self) -> bool:
        """Tell the server so by another connection; whether it has heard."""
        beside, _ = self._connect()
        try:
            beside.send(encode(tuple(Request(SERVER, "withdraw", (self._name,)))))
            return beside.wait(WITHDRAW_SECONDS)
        finally:
            beside.close()


class Scope:
    """Whose lines the lines of a process are: those of the task that runs in it, if one does."""

    def __init__(self) -> None:
        self.engine: int | None = None
        self.task: TaskSpec | None = None
        self._lines: set[ref[Line]] = set()  # a line ends with its thread, if that is sooner

    def begin(self, task: TaskSpec) -> None:
        """A task begins."""
        self.task = task

    def end(self) -> None:
        """It has ended."""
        self.task = None
        if self._lines:
            lines, self._lines = self._lines, set()
            for each in list(lines):
                if (line := each()) is not None:
                    line.close()

    def open(self, address: Address, key: bytes) -> Line:
        """A new line, which ends with the task."""
        line = Line(address, key, self)
        _all.add(ref(line, _all.discard))
        if line.task is not None:
            self._lines.add(ref(line, self._lines.discard))
        return line

    def holder(self) -> Holder:
        """Who it is, for people."""
        if self.task is None:
            return Holder(self.engine)
        session, number = split_id(self.task.id)
        return Holder(
            self.engine, f"task {(self.task.name or self.task.kind)!r} ({session}, {number})"
        )


class ThreadScope(Scope):
    """The same of one thread of a process that has others: tasks that run in the notebook's."""

    def begin(self, task: TaskSpec) -> None:
        """A task begins in this thread."""
        _threads[threading.get_ident()] = self
        super().begin(task)

    def end(self) -> None:
        """It has ended."""
        super().end()
        _threads.pop(threading.get_ident(), None)


_process = Scope()
_threads: dict[int, Scope] = {}
_mine = threading.local()
_all: set[ref[Line]] = set()  # of all threads


def scope_of_tasks(engine: int, *, inline: bool) -> Scope:
    """The scope of the tasks that this process runs for an engine."""
    scope = ThreadScope() if inline else _process
    scope.engine = engine
    return scope


def line_to(address: Address, key: bytes) -> Line:
    """A line of this thread to a server."""
    scope = _threads.get(threading.get_ident(), _process)
    lines: dict[tuple[Address, bytes, bool], list[Line]] | None = getattr(_mine, "lines", None)
    if lines is None:
        lines = _mine.lines = {}
    # The key, since an address may be that of an older server, which is gone; and what was opened
    # between tasks outlives them
    which = address, key, scope.task is None
    lines[which] = [each for each in lines.get(which, ()) if each.serves(scope.task)]
    line = next((each for each in lines[which] if not each.is_busy), None)
    if line is None:
        line = scope.open(address, key)
        # A signal's handler, or a finalizer, may have looked for lines meanwhile
        lines.setdefault(which, []).append(line)
        for other, ended in list(lines.items()):
            if not any(each.is_open for each in ended):
                lines.pop(other, None)
    return line


def end_lines(key: bytes) -> None:
    """End this process's lines to a server that has ended: else they would pile up.

    Where a call is under way, its thread hears of the end, and closes the line itself.
    """
    for each in list(_all):
        line = each()
        if line is not None and line.key == key and not line.is_busy:
            line.close()
