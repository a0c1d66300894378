"""One thread that sends what is new to the browser, at most ten times a second.

Whoever has news only wakes it; without news it sleeps, and before the first it is not there.
"""

import sys
import threading
import traceback
from collections.abc import Callable

GAP = 0.1  # s from one turn to the next, at least

Turn = Callable[[], float | None]


class Flusher:
    """Calls `turn` in a thread of its own after each `wake`; many wakes may share one turn.

    turn  gives the seconds after which it wants to be called again without news; None: never
    """

    def __init__(self, turn: Turn, gap: float = GAP) -> None:
        self._turn = turn
        self._gap = gap
        self._changed = threading.Condition()
        self._woken = False
        self._closed = False
        self._fault = ""  # what was said last of a turn that failed
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """There is news; may be called from any thread, and returns at once."""
        with self._changed:
            if self._closed:
                return
            self._woken = True
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._run, name="flowlab-flusher", daemon=True
                )
                self._thread.start()
            self._changed.notify_all()

    def close(self) -> None:
        """End the thread, and wait for the turn that is under way; idempotent."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None and thread is not threading.current_thread():
            thread.join()

    def _run(self) -> None:
        wait: float | None = None
        while self._await_news(wait):
            wait = self._try_turn()
            with self._changed:
                self._changed.wait_for(lambda: self._closed, self._gap)

    def _try_turn(self) -> float | None:
        try:
            return self._turn()
        except Exception:  # noqa: BLE001 - the thread must be there for the next news
            fault = traceback.format_exc(limit=-4)
            if fault != self._fault:  # ten times a second the same would bury all else
                self._fault = fault
                print(f"a bug in flowlab, whose live view goes on:\n{fault}", file=sys.stderr)
            return None

    def _await_news(self, seconds: float | None) -> bool:
        """Wait for news, so long at most; False at the end."""
        with self._changed:
            self._changed.wait_for(lambda: self._woken or self._closed, seconds)
            self._woken = False
            return not self._closed
