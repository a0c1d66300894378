"""Turns: in which order pieces of large objects are asked for, sent on and written. Pure.

    giver ── Piece ──▶ here ── Piece ──▶ taker        giver, taker: a carrier (worker/carrier.py)
      ▲ Wanted          │ ▲               │           of an engine, or the one of this process
      └─────────────────┘ └── Written ────┘

From each carrier one piece is under way at a time, and to each carrier one: so a small message on
the same link waits for one piece at most. For each taker `UNDER_WAY` pieces at most are between
being asked for and being written: so nothing here ever holds an object.
"""

from collections.abc import Callable

from flowlab.cluster.errands import End, Place, Transfer
from flowlab.model.ids import HostId
from flowlab.model.limits import PIECE
from flowlab.model.payload import Stored
from flowlab.worker.messages import (
    Answer,
    Broken,
    Coming,
    Freight,
    Piece,
    Stopped,
    Wanted,
)


class Turns:
    """All carriers that can be reached; `send` takes a message to one of them."""

    def __init__(self, home: HostId, send: Callable[[Place, Freight], None]) -> None:
        self.bytes = 0  # of pieces that were sent on, as they travelled
        self.ends: dict[Place, End] = {None: End(None, home)}
        self._send = send

    def begin(self, transfer: Transfer) -> None:
        """Let a transfer have its turns, after those that its taker has."""
        transfer.taker.queue.append(transfer)
        self.serve(transfer.taker)

    def settle(self, end: End, answer: Answer) -> bool:
        """A carrier answered, which frees its way; whether it was one that was read from."""
        if end.reading == answer.transfer and isinstance(answer, Piece | Broken):
            end.reading = 0
            return True
        if end.writing == answer.transfer:
            end.writing = 0
            end.credits += 1
        return False

    def take(self, transfer: Transfer, piece: Piece) -> None:
        """A piece came; it goes on in its turn."""
        if transfer.due and transfer.due[0] == piece.at:
            transfer.due.popleft()
            transfer.taker.to_write.append((transfer, piece))
            self.serve(transfer.taker)

    def change_giver(self, transfer: Transfer, giver: End, file: Stored) -> None:
        """Ask another one for the pieces that are due: the bytes are the same everywhere."""
        transfer.giver, transfer.file = giver, file
        giver.to_read.extend((transfer, at) for at in transfer.due)
        self.serve(giver)

    def strike(self, transfer: Transfer) -> None:
        """It is over; what of it is under way is still answered."""
        transfer.over = True
        giver, taker = transfer.giver, transfer.taker
        if transfer in taker.queue:
            taker.queue.remove(transfer)
        waiting = [one for one in taker.to_write if one[0] is transfer]
        for one in waiting:
            taker.to_write.remove(one)
        taker.credits += len(waiting) + len(transfer.due)
        stopped = Stopped(transfer.number)
        if transfer.asked and self.ends.get(giver.place) is giver:
            self._send(giver.place, stopped)
        if self.ends.get(taker.place) is taker:
            if transfer.opened:
                self._send(taker.place, stopped)
            self.serve(taker)

    def serve(self, end: End) -> None:
        """Let a carrier do what it may do now."""
        self._ask_for(end)
        while not end.reading and end.to_read:
            transfer, at = end.to_read.popleft()
            if not transfer.over and transfer.giver is end:
                end.reading = transfer.number
                self._send(end.place, Wanted(transfer.number, transfer.file, at))
        if not end.writing and end.to_write:
            self._write(end)

    def _ask_for(self, taker: End) -> None:
        """Ask for pieces that this carrier is to write, as many as it has credits for."""
        while taker.credits and taker.queue:
            transfer = taker.queue[0]
            giver = transfer.giver
            taker.credits -= 1
            transfer.due.append(transfer.asked)
            giver.to_read.append((transfer, transfer.asked))
            transfer.asked += PIECE
            if transfer.asked >= transfer.file.size:
                taker.queue.popleft()
            if giver is not taker:
                self.serve(giver)

    def _write(self, taker: End) -> None:
        transfer, piece = taker.to_write.popleft()
        if not transfer.opened:
            transfer.opened = True
            file = transfer.file
            coming = Coming(
                transfer.number, transfer.object, file.size, file.packed, transfer.label
            )
            self._send(taker.place, coming)
        taker.writing = transfer.number
        self.bytes += len(piece.data)
        self._send(taker.place, piece)
