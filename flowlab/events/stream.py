"""The stream: every entry in order, kept for readers that come later, handed on in batches.

Facts and verdicts are all kept, for they are what happened. Of traces the last
`limits.STREAM_TRACES` are kept, and of these the last `limits.STREAM_TEXT` of text; the others are
counted. Its one rule: no reader is called while
the lock is held.
"""

import threading
from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from heapq import merge

from flowlab.events.codec import pack, unpack
from flowlab.events.messages import (
    Entry,
    EventUnion,
    Logged,
    Noticed,
    Reported,
    Said,
    Submitted,
    Trace,
)
from flowlab.model import limits
from flowlab.model.ids import SessionId

Reader = Callable[[Sequence[Entry]], None]


class _Packed:
    """An entry with long columns, kept as bytes once it was handed on.

    A hundred thousand specs as objects are memory and work for the garbage collector; as bytes
    they are one string.
    """

    __slots__ = ("data", "seq")

    def __init__(self, entry: Entry) -> None:
        self.seq = entry.seq
        self.data = pack(entry)


_Kept = Entry | _Packed


class _Subscription:
    """One reader: what it still has to get from before it came, and where that ends."""

    __slots__ = ("active", "backlog", "reader", "seq")

    def __init__(self, reader: Reader, backlog: list[_Kept], seq: int) -> None:
        self.reader = reader
        self.backlog = backlog
        self.seq = seq
        self.active = True

    def stop(self) -> None:
        self.active = False


class Stream:
    """The one list of all that happened; any thread may append, read and subscribe.

    first  the number of the first entry, where a replayed journal goes on
    dropped_traces  how many traces a reader that comes now can no longer get
    """

    def __init__(
        self,
        first: int = 1,
        traces: int = limits.STREAM_TRACES,
        text: int = limits.STREAM_TEXT,
    ) -> None:
        self.dropped_traces = 0
        self._next = first
        self._kept: list[_Kept] = []  # facts and verdicts
        self._numbers: list[int] = []  # their numbers, for the search
        self._unpacked = 0  # place in `_kept` from which on nothing was packed yet
        self._traces: deque[Entry] = deque()
        self._most_traces = traces
        self._text = 0  # of `_traces`
        self._most_text = text
        self._fresh: list[Entry] = []  # not yet handed to the readers
        self._subscriptions: list[_Subscription] = []
        self._lock = threading.Lock()
        self._handing_on = threading.Lock()

    @property
    def last(self) -> int:
        """Number of the newest entry; `first - 1` when there is none."""
        return self._next - 1

    def append(self, event: EventUnion, session: SessionId | None, at: float) -> Entry:
        """Give an event its number; the readers get it at the next flush."""
        with self._lock:
            entry = Entry(self._next, at, session, event)
            self._add(entry)
            self._fresh.append(entry)
        return entry

    def extend(self, entries: Iterable[Entry]) -> None:
        """Take entries that have their numbers already: those of a journal that is replayed.

        Entries that are not newer than the newest are left out, so a replay may overlap.
        """
        with self._lock:
            for entry in entries:
                if entry.seq >= self._next:
                    self._add(entry)
                    self._fresh.append(entry)

    def entries(self, after: int = 0) -> list[Entry]:
        """All kept entries with a number above `after`, in order."""
        with self._lock:
            found = self._after(after)
        return [_entry(kept) for kept in found]

    def subscribe(self, reader: Reader, after: int = 0) -> Callable[[], None]:
        """Hand the reader all entries above `after`, from the next flush on; returns the stop.

        Each entry comes once, in order. A batch that is under way when the reader is stopped may
        still reach it. A reader that raises is stopped, and a notice in the stream says so.
        """
        with self._lock:
            subscription = _Subscription(reader, self._after(after), max(after, self.last))
            self._subscriptions.append(subscription)
        return subscription.stop

    def flush(self) -> None:
        """Hand all new entries to the readers: the pump's job, once a turn of its loop.

        Inside a reader it does nothing; what a reader appends goes out at the next flush.
        """
        if not self._handing_on.acquire(blocking=False):
            return  # a reader's own call, or another thread is handing on: the next turn has it
        try:
            with self._lock:
                fresh, self._fresh = self._fresh, []
                self._subscriptions = [each for each in self._subscriptions if each.active]
                subscriptions = list(self._subscriptions)
                backlogs = [each.backlog for each in subscriptions]
                for each in subscriptions:
                    each.backlog = []
            for subscription, backlog in zip(subscriptions, backlogs, strict=True):
                self._hand_on(subscription, backlog, fresh)
            self._pack()
        finally:
            self._handing_on.release()

    def _hand_on(
        self, subscription: _Subscription, backlog: list[_Kept], fresh: list[Entry]
    ) -> None:
        if backlog or (fresh and fresh[0].seq <= subscription.seq):
            seq = subscription.seq
            batch = [_entry(kept) for kept in backlog]
            batch += [entry for entry in fresh if entry.seq > seq]
        else:
            batch = fresh
        if not batch or not subscription.active:
            return
        try:
            subscription.reader(tuple(batch))
        except Exception as error:  # noqa: BLE001 - one bad reader must not stop the others
            subscription.stop()
            text = f"a reader of the stream was stopped, because it raised {type(error).__name__}"
            self.append(Noticed(text, "error"), None, batch[-1].at)

    def _add(self, entry: Entry) -> None:
        self._next = entry.seq + 1
        if not isinstance(entry.event, Trace):
            self._kept.append(entry)
            self._numbers.append(entry.seq)
            return
        self._traces.append(entry)
        self._text += _text_of(entry.event)
        while len(self._traces) > self._most_traces or self._text > self._most_text:
            self._text -= _text_of(self._traces.popleft().event)
            self.dropped_traces += 1

    def _after(self, after: int) -> list[_Kept]:
        kept = self._kept[bisect_right(self._numbers, after) :]
        traces = [entry for entry in self._traces if entry.seq > after]
        return list(merge(kept, traces, key=lambda each: each.seq)) if traces else kept

    def _pack(self) -> None:
        with self._lock:
            start, end = self._unpacked, len(self._kept)
            long = [
                (place, kept)
                for place, kept in enumerate(self._kept[start:end], start)
                if isinstance(kept, Entry) and isinstance(kept.event, Submitted | Reported)
            ]
            self._unpacked = end
        packed = [(place, _Packed(entry)) for place, entry in long]
        with self._lock:
            for place, each in packed:
                self._kept[place] = each


def _entry(kept: _Kept) -> Entry:
    return unpack(kept.data, Entry) if isinstance(kept, _Packed) else kept


def _text_of(event: EventUnion) -> int:
    """How much text a trace is, about."""
    if isinstance(event, Logged):
        return event.size
    return len(event.text) if isinstance(event, Said) else 0
