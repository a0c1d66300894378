"""One browser that looks on: the one message that it is sent next, and what it asked for.

Nothing is kept for a browser that does not read: who makes its frames asks first whether it has
taken the one before. Lives on the server's event loop alone.
"""

import asyncio
from typing import Literal

import msgspec

Wish = Literal["hello", "shown", "hidden"]


class Request(msgspec.Struct, frozen=True):
    """What a browser may ask: a snapshot, or to be left alone while nobody looks at it."""

    type: Wish


class Viewer:
    """One connection.

    shown     whether somebody looks at its page
    is_new    whether it was told nothing yet
    """

    def __init__(self) -> None:
        self.shown = True
        self.is_new = True
        self._starts_anew = False
        self._frame = b""
        self._note = b""
        self._is_sending = False
        self._wake = asyncio.Event()

    @property
    def is_ready(self) -> bool:
        """Whether it looks, and has taken all that it was sent."""
        return self.shown and not self._is_sending and not self._frame

    def ask(self, wish: Wish) -> None:
        """The browser asked for something; to be shown again it need not ask for a snapshot."""
        if wish == "shown" and self.shown:
            return
        self.shown = wish != "hidden"
        self.is_new = self._starts_anew = True
        self._frame = b""

    def take_wish(self) -> bool:
        """Whether it asked for a snapshot since the last call."""
        asked, self._starts_anew = self._starts_anew, False
        return asked

    def send(self, frame: bytes) -> None:
        """Send a frame, unless the browser asked for something else meanwhile."""
        if self.shown and not self._starts_anew:
            self._frame = frame
            self._wake.set()

    def tell(self, note: bytes) -> None:
        """Send a note; only the newest counts."""
        self.is_new = False
        self._note = note
        self._wake.set()

    async def take(self) -> bytes:
        """The next message; the one before was sent to its end."""
        self._is_sending = False
        while not self._note and not self._frame:
            self._wake.clear()
            await self._wake.wait()
        self._is_sending = True
        if self._note:
            note, self._note = self._note, b""
            return note
        frame, self._frame = self._frame, b""
        return frame


def tell_fault(task: "asyncio.Task[None]") -> None:
    """Have the event loop log what ended a task that should not have ended so.

    The next wish of a viewer starts another one.
    """
    if not task.cancelled():
        task.result()
