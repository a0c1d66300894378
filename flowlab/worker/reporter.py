"""Reports: what tasks did, in columns for each session, sent rarely.

The loop adds rows; whoever owns the link sends them by `flush`: at once when somebody waits for one
of them, else with the next turn. Values travel beside the rows that name them.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flowlab.events.messages import Logged, Reported, Said
from flowlab.model.ids import Assignment, EngineId, ObjectId, SessionId, TaskId
from flowlab.model.limits import MESSAGE
from flowlab.model.payload import AnyValue, Inline, Payload, Value
from flowlab.model.specs import Failure, ObjectInfo
from flowlab.worker.messages import Report

Key = tuple[TaskId, Assignment]


@dataclass(slots=True)
class Columns:
    """Rows of one session that wait to be sent."""

    finished: list[tuple[TaskId, Assignment, float, float, tuple[ObjectInfo, ...]]] = field(
        default_factory=list
    )
    started: list[tuple[TaskId, Assignment, float]] = field(default_factory=list)
    failed: list[tuple[TaskId, Assignment, float, float, Failure]] = field(default_factory=list)
    returned: list[tuple[TaskId, Assignment, str]] = field(default_factory=list)
    cancelled: list[Key] = field(default_factory=list)
    published: list[ObjectInfo] = field(default_factory=list)
    missing: list[ObjectId] = field(default_factory=list)
    held_gil: list[TaskId] = field(default_factory=list)
    notes: list[tuple[TaskId, str, dict[str, str]]] = field(default_factory=list)
    stayed: list[ObjectInfo] = field(default_factory=list)
    traces: list[Said | Logged] = field(default_factory=list)
    values: dict[ObjectId, AnyValue] = field(default_factory=dict)
    size: int = 0  # bytes of the values

    def add_value(self, object_id: ObjectId, value: Value) -> None:
        """Take the value of a published object along."""
        self.values[object_id] = value
        if isinstance(value, Inline):
            self.size += len(value.data)

    def report(self, engine: EngineId, session: SessionId) -> Report | None:
        """All of it as one message, or None when there is nothing to say."""
        fact = Reported(
            engine,
            session,
            tuple(self.started),
            tuple(self.finished),
            tuple(self.failed),
            tuple(self.returned),
            tuple(self.cancelled),
            tuple(self.published),
            tuple(self.missing),
            tuple(self.held_gil),
            tuple(self.notes),
            tuple(self.stayed),
        )
        if fact == Reported(engine, session):
            return Report(None, traces=tuple(self.traces)) if self.traces else None
        return Report(fact, Payload(values=self.values), tuple(self.traces))


class Reporter:
    """Rows on their way out. `lock` is held while rows are added."""

    def __init__(self, send: Callable[[Report], None], engine: EngineId) -> None:
        self.engine = engine
        self.lock = threading.Lock()
        self._send = send
        self._sending = threading.RLock()  # reports leave in the order in which they were made
        self._columns: dict[SessionId, Columns] = {}
        self._sealed: list[Report] = []

    def columns(self, session: SessionId) -> Columns:
        """Where to add rows of this session."""
        columns = self._columns.get(session)
        if columns is None:
            columns = self._columns[session] = Columns()
        return columns

    def seal(self, session: SessionId) -> bool:
        """Close a report that has become large; True when it should leave now."""
        columns = self._columns.get(session)
        if columns is None or columns.size < MESSAGE:
            return False
        self._seal(session, self._columns.pop(session))
        return True

    def flush(self, prepare: Callable[[], None]) -> int:
        """Send everything; `prepare` adds last rows under the lock. Gives the number of reports."""
        with self._sending:
            with self.lock:
                prepare()
                for session, columns in self._columns.items():
                    self._seal(session, columns)
                self._columns = {}
                reports, self._sealed = self._sealed, []
            for report in reports:
                self._send(report)
        return len(reports)

    def ended(self) -> list[Key]:
        """Assignments that ended and whose rows were not sent yet; the lock is held."""
        facts = [report.fact for report in self._sealed]
        facts += [
            report.fact
            for session, columns in self._columns.items()
            if (report := columns.report(self.engine, session)) is not None
        ]
        return ended_in(facts)

    def _seal(self, session: SessionId, columns: Columns) -> None:
        report = columns.report(self.engine, session)
        if report is not None:
            self._sealed.append(report)


def ended_in(facts: Iterable[Reported | None]) -> list[Key]:
    """The assignments that these reports end."""
    ended: list[Key] = []
    for fact in facts:
        if fact is not None:
            ended += [(row[0], row[1]) for row in fact.finished]
            ended += [(row[0], row[1]) for row in fact.failed]
            ended += [(row[0], row[1]) for row in fact.returned]
            ended += fact.cancelled
    return ended
