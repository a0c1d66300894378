"""What goes to a page over its websockets while it is watched: counted, not guessed."""

import time
from typing import Self

from playwright.sync_api import Page, WebSocket

_MARKS = (b'"Delta"', b'"Snapshot"')  # how a frame names its kind
_SAVED = b"_snap"  # the state that a notebook saves is no frame of the view


class Traffic:
    """Counts the frames that come, of websockets that are opened from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.deltas = 0
        self.snapshots = 0
        self.bytes = 0
        self._began = time.monotonic()
        page.on("websocket", self._listen)

    def settle(self, deltas: int = 3, seconds: float = 20) -> Self:
        """Wait until what is new comes as deltas, and count from then on."""
        self.deltas = 0
        end = time.monotonic() + seconds
        while self.deltas < deltas:
            assert time.monotonic() < end, f"{self.deltas} deltas came in {seconds} s"
            self.page.wait_for_timeout(20)  # ms; events come only while the page is asked
        self.deltas = self.snapshots = self.bytes = 0
        self._began = time.monotonic()
        return self

    @property
    def seconds(self) -> float:
        """How long it has been counting."""
        return time.monotonic() - self._began

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", self._count)

    def _count(self, payload: bytes | str) -> None:
        data = payload.encode() if isinstance(payload, str) else payload
        head = data[:4096]  # a message of a kernel has headers before it
        is_delta, is_snapshot = (mark in head for mark in _MARKS)
        if (is_delta or is_snapshot) and _SAVED not in head:
            self.deltas += is_delta
            self.snapshots += is_snapshot
            self.bytes += len(data)
