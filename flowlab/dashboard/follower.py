"""One session followed in its journal, for all browsers that look at it.

Files are read, folded and encoded in a worker thread; the event loop hands the frames on. The one
rule: nothing is read while nobody looks, and nothing is made for a browser that does not keep up.
"""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

import msgspec

from flowlab.dashboard.rows import Standing
from flowlab.dashboard.stamp import Stamp, stamp
from flowlab.dashboard.viewer import Viewer, tell_fault
from flowlab.errors import StoreError
from flowlab.events.journal import Position, read_journal
from flowlab.events.owner import Life, life_of
from flowlab.model.ids import SessionId
from flowlab.model.limits import MIB
from flowlab.view.feed import Feed, Reel, encode_frame

PACE = 0.1  # s from one frame to the next, at least
SLOW_PACE = 1.0  # s between two looks at a journal whose client is over
LIFE_PACE = 1.0  # s between two looks whether its client lives
PIECE = 4 * MIB  # bytes of facts that are read at once


@dataclass(frozen=True)
class _Turn:
    """What one turn gave: frames for some, and a note for all or for those who are new."""

    frames: tuple[tuple[Viewer, bytes], ...]
    note: bytes
    is_news: bool


class Follower:
    """Follows while it has viewers; `turns` counts its looks at the journal."""

    def __init__(self, path: Path, session: SessionId) -> None:
        self.turns = 0
        self._path = path
        self._session = session
        self._viewers: list[Viewer] = []
        self._feeds: dict[Viewer, Feed] = {}  # changed between two turns only
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        # the worker thread's
        self._reel = Reel(epoch=time.time_ns() // 1_000_000)
        self._position = Position()
        self._stamp: Stamp | None = None  # of what was read to its end
        self._has_facts = False
        self._is_caught_up = False
        self._fault = ""
        self._meta: dict[str, object] = {}
        self._damaged = 0
        self._standing = Standing(0.0, Life.OVER, 0.0)
        self._next_look = 0.0

    @property
    def viewers(self) -> int:
        return len(self._viewers)

    def join(self) -> Viewer:
        """A browser begins to look: it gets a snapshot first."""
        viewer = Viewer()
        self._viewers.append(viewer)
        self.wake()
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """It is gone."""
        self._viewers.remove(viewer)
        self._wake.set()

    def wake(self) -> None:
        """A viewer asked for something, or came."""
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(tell_fault)

    # --- on the event loop

    async def _run(self) -> None:
        while self._viewers:
            self._wake.clear()
            if not any(viewer.shown for viewer in self._viewers):
                await self._wake.wait()
                continue
            began = time.monotonic()
            self._match_feeds()
            ready = [viewer for viewer in self._viewers if viewer.is_ready]
            turn = await asyncio.to_thread(self._turn, ready)
            for viewer, frame in turn.frames:
                viewer.send(frame)
            for viewer in self._viewers:
                if turn.is_news or viewer.is_new:
                    viewer.tell(turn.note)
            await self._pause(began)

    def _match_feeds(self) -> None:
        """A feed for each viewer, that does what he asked for."""
        for viewer in self._feeds.keys() - set(self._viewers):
            self._reel.close(self._feeds.pop(viewer))
        for viewer in self._viewers:
            if viewer not in self._feeds:
                self._feeds[viewer] = self._reel.open()
            feed = self._feeds[viewer]
            if viewer.take_wish():
                feed.ask_snapshot()
            if viewer.shown == feed.is_hidden:
                (feed.show if viewer.shown else feed.hide)()

    async def _pause(self, began: float) -> None:
        """Keep the pace; a viewer who asks for something does not wait for a slow one."""
        if not self._is_caught_up:
            return
        await asyncio.sleep(max(0.0, began + PACE - time.monotonic()))
        if self._standing.life is Life.OVER:
            try:
                await asyncio.wait_for(self._wake.wait(), SLOW_PACE)
            except TimeoutError:
                return

    # --- in a worker thread

    def _turn(self, ready: list[Viewer]) -> _Turn:
        """Look once; make frames for those who have taken theirs."""
        self.turns += 1
        self._read()
        before, self._standing = self._standing, self._look()
        frames = tuple(
            (viewer, encode_frame(frame))
            for viewer in (ready if self._is_caught_up else ())
            if (frame := self._feeds[viewer].next_frame()) is not None
        )
        is_news = _gist(before) != _gist(self._standing)
        return _Turn(frames, msgspec.json.encode(self._standing), is_news)

    def _read(self) -> None:
        """Read one piece of what is new: facts first, and traces once those are all known.

        What was written while we read has another stamp: the next turn reads again.
        """
        seen = stamp(self._path)
        if seen == self._stamp:
            return
        try:
            reading = read_journal(self._path, self._position, PIECE, traces=self._has_facts)
        except (StoreError, OSError) as error:
            self._stamp, self._fault, self._is_caught_up = seen, str(error), True
            return
        self._fault = ""
        self._meta = dict(reading.meta) or self._meta
        self._damaged += reading.damaged
        ours = (None, self._session)
        self._reel.take([entry for entry in reading.entries if entry.session in ours])
        self._is_caught_up = self._is_caught_up or self._has_facts
        if reading.position != self._position:
            self._position, self._stamp = reading.position, None
        elif self._has_facts:
            self._stamp = seen
        else:
            self._has_facts = True

    def _look(self) -> Standing:
        """Whether the client lives, asked once a second."""
        if time.monotonic() < self._next_look and self._fault == self._standing.fault:
            return self._standing
        self._next_look = time.monotonic() + LIFE_PACE
        life, written = life_of(self._meta), stamp(self._path).written
        return Standing(time.time(), life, written, self._damaged, self._fault)


class Followers:
    """The sessions that are looked at; one follower for each."""

    def __init__(self) -> None:
        self._followers: dict[tuple[Path, SessionId], Follower] = {}

    def join(self, path: Path, session: SessionId) -> tuple[Follower, Viewer]:
        """Look at a session, together with all others who do."""
        follower = self._followers.setdefault((path, session), Follower(path, session))
        return follower, follower.join()

    def leave(self, follower: Follower, viewer: Viewer) -> None:
        """Look no longer; what nobody looks at is forgotten."""
        follower.leave(viewer)
        if not follower.viewers:
            self._followers = {
                key: each for key, each in self._followers.items() if each is not follower
            }


def _gist(standing: Standing) -> tuple[object, ...]:
    """What of a standing is news; the age of the newest word only where it tells something."""
    written = standing.written if standing.life is Life.FOREIGN else 0.0
    return (standing.life, standing.damaged, standing.fault, written)
