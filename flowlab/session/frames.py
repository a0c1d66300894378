"""What travels on a kernel's link, in both directions; a frame is one of these, msgpack."""

from collections.abc import Iterator, Sequence

import msgspec

from flowlab.events.messages import Entry, EventUnion, FactUnion, Logged
from flowlab.model.ids import ObjectId, SessionId
from flowlab.model.limits import ENTRY_ROWS
from flowlab.model.payload import NOTHING, Payload, Value


class Attach(msgspec.Struct, frozen=True, tag=True):
    """First word of a kernel, at its start and after every reconnection.

    link   names this kernel's link for good; its posts are numbered from 1
    after  the last entry that it has
    """

    link: str
    pid: int
    started: str
    after: int
    linger: float = 0.0


class Post(msgspec.Struct, frozen=True, tag=True):
    """A fact; posted again after a reconnection until it was `Taken`."""

    number: int
    fact: FactUnion | Logged
    payload: Payload = NOTHING


class Ask(msgspec.Struct, frozen=True, tag=True):
    """A question; `about` is an object (value), a task (explain), or 0 (the others).

    ahead  small values of the objects that were declared next may come along
    """

    request: int
    what: str
    about: int = 0
    ahead: bool = False


class Goodbye(msgspec.Struct, frozen=True, tag=True):
    """This kernel does not come back."""


class Lease(msgspec.Struct, frozen=True, tag=True):
    """Go on for so many seconds when the link closes without a goodbye."""

    linger: float


class Heard(msgspec.Struct, frozen=True, tag=True):
    """The handlers of this session have had all its log records up to the entry of this number."""

    session: SessionId
    seq: int


Up = Attach | Post | Ask | Goodbye | Lease | Heard


class Attached(msgspec.Struct, frozen=True, tag=True):
    """You are let in.

    slot   counts the kernels of this client from 0; sessions are numbered by it
    taken  the highest number of your posts that is in the journal
    epoch  names this scheduler process
    """

    slot: int
    taken: int
    epoch: str


class Entries(msgspec.Struct, frozen=True, tag=True):
    """New entries of the stream, in order."""

    entries: tuple[Entry, ...]


class Taken(msgspec.Struct, frozen=True, tag=True):
    """Your posts up to this number are in the journal."""

    number: int


class ValueIs(msgspec.Struct, frozen=True, tag=True):
    """Answer to `value`: the value, or why there is none; and what was asked to come along.

    refused  there is one, and this host's store cannot take it
    """

    request: int
    value: Value | None
    fault: str = ""
    more: dict[ObjectId, Value] = {}
    refused: bool = False


class Told(msgspec.Struct, frozen=True, tag=True):
    """Answer to the other questions."""

    request: int
    answer: dict[str, object]
    fault: str = ""


Down = Attached | Entries | Taken | ValueIs | Told


def portions(entries: Sequence[Entry]) -> Iterator[Entries]:
    """The entries in messages of a bounded number of rows, or of one entry.

    A message is taken apart in one go, during which nothing else runs in the kernel: a hundred
    thousand rows would be half a second in which no key that the user presses is heard.
    """
    rows, first = 0, 0
    for place, entry in enumerate(entries):
        more = _rows(entry.event)
        if rows and rows + more > ENTRY_ROWS:
            yield Entries(tuple(entries[first:place]))
            rows, first = 0, place
        rows += more
    if rows:
        yield Entries(tuple(entries[first:]))


def _rows(event: EventUnion) -> int:
    """What it counts for: itself, and all that stands in its columns."""
    columns = msgspec.structs.astuple(event)
    return 1 + sum([len(column) for column in columns if type(column) is tuple])


VALUE, EXPLAIN, DESCRIBE, NUDGE = "value", "explain", "describe", "nudge"
INVENTORY = "inventory"
