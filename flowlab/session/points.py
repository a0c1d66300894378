"""Where a session's large objects are staged: its own word, a call's, or the process'.

It is told to the scheduler process when it is set, and looked at again at every submit and fetch:
so what holds is what was said last, not what held when the session was made.
"""

import os
from collections.abc import Iterable

from flowlab.events.messages import StagePointSet
from flowlab.model.ids import ObjectId, SessionId
from flowlab.session.link import Link
from flowlab.staging.chosen import get_stage_point
from flowlab.staging.point import check_point


class StagePoints:
    """Those of one session; what is said goes over its client's link."""

    def __init__(self, link: Link, session: SessionId) -> None:
        self._link = link
        self._session = session
        self._own: str | None = None
        self._told = ""

    @property
    def now(self) -> str | None:
        """The stage point that holds: the session's own, else the process'."""
        return self._own if self._own is not None else get_stage_point()

    def choose(self, url: str | os.PathLike[str] | None) -> None:
        """Use this one; None leaves it to the process. Raises UsageError for what is none."""
        self._own = None if url is None else check_point(url)
        self.tell()

    def choose_for(self, objects: Iterable[ObjectId], url: str | os.PathLike[str]) -> None:
        """Use this one for these objects alone."""
        self._link.post(StagePointSet(self._session, check_point(url), tuple(objects)))

    def tell(self) -> None:
        """Say which one holds, when it is another one than was said."""
        now = self.now or ""
        if now != self._told:
            self._link.post(StagePointSet(self._session, now))
            self._told = now
