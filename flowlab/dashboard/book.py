"""One journal in short: read as far as it was written, kept as the few rows that the list shows.

The view behind the rows is held only while the journal grows; of a client that is over nothing
but the rows is left. The one rule: what did not change on disk is not read again.
"""

import time
from collections.abc import Iterable
from pathlib import Path

from flowlab.dashboard.rows import JournalRow, SessionRow
from flowlab.dashboard.stamp import Stamp, stamp
from flowlab.errors import StoreError
from flowlab.events.journal import Position, read_journal
from flowlab.events.messages import Entry
from flowlab.events.owner import Life, life_of
from flowlab.model.ids import SessionId
from flowlab.model.limits import MIB
from flowlab.view.fold import Folder
from flowlab.view.picture import SessionView, View

PIECE = 4 * MIB  # bytes that are read at once
PAUSE = 60.0  # s until a large journal that was put away is read again from its beginning
STILL = 60.0  # s without a word after which another machine's client is taken for silent


class Book:
    """One journal, for one thread at a time.

    is_read  whether all that was there at the last look was read
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_read = False
        self._stamp = Stamp()
        self._is_stale = True
        self._not_before = 0.0
        self._meta: dict[str, object] = {}
        self._fault = ""
        self._rows: tuple[SessionRow, ...] = ()
        self._damaged = 0
        self._folder: Folder | None = None
        self._position = Position()
        self._times: dict[SessionId, tuple[float, float]] = {}

    @property
    def written(self) -> float:
        """When it was written to last, s since the epoch."""
        return self._stamp.written

    @property
    def weight(self) -> int:
        """Tasks that are held in memory."""
        return self._folder.task_count if self._folder is not None else 0

    @property
    def life(self) -> Life:
        """Whether its client lives."""
        return life_of(self._meta)

    @property
    def row(self) -> JournalRow:
        """What the list shows."""
        return JournalRow(
            self.path.name,
            self.life,
            self.written,
            self._stamp.size,
            self.is_read,
            self._rows,
            self._damaged,
            self._fault,
        )

    def look(self) -> None:
        """See whether it changed; a journal that did is to be read on."""
        before, self._stamp = self._stamp, stamp(self.path)
        if self._stamp.facts != before.facts:
            self._is_stale = True
        elif self.is_read and not self._may_grow():
            self._folder = None
        if self._is_stale and time.monotonic() >= self._not_before:
            self._is_stale = self.is_read = False

    def read_on(self) -> None:
        """Read one piece; when it was the last, the rows are new."""
        folder = self._folder or self._begin()
        try:
            reading = read_journal(self.path, self._position, PIECE, traces=False)
        except (StoreError, OSError) as error:
            self._fault = str(error)
            self._close()
            return
        self._fault = ""
        self._meta = dict(reading.meta) or self._meta
        self._damaged += reading.damaged
        self._mark(reading.entries)
        try:
            folder.add(reading.entries)
        except Exception as error:  # noqa: BLE001 - one odd journal must not cost the whole list
            self._fault = f"its entries make no sense: {type(error).__name__}: {error}"
            self._close()
            return
        if reading.position != self._position:
            self._position = reading.position
            return
        self._rows = _rows(folder.view, self._times)
        self.is_read = True
        if not self._may_grow():
            self._folder = None

    def put_away(self) -> None:
        """Hold the rows alone, for a while."""
        self._folder = None
        self._not_before = time.monotonic() + PAUSE

    def _may_grow(self) -> bool:
        life = self.life
        silent = time.time() - self.written > STILL
        return life is Life.LIVE or (life is Life.FOREIGN and not silent)

    def _begin(self) -> Folder:
        self._folder = folder = Folder()
        self._position = Position()
        self._times = {}
        self._damaged = 0
        return folder

    def _close(self) -> None:
        self._folder = None
        self._rows = ()
        self.is_read = True

    def _mark(self, entries: Iterable[Entry]) -> None:
        """When each session's first and newest entries were."""
        for entry in entries:
            if entry.session is not None:
                began, _ = self._times.get(entry.session, (entry.at, entry.at))
                self._times[entry.session] = (began, entry.at)


def _rows(view: View, times: dict[SessionId, tuple[float, float]]) -> tuple[SessionRow, ...]:
    return tuple(_row(view, session, times) for session in view.sessions.values())


def _row(
    view: View, session: SessionView, times: dict[SessionId, tuple[float, float]]
) -> SessionRow:
    began, last = times.get(session.id, (0.0, 0.0))
    failure = session.failure.message if session.failure is not None else ""
    return SessionRow(
        session.id,
        session.name,
        session.state,
        began,
        last,
        dict(view.progress(session.id)),
        failure,
    )
