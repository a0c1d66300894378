"""Named limits of a session: how many of its tasks that share something may run at once."""

from typing import Any

from flowlab.errors import UsageError
from flowlab.events.messages import LimitSet
from flowlab.graph.given import shorten
from flowlab.graph.nodes import Task
from flowlab.model.ids import SessionId
from flowlab.session.link import Link


class Limits:
    """Those of one session; what is said goes over its client's link."""

    def __init__(self, link: Link, session: SessionId) -> None:
        self._link = link
        self._session = session
        self._known: dict[str, tuple[int, bool]] = {}

    def set(self, name: Any, count: Any, *, per_host: bool) -> None:
        """Set one, or change it. Raises UsageError for what is no name or no number."""
        if not isinstance(name, str) or not name:
            raise UsageError(f"a limit has a name, not {shorten(name)}")
        if not isinstance(count, int) or isinstance(count, bool) or count < 1:
            raise UsageError(
                f"limit({name!r}, {shorten(count)}): how many tasks may run at once is a whole "
                "number, at least 1"
            )
        if self._known.get(name) != (count, per_host):
            self._link.post(LimitSet(self._session, name, count, per_host))
            self._known[name] = count, per_host

    def check(self, task: Task) -> None:
        """Raise UsageError when the task counts for a limit that nobody has set."""
        for name in task.resources.limits:
            if name not in self._known:
                known = ", ".join(map(repr, self._known)) or "none yet"
                raise UsageError(
                    f"{task!r} has limit={name!r}, which this session does not know (known: "
                    f"{known}); say first how many may run at once: session.limit({name!r}, 2)"
                )
