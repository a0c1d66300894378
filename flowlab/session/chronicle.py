"""The journal of a client without a scheduler process, made when there is something to write.

So that a client that never submits leaves nothing, and a session that runs inside the kernel is
seen from outside as any other is.
"""

import os
from collections.abc import Callable
from pathlib import Path

from flowlab.events.journal import JournalWriter
from flowlab.events.messages import Entry
from flowlab.events.owner import describe_owner


class Chronicle:
    """Implements pump.Journal; `place` makes the journal's directory."""

    def __init__(self, place: Callable[[], Path]) -> None:
        self._place = place
        self._writer: JournalWriter | None = None

    def write(self, entries: list[Entry]) -> None:
        """Append a batch."""
        if self._writer is None:
            place = self._place()
            self._writer = JournalWriter(place, describe_owner(os.getpid()))
        self._writer.write(entries)

    def close(self) -> None:
        """Close the files, when there are any."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
