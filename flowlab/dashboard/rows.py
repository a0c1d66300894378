"""What the list of sessions shows, as JSON: one row a journal, with its sessions."""

import msgspec

from flowlab.events.owner import Life
from flowlab.model.ids import SessionId
from flowlab.model.states import State
from flowlab.view.picture import SessionState


class SessionRow(msgspec.Struct, frozen=True):
    """One session in short; times are s since the epoch, `failure` the first one in one line."""

    session: SessionId
    name: str
    state: SessionState
    began: float
    last: float
    counts: dict[State, int]
    failure: str = ""


class JournalRow(msgspec.Struct, frozen=True):
    """One journal.

    life      whether its client lives; "foreign" when that is another machine's to know
    written   when it was written to last, s since the epoch
    size      bytes
    is_read   whether all of it was read; the sessions are those of what was
    damaged   lines that could not be read
    fault     why it cannot be read, or empty
    """

    journal: str
    life: Life
    written: float
    size: int
    is_read: bool
    sessions: tuple[SessionRow, ...] = ()
    damaged: int = 0
    fault: str = ""


class Listing(msgspec.Struct, frozen=True, tag=True):
    """All journals, those written to last first.

    now    this server's clock, s since the epoch: ages are reckoned from it
    left   how many journals are too many to be listed
    fault  why there are none, or empty
    """

    now: float
    journals: tuple[JournalRow, ...]
    left: int = 0
    fault: str = ""


class Standing(msgspec.Struct, frozen=True, tag=True):
    """Between the frames of one session: whether its client lives, and what its journal lacks."""

    now: float
    life: Life
    written: float
    damaged: int = 0
    fault: str = ""
