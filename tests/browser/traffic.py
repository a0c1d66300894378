"""What goes to a page over its websockets while it is watched: counted, not guessed."""

import time
from typing import Self

from playwright.sync_api import Page, WebSocket

_MARKS = (b'"Delta"', b'"Snapshot"')  # how a frame names its kind


class Traffic:
    """Counts the frames that come, of websockets that are opened from now on."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.deltas = 0
        self.snapshots = 0
        self.bytes = 0
        self._began = time.monotonic()
        page.on("websocket", self._listen)

    def clear(self) -> Self:
        """Count from now on."""
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
        if is_delta or is_snapshot:
            self.deltas += is_delta
            self.snapshots += is_snapshot
            self.bytes += len(data)
