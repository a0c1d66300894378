"""One side of an engine link without its socket: numbers, acknowledgements, what to send again.

Both ends keep one `Duplex` for each link. What is numbered is kept until the other side has
acknowledged it; after a reconnection it is sent again, and what had arrived before is told by its
number. A new epoch is another scheduler process: both count from 1 again, and what was not
acknowledged gets new numbers. Pure.
"""

from collections import deque
from collections.abc import Callable

from flowlab.errors import LinkError
from flowlab.worker.messages import Down, Envelope, Up

Body = Down | Up


class Duplex:
    """Numbers what goes out, checks what comes in.

    epoch  of the scheduler process; the engine's side learns it by `renew` when it is welcomed
    seen   highest number received
    late   acknowledge a message only when `settle` says that nothing can lose it any longer
    arrived  told each message of ours once the other side has acknowledged it
    """

    def __init__(self, epoch: str = "", *, late: bool = False) -> None:
        self.epoch = epoch
        self.seen = 0
        self.arrived: Callable[[Body], None] = lambda _: None
        self._late = late
        self._settled = 0
        self._ahead: set[int] = set()  # settled before one with a lower number
        self._number = 0
        self._unacknowledged: deque[tuple[int, Body]] = deque()

    def number(self, body: Body) -> Envelope:
        """Give a message its number; it is kept until acknowledged."""
        self._number += 1
        self._unacknowledged.append((self._number, body))
        return Envelope(self._number, self._safe, self.epoch, body)

    def aside(self, body: Body | None = None) -> Envelope:
        """A message outside the count, lost with its connection; bare, it only acknowledges."""
        return Envelope(0, self._safe, self.epoch, body)

    def receive(self, envelope: Envelope) -> Body | None:
        """The message of a frame, or None when it has none or had come before.

        Raises LinkError when messages before it are missing: reconnect, so that they come again.
        """
        if envelope.epoch == self.epoch:
            self._acknowledge(envelope.seen)
        if envelope.number == 0:
            return envelope.body
        if envelope.epoch != self.epoch or envelope.number <= self.seen:
            return None
        if envelope.number != self.seen + 1:
            raise LinkError(f"message {envelope.number} came after message {self.seen}")
        self.seen = envelope.number
        return envelope.body

    def renew(self, epoch: str) -> bool:
        """Take up the link in this epoch; True when it is a new one and the counts start again."""
        if epoch == self.epoch:
            return False
        bodies = self.unacknowledged
        self.epoch = epoch
        self.seen = self._number = self._settled = 0
        self._ahead.clear()
        self._unacknowledged.clear()
        for body in bodies:
            self.number(body)
        return True

    def settle(self, number: int) -> None:
        """This message is safe: it may be acknowledged once all before it are."""
        self._ahead.add(number)
        while self._settled + 1 in self._ahead:
            self._settled += 1
            self._ahead.remove(self._settled)

    @property
    def _safe(self) -> int:
        return self._settled if self._late else self.seen

    def resend(self) -> list[Envelope]:
        """Frames of everything not acknowledged, for a connection that is up again."""
        return [
            Envelope(number, self._safe, self.epoch, body) for number, body in self._unacknowledged
        ]

    @property
    def unacknowledged(self) -> tuple[Body, ...]:
        """What the other side may not have got."""
        return tuple(body for _, body in self._unacknowledged)

    def _acknowledge(self, seen: int) -> None:
        while self._unacknowledged and self._unacknowledged[0][0] <= seen:
            self.arrived(self._unacknowledged.popleft()[1])
