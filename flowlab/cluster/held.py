"""Sessions whose tasks are to wait before they log anything: their handlers are behind.

Belongs to the router's thread. An engine that joins meanwhile is told as well.
"""

from typing import Protocol

from flowlab.model.ids import EngineId, SessionId
from flowlab.worker.messages import Down, LogHeld


class Lines(Protocol):
    """The engines that are linked (router.Router)."""

    def lines(self) -> frozenset[EngineId]: ...
    def send_now(self, engine: EngineId, body: Down) -> None: ...


class HeldSessions:
    """Which they are, and who tells it to engines."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._held: set[SessionId] = set()

    def change(self, session: SessionId, *, held: bool) -> None:
        """Tell all engines."""
        (self._held.add if held else self._held.discard)(session)
        for engine in self._lines.lines():
            self._lines.send_now(engine, LogHeld(session, held))

    def tell(self, engine: EngineId) -> None:
        """Tell an engine that has just come."""
        for session in self._held:
            self._lines.send_now(engine, LogHeld(session, held=True))
