"""Waiting for a session's tasks, and the errors that come of it.

The one rule: a session that failed says so at every access, with the error of the task that failed
it first; one that goes on (`on_error="continue"`) blames a task and its dependents alone.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flowlab.errors import ClusterError, SessionError
from flowlab.events.messages import Entry, Submitted
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.ids import SessionId, TaskId
from flowlab.session.blame import error_of, failed
from flowlab.session.reach import Reach
from flowlab.session.records import FINISHED, REMOVED, UNFINISHED, WAITING, SessionRecord


@dataclass(frozen=True)
class Why:
    """Why a task is where it is: `sentences`, the most important first; as text, all of them.

    inputs    objects it still waits for, each with the state of the task that makes it
    returns   times it was given back, or run again
    failures  engines it took down
    """

    state: str | None
    sentences: tuple[str, ...]
    inputs: tuple[tuple[int, str], ...] = ()
    returns: int = 0
    failures: int = 0

    def __str__(self) -> str:
        return "; ".join(self.sentences)


class Access:
    """The waiting half of one session."""

    def __init__(self, reach: Reach, session_id: SessionId) -> None:
        self.closed = False
        self._reach = reach
        self._id = session_id
        self._sent: dict[TaskId, None] = {}  # in order; one that was posted twice counts once
        self._excused: set[TaskId] = set()

    @property
    def state(self) -> str:
        """`open`, `failed` or `closed`."""
        record = self._record()
        if self.closed or (record is not None and record.closed is not None):
            return "closed"
        return "failed" if record is not None and record.failed is not None else "open"

    def close(self) -> None:
        """From now on every access raises; those who wait are woken."""
        with self._reach.mirror.changing():
            self.closed = True

    def sent(self, tasks: Iterable[TaskId]) -> None:
        """These were submitted."""
        self._sent.update(dict.fromkeys(tasks))

    def excuse(self, task_id: TaskId) -> None:
        """Do not blame this task any longer: it was replaced."""
        self._excused.add(task_id)

    def reopen(self, task_id: TaskId) -> None:
        """Take a task for unfinished until it ends again."""
        with self._reach.mirror.changing():
            self._reach.mirror.reopen(task_id)

    # --- errors

    def check(self) -> None:
        """Raise what stands in the way of any access."""
        self._reach.check_process()
        if self.closed:
            raise SessionError("Session is closed")
        record = self._record()
        if record is not None and record.failed is not None:
            task_id, failure = record.failed
            task = record.tasks.get(task_id)
            if task is not None:
                raise failed(task.spec, failure, task.debug)
            raise SessionError(failure.message)
        if record is not None and record.closed is not None:
            raise SessionError(f"Session is closed: {record.closed}")
        if fault := self._reach.link.fault:
            raise ClusterError(fault)

    def _blame(self, tasks: Iterable[TaskId]) -> None:
        record = self._record()
        if record is None or not record.failures:
            return
        for task_id in tasks:
            if task_id in record.failures and (error := error_of(record, task_id)):
                raise error

    # --- waiting

    def wait(self, tasks: Sequence[TaskId], check: Callable[[], None] = lambda: None) -> None:
        """Wait until all these ended; raises the first error, or that of `check`, at once."""
        pending = list(dict.fromkeys(tasks))
        ended = self._reach.mirror.is_ended

        def done() -> bool:
            self.check()
            check()
            while pending and ended(pending[-1]):
                self._blame([pending.pop()])
            return not pending

        self._wait(done)
        self._blame(tasks)

    def wait_some(self, items: Sequence[Task | DataObject]) -> list[Task | DataObject]:
        """Wait until one of these at least is finished; all that are, in order.

        Raises the error of one that failed, when none is finished.
        """
        found: list[Task | DataObject] = []

        def done() -> bool:
            self.check()
            found[:] = [item for item in items if self._is_finished(item)]
            if not found:
                self._blame(task.task_id for item in items if (task := _maker(item)) is not None)
            return bool(found) or not items

        self._wait(done)
        return found

    def wait_told(self, entries: Sequence[Entry]) -> None:
        """Wait until these, which are growing, tell of all that was submitted."""

        def done() -> bool:
            if self.closed or self._reach.link.fault:
                self.check()
            told = (each.event for each in list(entries))
            tasks = sum(len(each.tasks) for each in told if isinstance(each, Submitted))
            return tasks >= len(self._sent)

        self._wait(done)

    def wait_all(self, look: Callable[[], None] = lambda: None) -> None:
        """Wait until all ended; then raise the first error, but for tasks that were replaced.

        look  called before each look: what it finds submitted the last time has ended
        """

        def done() -> bool:
            look()
            return self._all_ended()

        self._wait(done)
        record = self._record()
        if record is not None:
            self._blame(task for task in record.failures if not self._is_excused(record, task))

    def failures(self) -> dict[TaskId, str]:
        """States of the tasks that ended, and did not finish."""
        record = self._record()
        if record is None:
            return {}
        return {each: record.tasks[each].state for each in list(record.failures)}

    def settled(self, timeout: float | None) -> bool:
        """As wait_all, with an end and without the errors of tasks."""
        if self.state != "open":
            return True
        try:
            return self._reach.mirror.wait(self._all_ended, timeout)
        except SessionError:
            if self.state == "open":
                raise
            return True

    def unfinished(self) -> tuple[TaskId, ...]:
        """Tasks that were submitted and have not ended."""
        ended = self._reach.mirror.is_ended
        sent = list(self._sent)  # at once: another thread may submit
        return tuple(task_id for task_id in sent if not ended(task_id))

    def _wait(self, done: Callable[[], bool]) -> None:
        self._reach.mirror.wait(done)

    def _all_ended(self) -> bool:
        self.check()
        record = self._record()
        if record is None:
            return not self._sent
        return record.unfinished == 0 and len(record.tasks) >= len(self._sent)

    def _is_finished(self, item: Task | DataObject) -> bool:
        maker = _maker(item)
        return maker is None or self.task_state(maker.task_id) == FINISHED

    def _is_excused(self, record: SessionRecord, task_id: TaskId) -> bool:
        """Whether it was replaced, or was skipped because of one that was."""
        if task_id in self._excused:
            return True
        task = record.tasks.get(task_id)
        return task is not None and task.cause is not None and task.cause in self._excused

    # --- states

    def task_state(self, task_id: TaskId) -> str:
        """Rain's name of it."""
        record = self._reach.mirror.task(task_id)
        return record.state if record else WAITING

    def object_state(self, obj: DataObject) -> str:
        """Rain's name of it."""
        mirror = self._reach.mirror
        if obj.object_id in mirror.removed:
            return REMOVED
        if obj.task is None or self.task_state(obj.task.task_id) == FINISHED:
            return FINISHED
        return UNFINISHED

    def explain(self, task_id: TaskId) -> Why:
        """Ask the scheduler."""
        self._reach.check_process()
        if self.closed:
            raise SessionError("Session is closed")
        told = self._reach.link.explain(task_id)
        return Why(
            state=_text(told.get("state")),
            sentences=tuple(map(str, _items(told.get("sentences")))),
            inputs=tuple((int(each[0]), str(each[1])) for each in _items(told.get("inputs"))),
            returns=int(str(told.get("returns", 0))),
            failures=int(str(told.get("failures", 0))),
        )

    def _record(self) -> SessionRecord | None:
        return self._reach.mirror.sessions.get(self._id)


def _maker(item: Task | DataObject) -> Task | None:
    """The task that is to end for this; a constant needs none."""
    return item if isinstance(item, Task) else item.task


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _items(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
