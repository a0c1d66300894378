"""`Gate`: where callers of a shared object wait for it, in the order of their coming.

The one rule: who is gone takes nothing. It is looked for at the moment at which it would take.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable

from flowlab.shared.caller import Caller, current_caller

_LOOK = 0.5  # s between two looks whether one who waits is still there


class _Ticket:
    """A place in the queue."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller


class Gate:
    """One reason to wait; several of an object share its lock.

    changed  held while anything of the object is looked at; notified when it changes
    """

    def __init__(self, lock: "threading.Lock | None" = None) -> None:
        self.changed = threading.Condition(lock if lock is not None else threading.Lock())
        self._queue: deque[_Ticket] = deque()

    def wait(
        self, ready: Callable[[], bool], timeout: float | None = None, *, in_order: bool = True
    ) -> bool:
        """Until it is ready, and nobody who came before waits; False when the time is over.

        timeout   s, None for ever
        in_order  whether one goes through at a time; else all do
        Raises Abandoned when nobody waits for it any longer.
        """
        if ready() and not (in_order and self._first()):
            return True
        end = math.inf if timeout is None else time.monotonic() + timeout
        ticket = _Ticket(current_caller())
        self._queue.append(ticket)
        try:
            return self._wait_until(
                lambda: ready() and (not in_order or self._first() is ticket), end
            )
        finally:
            if ticket in self._queue:
                self._queue.remove(ticket)
            self.changed.notify_all()  # whoever is next now may be ready

    def _first(self) -> "_Ticket | None":
        """Who has waited longest; those before him are gone, and hold nobody up."""
        while self._queue and self._queue[0].caller.is_gone():
            self._queue.popleft()
        return self._queue[0] if self._queue else None

    def _wait_until(self, may_go: Callable[[], bool], end: float) -> bool:
        caller = current_caller()
        with caller.waiting_at(self.changed):
            while True:
                caller.check()
                if may_go():
                    return True
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self.changed.wait(min(left, _LOOK))


def patience(blocking: bool, timeout: float | None) -> float | None:
    """Seconds to wait, as `threading` says it: -1 and None for ever."""
    if not blocking:
        return 0.0
    return None if timeout is None or timeout < 0 else timeout
