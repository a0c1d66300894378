"""Bad ends: a task fails, is condemned, cancelled or skipped, and what that does to others."""

from collections.abc import Iterable

from flowlab.events.messages import (
    OnError,
    SessionFailed,
    TaskCondemned,
    TasksCancelled,
    TasksSkipped,
)
from flowlab.model.ids import TaskId
from flowlab.model.specs import Failure
from flowlab.scheduler.books import Books
from flowlab.scheduler.records import Batch, Ended, Object, Session, Task
from flowlab.scheduler.removal import bury
from flowlab.scheduler.states import FINAL, State

CAUSE_FAILED = "the session failed"


def fail(books: Books, task: Task, failure: Failure, *, condemned: bool = False) -> None:
    """Fail a task; `condemned` when no engine said so, but the scheduler itself."""
    session, batch = task.session, task.batch
    lost = _end(books, task, Ended(State.FAILED, task.id, failure))
    if condemned:
        books.announce(TaskCondemned(task.id, failure))
    first = session.on_error is OnError.FAIL_SESSION and session.failed is None
    if first:
        session.failed = task.id
        books.announce(SessionFailed(session.id, task.id, failure))
    _skip_readers(books, lost, task.id, batch)
    if first:
        cancel_all(books, session, CAUSE_FAILED)


def condemn(books: Books, task: Task, message: str) -> None:
    """Fail a task that can never run."""
    if task.state not in FINAL:
        fail(books, task, Failure(message), condemned=True)


def skip(books: Books, task: Task, cause: TaskId) -> None:
    """An input of this task will never come."""
    batch = task.batch
    lost = _end(books, task, Ended(State.SKIPPED, cause))
    books.announce(TasksSkipped((task.id,), cause))
    _skip_readers(books, lost, cause, batch)


def cancel(books: Books, tasks: Iterable[Task], reason: str) -> None:
    """Cancel these tasks; what depends on them is skipped."""
    ends: list[tuple[Task, tuple[Object, ...], Batch | None]] = []
    for task in tasks:
        if task.state not in FINAL:
            batch = task.batch
            ends.append(
                (task, _end(books, task, Ended(State.CANCELLED, task.id, None, reason)), batch)
            )
    if ends:
        books.announce(TasksCancelled(tuple(task.id for task, _, _ in ends), reason))
    for task, lost, batch in ends:
        _skip_readers(books, lost, task.id, batch)


def cancel_all(books: Books, session: Session, reason: str) -> None:
    """Cancel whatever is unfinished in a session."""
    cancel(books, list(session.unfinished.values()), reason)


def _end(books: Books, task: Task, ended: Ended) -> tuple[Object, ...]:
    books.stop(task)
    books.move(task, ended.state)
    task.batch = None
    task.session.unfinished.pop(task.id, None)
    books.choosy.pop(task.id, None)
    return bury(books, task, ended)


def _skip_readers(
    books: Books, lost: tuple[Object, ...], cause: TaskId, batch: Batch | None
) -> None:
    """Skip all that would have read these objects.

    A reader that is on another engine had the object once, before it was lost: it may well
    finish. If it comes back it is skipped then.
    """
    skipped: list[TaskId] = []
    stack = list(reversed(lost))
    while stack:
        thing = stack.pop()
        for task in list(thing.consumers.values()):
            if task.state in FINAL or (task.batch is not None and task.batch is not batch):
                continue
            if task.state is not State.RUNNING:
                stack.extend(reversed(_end(books, task, Ended(State.SKIPPED, cause))))
                skipped.append(task.id)
    if skipped:
        books.announce(TasksSkipped(tuple(skipped), cause))
