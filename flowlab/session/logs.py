"""The logs of all sessions of a client, and what the stream has for them.

The one rule: what came before the end of its session is handled, with the name of its task.
"""

from collections.abc import Sequence
from functools import partial

from flowlab.events.messages import EngineJoined, Entry, Logged, SessionClosed, Submitted
from flowlab.model.ids import EngineId, SessionId, TaskId, session_of
from flowlab.session.link import Link
from flowlab.session.log import SessionLog
from flowlab.session.mirror import Mirror


class Logs:
    """The logs of a client's sessions; `take` reads the stream, before the mirror does."""

    def __init__(self, link: Link, mirror: Mirror) -> None:
        self._link = link
        self._mirror = mirror
        self._open: dict[SessionId, SessionLog] = {}
        self._closing: list[SessionLog] = []
        self._ended: set[SessionId] = set()
        self._hosts: dict[EngineId, str] = {}

    def open(self, session: SessionId, name: str) -> SessionLog:
        """The log of a new session."""
        log = self._open[session] = SessionLog(session, name, self._link)
        return log

    def end(self, session: SessionId) -> None:
        """Its user closed it: let the mirror forget it, once nothing more can come of it."""
        self._ended.add(session)
        if session not in self._open:
            self._forget(session)

    def close(self, session: SessionId) -> None:
        """A session is over; what came before is still handled."""
        log = self._open.pop(session, None)
        self._closing = [each for each in self._closing if not each.drain(0)]
        if log is not None and not log.drain(0):
            self._closing.append(log)
        if session in self._ended:
            self._forget(session)

    def finish(self) -> None:
        """No more can come: wait for handlers as long as they get on with what came."""
        for session in list(self._ended):
            self._mirror.forget(session)
        for log in [*self._open.values(), *self._closing]:
            log.finish()

    def take(self, entries: Sequence[Entry]) -> None:
        """Take in what came; on the link's thread."""
        names = _Names(self._mirror)
        for entry in entries:
            event = entry.event
            if isinstance(event, Logged):
                self._put(entry.seq, event, names)
            elif isinstance(event, Submitted):
                names.submitted.append(event)
            elif isinstance(event, EngineJoined):
                self._hosts[event.engine] = event.name or event.host
            elif isinstance(event, SessionClosed):
                self.close(event.session)

    def _put(self, seq: int, event: Logged, names: "_Names") -> None:
        session = session_of(event.task)
        log = self._open.get(session)
        if log is None:
            self._link.heard(session, seq)  # another kernel's, or closed
        elif event.engine is None:
            log.returned(seq, event.size)
        else:
            log.put(seq, event, names.find(event.task), self._hosts.get(event.engine, ""))

    def _forget(self, session: SessionId) -> None:
        self._ended.discard(session)
        self._link.post_late(partial(self._mirror.forget, session))


class _Names:
    """Names of tasks: of the mirror, and of what was submitted since it looked."""

    def __init__(self, mirror: Mirror) -> None:
        self.submitted: list[Submitted] = []
        self._mirror = mirror
        self._fresh: dict[TaskId, str] = {}

    def find(self, task: TaskId) -> str:
        """What people call a task."""
        if record := self._mirror.task(task):
            return record.spec.name
        for event in self.submitted:
            self._fresh.update((spec.id, spec.name) for spec in event.tasks)
        self.submitted.clear()
        return self._fresh.get(task, "")
