"""SIGINT reaches the task it is meant for, while that task's own code runs, and nothing else.

An unguarded SIGINT hits whatever the main thread is at: the next task, the loop, ipykernel; replies
were lost and engines ended that way. Here the handler raises only when the task that is named runs,
and once for each request; whoever asks repeats the request until the task has ended.
"""

import ctypes
import signal
import threading
from _signal import getsignal  # type: ignore[import-not-found] # `signal.getsignal` takes 3 µs
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TypeVar

A = TypeVar("A")
T = TypeVar("T")
Key = tuple[int, int]  # task, assignment


class TaskInterrupted(KeyboardInterrupt):
    """Raised in the running task's code because it was cancelled."""


class _Swept(BaseException):
    """Takes the place of an exception that has not arrived."""


class Guard:
    """Interrupts the running task of one loop.

    The loop names the task by `current` under `lock`, with which it claims its assignments: so a
    request for a task never finds another one.

    inline  tasks run in a thread that is not the main one, where signals cannot reach
    """

    def __init__(self, lock: threading.Lock, *, inline: bool) -> None:
        self.current: Key | None = None
        self._lock = lock
        self._inline = inline
        self._target: Key | None = None
        self._inside = False  # user code runs
        self._asked = False  # a request waits for its one exception
        self.delivered = False  # the exception was raised in the current task
        self._thread = threading.get_ident()
        self._handler = self._on_signal  # one object, to be known again

    def install(self) -> None:
        """Be the handler of SIGINT (in the main thread); cheap when it still is."""
        if not self._inline and getsignal(signal.SIGINT) is not self._handler:
            signal.signal(signal.SIGINT, self._handler)

    def adopt_thread(self) -> None:
        """Say that tasks run in the calling thread."""
        self._thread = threading.get_ident()

    def begin(self, key: Key | None) -> None:
        """Name the running task; the lock is held."""
        self.current = key
        self._target = None
        self._asked = self.delivered = False

    def call(
        self, function: Callable[[A], T], argument: A
    ) -> tuple[T | None, BaseException | None]:
        """Run `function(argument)`, user code; gives its value, or what it raised."""
        if not self._inline:
            return self._call(function, argument)
        value: T | None = None
        error: BaseException | None = None
        try:
            value, error = self._call(function, argument)
            error = self._withdraw() or error
        except TaskInterrupted as late:
            self._inside = False
            self._withdraw()
            error = late
        return value, error

    @contextmanager
    def shelter(self) -> Iterator[None]:
        """Let nothing interrupt what is done inside: whoever asks meanwhile asks again after it."""
        inside, self._inside = self._inside, False
        try:
            yield
        finally:
            self._inside = inside

    def _call(
        self, function: Callable[[A], T], argument: A
    ) -> tuple[T | None, BaseException | None]:
        try:
            try:
                self._inside = True
                value = function(argument)
                self._inside = False
            except BaseException as raised:  # noqa: BLE001 - a task may raise anything
                self._inside = False
                return None, raised
        except TaskInterrupted as late:  # between the end of user code and the line after it
            self._inside = False
            return None, late
        return value, None

    def interrupt(self, key: Key) -> bool:
        """Ask that this task be interrupted, if it runs; the lock is held. True when it runs."""
        if self.current != key:
            return False
        self._target = key
        self._ask()
        return True

    def repeat(self) -> None:
        """Ask again when a task that was to stop still runs; the lock is held."""
        if self._target is not None and self._target == self.current:
            self._ask()

    def _ask(self) -> None:
        self._asked = True
        if not self._inside:
            return  # not begun, or just ended: asked again soon if it goes on
        if self._inline:
            self.delivered = True
            _raise_in(self._thread, TaskInterrupted)
        else:
            signal.pthread_kill(self._thread, signal.SIGINT)

    def _on_signal(self, number: int, frame: object) -> None:
        """In the main thread, between two of its instructions."""
        if self._inside and self._asked and self._target == self.current:
            self._asked = False  # once a request: our own cleaning up must not be hit by a second
            self.delivered = True
            raise TaskInterrupted

    def _withdraw(self) -> BaseException | None:
        """Take back an exception that was asked for and has not arrived; user code is over."""
        late: BaseException | None = None
        while True:
            try:
                with self._lock:
                    self._target = None
                if self.delivered:
                    _sweep()
                return late
            except TaskInterrupted as arrived:
                late = arrived


def _sweep() -> None:
    """Be rid of an exception on its way to this thread, and of the interpreter's flag for it.

    Taking the exception back (by NULL) would leave the flag up for the life of the process: all its
    threads would stop at each check, and one under a debugger's trace would never get past it.
    """
    with suppress(_Swept):
        _raise_in(threading.get_ident(), _Swept)
        while True:  # it arrives between two instructions
            pass


def _raise_in(thread: int, error: type[BaseException]) -> None:
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(error))
