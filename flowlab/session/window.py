"""How much log may be on its way to the handlers of a session: they are as slow as their user's.

A window counts what was handed on and what was handled. When too much is on its way, tasks of that
session wait before they log more, as they would for a slow handler of their own; so nothing is
lost, and nothing grows.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable

from flowlab.events.messages import Entry, Logged
from flowlab.model.ids import SessionId, session_of
from flowlab.model.limits import LOG_WINDOW

Hold = Callable[[SessionId, bool], None]


class Window:
    """What is on its way to one kernel.

    hold  told of a session whose tasks are to wait, and when they need not any longer
    """

    def __init__(self, hold: Hold, most: int = LOG_WINDOW) -> None:
        self._hold = hold
        self._most = most
        self._lock = threading.Lock()
        self._sent: dict[SessionId, deque[tuple[int, int]]] = {}  # number of an entry, its bytes
        self._sizes: dict[SessionId, int] = {}
        self._held: set[SessionId] = set()
        self._closed = False

    def sent(self, entries: Iterable[Entry]) -> None:
        """These were handed on."""
        for entry in entries:
            if isinstance(entry.event, Logged):
                self._add(session_of(entry.event.task), entry.seq, entry.event.size)

    def heard(self, session: SessionId, seq: int) -> None:
        """All of a session's records up to the entry of this number were handled."""
        with self._lock:
            sent = self._sent.get(session)
            if sent is None:
                return
            while sent and sent[0][0] <= seq:
                self._sizes[session] -= sent.popleft()[1]
            if not sent:
                del self._sent[session], self._sizes[session]
            is_free = session in self._held and self._sizes.get(session, 0) <= self._most // 2
            if is_free:
                self._held.discard(session)
                self._hold(session, False)

    def close(self) -> None:
        """Nobody is there to hear: nobody has to wait."""
        with self._lock:
            self._closed = True
            held, self._held = self._held, set()
            for session in held:
                self._hold(session, False)

    def _add(self, session: SessionId, seq: int, size: int) -> None:
        with self._lock:
            if self._closed:
                return
            self._sent.setdefault(session, deque()).append((seq, size))
            self._sizes[session] = size = self._sizes.get(session, 0) + size
            if size > self._most and session not in self._held:
                self._held.add(session)
                self._hold(session, True)


class Holds:
    """Sessions that one kernel or another holds; `apply` is told when the first does, or none."""

    def __init__(self, apply: Hold) -> None:
        self._apply = apply
        self._lock = threading.Lock()
        self._counts: dict[SessionId, int] = {}

    def hold(self, session: SessionId, held: bool) -> None:
        """One more kernel holds it, or one less."""
        with self._lock:
            before = self._counts.pop(session, 0)
            if now := before + (1 if held else -1):
                self._counts[session] = now
            if bool(before) != bool(now):
                self._apply(session, held)
