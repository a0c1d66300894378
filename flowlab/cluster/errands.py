"""What the relay has under way: one object to one host, or to its stage point. Pure.

Transfer    in pieces, through this process (turns.py)
Depositing  one carrier writes it to the stage point
Loading     one carrier reads it from there, or from where its owner keeps it
Following   it has to be somewhere else first
"""

from collections import deque
from dataclasses import dataclass, field

from flowlab.model.ids import EngineId, HostId, ObjectId
from flowlab.model.limits import UNDER_WAY
from flowlab.model.payload import Located, Staged, Stored
from flowlab.worker.messages import Piece

Place = EngineId | None  # an engine's carrier; None: that of this process


@dataclass(slots=True, eq=False)
class End:
    """One carrier.

    reading   transfer of which it was asked for a piece
    to_read   pieces to ask it for next
    writing   transfer of which it was sent a piece
    to_write  pieces to send it next
    queue     transfers that it takes, the first one first
    credits   pieces that may still be asked for on its behalf
    """

    place: Place
    host: HostId
    reading: int = 0
    to_read: "deque[tuple[Transfer, int]]" = field(default_factory=deque)
    writing: int = 0
    to_write: "deque[tuple[Transfer, Piece]]" = field(default_factory=deque)
    queue: "deque[Transfer]" = field(default_factory=deque)
    credits: int = UNDER_WAY


@dataclass(slots=True, eq=False)
class Errand:
    """One object on its way to `host`."""

    number: int
    object: ObjectId
    label: str
    host: HostId


@dataclass(slots=True, eq=False)
class Transfer(Errand):
    """In pieces.

    asked  bytes that were asked for so far
    due    pieces that were asked for and have not come, by where they begin
    """

    file: Stored
    giver: End
    taker: End
    asked: int = 0
    due: deque[int] = field(default_factory=deque)
    opened: bool = False
    over: bool = False


@dataclass(slots=True, eq=False)
class Depositing(Errand):
    """`giver` writes it to the stage point."""

    giver: End


@dataclass(slots=True, eq=False)
class Loading(Errand):
    """`taker` reads it from its source.

    faults  of what lies at the stage point that were known when this began
    """

    source: Staged | Located
    taker: End
    faults: int = 0


@dataclass(slots=True, eq=False)
class Following(Errand):
    """It goes on when the object is `there`, or cannot be."""

    there: HostId
