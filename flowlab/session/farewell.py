"""Objects that nobody can name any longer, let go together: a thousand of them are one message.

The one rule: `add` is called by the collector, in any thread and between any two lines; so it
takes no lock, and only enqueues.
"""

from collections import deque

from flowlab.events.messages import Unkept
from flowlab.model.ids import ObjectId, SessionId
from flowlab.model.payload import NOTHING, Payload
from flowlab.session.link import Link


class Farewell:
    """Of one session."""

    def __init__(self, link: Link, session: SessionId) -> None:
        self._link = link
        self._session = session
        self._gone: deque[ObjectId] = deque()
        self._under_way = False

    def add(self, object_id: ObjectId) -> None:
        """Let an object go, with those that come until the message leaves."""
        self._gone.append(object_id)
        if not self._under_way:
            self._under_way = True
            self._link.post_late(self._make)

    def _make(self) -> tuple[Unkept, Payload] | None:
        self._under_way = False  # before the objects are taken: who comes now sends another one
        gone = []
        while self._gone:
            gone.append(self._gone.popleft())
        return (Unkept(self._session, tuple(gone)), NOTHING) if gone else None
