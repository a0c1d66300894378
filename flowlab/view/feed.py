"""Entries in, frames out: a reel that remembers for all, and a feed for each browser.

Pure: whoever drives them says when, ten times a second at most, and from one thread at a time. A
feed that is hidden, or that waits for its snapshot, keeps nothing; one that is not emptied keeps
a bounded amount, and then starts anew with a snapshot.

    reel = Reel(epoch)
    feed = reel.open()
    reel.take(entries)              once for all feeds
    frame = feed.next_frame()       a Snapshot first, then Deltas, None when nothing is new
"""

from collections import deque
from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from flowlab.events import messages as m
from flowlab.events.codec import encode_json
from flowlab.model import limits
from flowlab.view.fold import Folder
from flowlab.view.frames import Delta, Frame, Snapshot, coalesce, snapshot
from flowlab.view.picture import View

ENTRY = 128  # characters that a piece of output costs besides its text, as JSON and in memory


class Reel:
    """What a browser that comes now must be told: the folded view, and the newest output."""

    def __init__(self, epoch: int = 0) -> None:
        self.epoch = epoch
        self._folder = Folder(View(epoch=epoch))
        self._said: deque[m.Entry] = deque()
        self._size = 0  # of `_said`, in characters; a dot at a time must not fill the memory
        self._left_out = 0
        self._trace_seq = 0
        self._feeds: list[Feed] = []

    @property
    def view(self) -> View:
        return self._folder.view

    @property
    def task_count(self) -> int:
        return self._folder.task_count

    @property
    def unfinished(self) -> int:
        """Tasks that have not ended, without a copy of all."""
        return self._folder.unfinished

    def take(self, entries: Sequence[m.Entry]) -> None:
        """Fold entries in, and hand them to the feeds that are open."""
        self._folder.add(entries)
        entries = [_as_text(entry) for entry in entries]
        for entry in entries:
            if isinstance(entry.event, m.Said) and entry.seq > self._trace_seq:
                self._said.append(entry)
                self._size += ENTRY + len(entry.event.text)
            if isinstance(entry.event, m.Trace):
                self._trace_seq = max(self._trace_seq, entry.seq)
        while self._size > limits.SNAPSHOT_TEXT:
            oldest = self._said.popleft()
            self._size -= ENTRY + _text_of(oldest)
            self._left_out += _lines_of(oldest)
        for feed in self._feeds:
            feed.take(entries)

    def open(self) -> "Feed":
        """A feed for one browser."""
        feed = Feed(self)
        self._feeds.append(feed)
        return feed

    def close(self, feed: "Feed") -> None:
        """The browser went away."""
        if feed in self._feeds:
            self._feeds.remove(feed)

    def snapshot(self, frame: int) -> Snapshot:
        """All of it, as the frame of this number."""
        return snapshot(self._folder.view, self._said, frame, self._left_out)


class Feed:
    """The frames of one browser, numbered from 1."""

    def __init__(self, reel: Reel) -> None:
        self._reel = reel
        self._frame = 0
        self._pending: list[m.Entry] = []
        self._rows = 0
        self._text = 0
        self._left_out = 0
        self._is_hidden = False
        self._wants_snapshot = True

    @property
    def is_hidden(self) -> bool:
        return self._is_hidden

    def ask_snapshot(self) -> None:
        """The browser lost a frame, or is new: the next frame is a snapshot."""
        self._wants_snapshot = True
        self._pending, self._rows, self._text, self._left_out = [], 0, 0, 0

    def hide(self) -> None:
        """Nobody looks: no frames, and nothing is kept for them."""
        self._is_hidden = True
        self.ask_snapshot()

    def show(self) -> None:
        """Somebody looks again: a snapshot comes first."""
        self._is_hidden = False

    def current(self) -> Snapshot:
        """A snapshot that has the number of the frame sent last, for one that has all until then.

        The deltas that follow go on from it.
        """
        return self._reel.snapshot(self._frame)

    def take(self, entries: Iterable[m.Entry]) -> None:
        """Keep entries for the next frame; the reel calls it."""
        if self._wants_snapshot:
            return
        for entry in entries:
            self._pending.append(entry)
            self._rows += _rows(entry.event)
            self._text += _text_of(entry)
        if self._text > 2 * limits.FRAME_TEXT:
            self._shorten()
        if self._rows > max(limits.FRAME_ROWS, self._reel.task_count):
            self.ask_snapshot()  # it is the smaller of the two

    def next_frame(self) -> Frame | None:
        """What is to be sent now, or None."""
        if self._is_hidden:
            return None
        if self._wants_snapshot:
            self._wants_snapshot = False
            self._frame += 1
            return self._reel.snapshot(self._frame)
        if not self._pending:
            return None
        self._shorten()
        entries, left_out = tuple(coalesce(self._pending)), self._left_out
        self._pending, self._rows, self._text, self._left_out = [], 0, 0, 0
        self._frame += 1
        return Delta(self._reel.epoch, self._frame, entries, left_out)

    def _shorten(self) -> None:
        """Leave out the oldest output when it is more than fits in a frame."""
        if self._text <= limits.FRAME_TEXT:
            return
        over, kept = self._text - limits.FRAME_TEXT, []
        for entry in self._pending:
            if over > 0 and isinstance(entry.event, m.Said):
                over -= len(entry.event.text)
                self._left_out += _lines_of(entry)
            else:
                kept.append(entry)
        self._pending = kept
        self._text = sum(map(_text_of, kept))


def encode_frame(frame: Frame) -> bytes:
    """A frame as JSON text in UTF-8."""
    return encode_json(frame)


def _as_text(entry: m.Entry) -> m.Entry:
    """Log records as the lines that are shown of them; any other entry as it is."""
    event = entry.event
    if not isinstance(event, m.Logged):
        return entry
    text = "".join(row.shown for row in event.rows)
    at = event.rows[0].at if event.rows else entry.at
    return replace(entry, event=m.Said(event.task, event.assignment, event.number, "log", text, at))


def _lines_of(entry: m.Entry) -> int:
    """How many lines a piece of output is: one at least, as the front end counts."""
    return max(1, entry.event.text.count("\n")) if isinstance(entry.event, m.Said) else 0


def _text_of(entry: m.Entry) -> int:
    return len(entry.event.text) if isinstance(entry.event, m.Said) else 0


def _rows(event: m.EventUnion) -> int:
    """How many things an event names, roughly; output is counted by its text."""
    match event:
        case m.Submitted():
            return len(event.tasks) + len(event.objects)
        case m.Reported():
            return 1 + len(event.started) + len(event.finished) + len(event.failed)
        case m.TasksReady() | m.TasksAssigned() | m.TasksGivenBack() | m.TasksSkipped():
            return 1 + len(event.tasks)
        case _:
            return 1
