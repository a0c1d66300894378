"""The list of sessions while somebody looks at it: read again each second, sent when it changed."""

import asyncio

import msgspec

from flowlab.dashboard.rows import Listing
from flowlab.dashboard.shelf import Shelf
from flowlab.dashboard.viewer import Viewer, tell_fault

PAUSE = 1.0  # s between two looks
LOOK_SECONDS = 0.3  # s that one look may read


class Watch:
    """One for all who look at the list; it works on the event loop, and reads in a thread."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._viewers: set[Viewer] = set()
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self.looks = 0

    def join(self) -> Viewer:
        """Begin to look."""
        viewer = Viewer()
        self._viewers.add(viewer)
        self.wake()
        return viewer

    def wake(self) -> None:
        """A viewer asked for something, or came."""
        self._wake.set()
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run())
            self._task.add_done_callback(tell_fault)

    def leave(self, viewer: Viewer) -> None:
        """Look no longer."""
        self._viewers.discard(viewer)
        self._wake.set()

    async def _run(self) -> None:
        seen: Listing | None = None
        while self._viewers:
            self._wake.clear()
            if not any(viewer.shown for viewer in self._viewers):
                await self._wake.wait()
                continue
            listing = await asyncio.to_thread(self._shelf.listing, LOOK_SECONDS)
            self.looks += 1
            if seen is None or _differ(seen, listing):
                seen = listing
                self._tell(listing, everybody=True)
            else:
                self._tell(listing, everybody=False)
            await self._pause(listing)

    def _tell(self, listing: Listing, *, everybody: bool) -> None:
        """Send it to all who look, or to those who wait for their first one."""
        note = msgspec.json.encode(listing)
        for viewer in self._viewers:
            if viewer.shown and (everybody or viewer.is_new):
                viewer.tell(note)

    async def _pause(self, listing: Listing) -> None:
        """A while; shorter when somebody came, or when not all was read yet."""
        if not all(row.is_read for row in listing.journals):
            return
        try:
            await asyncio.wait_for(self._wake.wait(), PAUSE)
        except TimeoutError:
            return


def _differ(one: Listing, other: Listing) -> bool:
    return (one.journals, one.left, one.fault) != (other.journals, other.left, other.fault)
