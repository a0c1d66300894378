"""`Caller`: who calls a shared object, as its server sees it: one connection.

What is taken belongs to it: it goes back when the connection ends, however that comes.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from flowlab.shared.channel import Channel
from flowlab.shared.wire import Holder


class Abandoned(Exception):
    """The caller is gone."""


class Withdrawn(Abandoned):
    """The caller waits no longer, and is still there."""


class Holdable(Protocol):
    """What can be held."""

    def forsake(self, caller: "Caller") -> None:
        """Take back all that this caller holds of it."""
        ...


class Caller:
    """One connection to a server.

    held  how often it holds what
    undo  takes back what the last call has taken; None when there is nothing
    """

    def __init__(self, holder: Holder, channel: Channel | None = None) -> None:
        self.holder = holder
        self.held: Counter[Holdable] = Counter()
        self.undo: Callable[[], None] | None = None
        self._dismissed = False
        self._channel = channel
        self._lock = threading.Lock()
        self._busy = False
        self._withdrawn = False
        self._waits_at: threading.Condition | None = None

    def begin(self) -> None:
        """A call begins."""
        with self._lock:
            self._busy, self._withdrawn, self.undo = True, False, None

    def end(self) -> bool:
        """The call is over; False when it was withdrawn, and what it took is given back."""
        with self._lock:
            self._busy = False
            if not self._withdrawn:
                return True
        self._take_back()
        return False

    def withdraw(self) -> None:
        """The caller does not want what it asked for last; from another thread."""
        with self._lock:
            busy, where = self._busy, self._waits_at
            self._withdrawn = busy
        if not busy:
            self._take_back()
        elif where is not None:
            with where:
                where.notify_all()

    def dismiss(self) -> None:
        """It is gone, whatever its connection looks like; from another thread."""
        self._dismissed = True
        if self._channel is not None:
            self._channel.cut()
        if (where := self._waits_at) is not None:
            with where:
                where.notify_all()

    def check(self) -> None:
        """Raise Abandoned when nobody waits for what is done."""
        if self.is_gone():
            raise Abandoned
        if self._withdrawn:
            raise Withdrawn

    def is_gone(self) -> bool:
        """Whether the connection has ended; a caller that waits says nothing else."""
        return self._dismissed or (self._channel is not None and self._channel.has_more())

    @contextmanager
    def waiting_at(self, place: threading.Condition) -> Iterator[None]:
        """It waits here, and can be told there that it is not to."""
        self._waits_at = place
        try:
            yield
        finally:
            self._waits_at = None

    def take(self, thing: Holdable, undo: Callable[[], None]) -> None:
        """It holds this, once more."""
        self.held[thing] += 1
        self.undo = undo

    def give(self, thing: Holdable, count: int = 1) -> None:
        """It holds this so often less."""
        self.held[thing] -= count
        if self.held[thing] <= 0:
            del self.held[thing]

    def forsake_all(self) -> list[Holdable]:
        """Take back all that it holds; gives what that was."""
        released = []
        for thing in list(self.held):
            try:
                thing.forsake(self)
                released.append(thing)
            except Exception:  # noqa: BLE001 - a manager of the user's own may be gone
                self.held.pop(thing, None)  # there is nothing to be released
        return released

    def _take_back(self) -> None:
        undo, self.undo = self.undo, None
        if undo is not None:
            undo()


_here = threading.local()


def current_caller() -> Caller:
    """Whose call this thread serves; in a process that calls without a server, itself."""
    caller: Caller | None = getattr(_here, "caller", None)
    if caller is None:
        caller = _here.caller = Caller(Holder())
    return caller


@contextmanager
def serving(caller: Caller) -> Iterator[None]:
    """Calls of this thread are this caller's."""
    before = getattr(_here, "caller", None)
    _here.caller = caller
    try:
        yield
    finally:
        _here.caller = before
