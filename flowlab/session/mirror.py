"""The kernel's picture of its tasks and objects, folded from the stream; and waiting for it.

`take` runs on the link's thread, everything else on the user's. The one rule: a wait holds no lock
of the link, wakes as soon as entries came, and can be interrupted at any time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import assert_never

import msgspec

from flowlab.events.messages import (
    CancelRequested,
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    Entry,
    EventUnion,
    LimitSet,
    Logged,
    LogLevelSet,
    Noticed,
    ObjectsDropped,
    ObjectsLost,
    Reported,
    Said,
    Sampled,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    StagePointSet,
    Submitted,
    TaskCondemned,
    TasksAssigned,
    TasksCancelled,
    TasksGivenBack,
    TasksReady,
    TasksSkipped,
    Unkept,
)
from flowlab.model.attributes import Fixed, ObjectKnown, object_known
from flowlab.model.ids import ObjectId, SessionId, TaskId, session_of
from flowlab.model.specs import ObjectInfo
from flowlab.session.info import Append, TaskInfo
from flowlab.session.link import SLICE
from flowlab.session.records import (
    ASSIGNED,
    CANCELLED,
    ENDED,
    FAILED,
    FINISHED,
    NO_SESSION,
    READY,
    RUNNING,
    SKIPPED,
    SessionRecord,
    TaskRecord,
    enter,
    why,
)
from flowlab.session.roster import Roster

_BIT = 1_000  # records


class Mirror:
    """What happened so far, as far as the kernel was told.

    progress  told in a few words how engines come, on the link's thread
    """

    def __init__(self, progress: Callable[[str], None] | None = None) -> None:
        self.sessions: dict[SessionId, SessionRecord] = {}
        self.infos: dict[ObjectId, ObjectInfo] = {}
        self.removed: set[ObjectId] = set()
        self.roster = Roster(progress)
        self._changed = threading.Condition()

    # --- asking

    def task(self, task_id: TaskId) -> TaskRecord | None:
        """What is known of a task, None while its submit is under way."""
        session = self.sessions.get(session_of(task_id))
        return session.tasks.get(task_id) if session else None

    def is_ended(self, task_id: TaskId) -> bool:
        """Whether nothing more is to be expected of the task."""
        record = self.task(task_id)
        return record is not None and record.state in ENDED

    def task_info(self, task_id: TaskId, append: Append) -> TaskInfo | None:
        """What is known of a task that ended; `append` is told what the user adds to `debug`."""
        record = self.task(task_id)
        if record is None or record.state not in ENDED:
            return None
        user = {key: msgspec.json.decode(value) for key, value in (record.user or {}).items()}
        return TaskInfo(
            record.began,
            record.ended,
            record.engine,
            why(record),
            record.debug,
            Fixed(user),
            append,
        )

    def object_info(self, object_id: ObjectId, maker: TaskId | None) -> ObjectKnown | None:
        """What is known of an object, or why it was never made; None as long as nothing is."""
        info = self.infos.get(object_id)
        if info is not None:
            return object_known(info)
        record = self.task(maker) if maker is not None else None
        if record is None or record.state not in (FAILED, SKIPPED, CANCELLED):
            return None
        return ObjectKnown(why(record))

    def wait(self, done: Callable[[], bool], timeout: float | None = None) -> bool:
        """Wait until `done()`, which is asked after each change; False when time is over.

        `done` may raise, to end the wait.
        """
        end = None if timeout is None else time.monotonic() + timeout
        with self._changed:
            while not done():
                left = SLICE if end is None else min(SLICE, end - time.monotonic())
                if left <= 0:
                    return False
                self._changed.wait(left)
        return True

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Change something from another thread, and wake those who wait."""
        with self._changed:
            yield
            self._changed.notify_all()

    def reopen(self, task_id: TaskId) -> None:
        """Take a task that has ended for one that has not: its result is lost."""
        record = self.task(task_id)
        if record is not None:
            enter(self.sessions[session_of(task_id)], record, READY)

    def forget(self, session: SessionId) -> None:
        """Free what is known of a closed session; on a thread that nobody waits for.

        A bit at a time: to free a hundred thousand records in one go is a pause of all threads.
        """
        with self.changing():
            record = self.sessions.pop(session, None)
            known = [each for each in self.infos if session_of(each) == session]
            self.removed = {each for each in self.removed if session_of(each) != session}
        for start in range(0, len(known), _BIT):
            with self._changed:
                for each in known[start : start + _BIT]:
                    self.infos.pop(each, None)
        tasks = list(record.tasks.values()) if record is not None else []
        del record
        while tasks:
            del tasks[-_BIT:]

    # --- folding

    def take(self, entries: Sequence[Entry]) -> None:
        """Take in what came."""
        with self.changing():
            for entry in entries:
                self._fold(entry.event, entry.at)

    def _fold(self, event: EventUnion, at: float) -> None:
        match event:
            case SessionOpened():
                self.sessions[event.session] = SessionRecord(event.session)
            case SessionClosed():
                if event.session in self.sessions:
                    self.sessions[event.session].closed = event.reason or "closed"
            case SessionFailed():
                if event.session in self.sessions:
                    self.sessions[event.session].failed = (event.task, event.failure)
            case Submitted():
                self._submit(event)
            case Reported():
                self._report(event)
            case TasksReady():
                self._move(event.tasks, READY)
            case TasksGivenBack():
                self._move(event.tasks, READY)
            case TasksAssigned():
                self._assign(event)
            case TasksSkipped():
                self._move(event.tasks, SKIPPED, cause=event.cause)
            case TasksCancelled():
                self._move(event.tasks, CANCELLED, reason=event.reason)
            case TaskCondemned():
                record = self.task(event.task)
                if record is not None:
                    record.failure, record.ended = event.failure, at
                    enter(self.sessions[session_of(event.task)], record, FAILED)
            case ObjectsLost() | ObjectsDropped():
                if isinstance(event, ObjectsDropped):  # what is known of them stays known
                    self.removed.update(event.objects)
            case EngineJoined() | EngineLost() | CapacityKnown() | EnginesUnavailable() | Noticed():
                self.roster.take(event)
            case StagePointSet() | LimitSet() | EngineResumed() | ControllerLost() | Unkept():
                return
            case CancelRequested() | Said() | Logged() | LogLevelSet() | Sampled():
                return
            case _:
                assert_never(event)

    def _submit(self, fact: Submitted) -> None:
        session = self.sessions.get(fact.session)
        if session is None:
            return
        fresh = [spec for spec in fact.tasks if spec.id not in session.tasks]
        session.unfinished += len(fresh)
        for spec in fresh:
            session.tasks[spec.id] = TaskRecord(spec)
        types = {spec.id: spec.content_type for spec in fact.objects if spec.constant}
        for object_id, size in fact.sizes:
            self.infos[object_id] = ObjectInfo(object_id, size, types.get(object_id, ""))

    def _report(self, fact: Reported) -> None:
        """A report of an assignment that is not the task's any more was fenced off: left out."""
        session = self.sessions.get(fact.session, NO_SESSION)
        records = session.tasks
        rows = (*fact.finished, *fact.failed) if fact.notes else ()
        ends = {row[0]: row[1] for row in rows}
        late = {one for one in ends if one in records and records[one].assignment != ends[one]}
        for task_id, text, user in fact.notes:
            if task_id in records and task_id not in late:
                record = records[task_id]
                record.debug += text
                record.user = {**(record.user or {}), **user}
        for started in fact.started:
            found = records.get(started[0])
            if found is not None and found.assignment == started[1]:
                found.state, found.began = RUNNING, started[2]
        for finished in fact.finished:
            found = records.get(finished[0])
            if found is not None and found.assignment == finished[1]:
                found.began, found.ended = finished[2], finished[3]
                enter(session, found, FINISHED)
                for info in finished[4]:
                    self.infos[info.id] = info
        for failed in fact.failed:
            found = records.get(failed[0])
            if found is not None and found.assignment == failed[1]:
                found.began, found.ended, found.failure = failed[2:5]
                enter(session, found, FAILED)
        self.infos.update([(info.id, info) for info in fact.stayed])
        self.infos.update([(info.id, info) for info in fact.published])

    def _assign(self, verdict: TasksAssigned) -> None:
        session = self._common(verdict.tasks)
        for task_id, assignment in zip(verdict.tasks, verdict.assignments, strict=True):
            record = session.tasks.get(task_id)
            if record is not None:
                record.cause, record.reason = None, ""
                enter(session, record, ASSIGNED)
                record.assignment, record.engine = assignment, verdict.engine

    def _move(
        self, tasks: Sequence[TaskId], state: str, cause: TaskId | None = None, reason: str = ""
    ) -> None:
        session = self._common(tasks)
        for task_id in tasks:
            record = session.tasks.get(task_id)
            if record is not None:
                record.cause, record.reason = cause, reason
                enter(session, record, state)

    def _common(self, tasks: Sequence[TaskId]) -> SessionRecord:
        """The session of all these: a verdict speaks of one."""
        return self.sessions.get(session_of(tasks[0]), NO_SESSION) if tasks else NO_SESSION
