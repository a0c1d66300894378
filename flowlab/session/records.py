"""What the kernel remembers of tasks and sessions: small, for there are many."""

from dataclasses import dataclass, field

import msgspec

from flowlab.model.ids import Assignment, EngineId, SessionId, TaskId
from flowlab.model.specs import Failure, TaskSpec
from flowlab.model.states import FINAL, State

WAITING = "notAssigned"  # Rain's name for what waits; all others are the same
READY, ASSIGNED, RUNNING = State.READY.value, State.ASSIGNED.value, State.RUNNING.value
FINISHED, FAILED = State.FINISHED.value, State.FAILED.value
SKIPPED, CANCELLED = State.SKIPPED.value, State.CANCELLED.value
ENDED = frozenset(state.value for state in FINAL)
BAD = frozenset({FAILED, SKIPPED, CANCELLED})

NOT_GIVEN = Assignment(0)

UNFINISHED, REMOVED = "unfinished", "removed"  # of objects, beside FINISHED


class TaskRecord(msgspec.Struct, gc=False):
    """One task; `assignment` is the one whose report counts, 0 while it is not given out."""

    spec: TaskSpec
    state: str = WAITING
    assignment: Assignment = NOT_GIVEN
    engine: EngineId | None = None
    began: float = 0.0
    ended: float = 0.0
    failure: Failure | None = None
    cause: TaskId | None = None
    reason: str = ""
    debug: str = ""
    user: dict[str, str] | None = None


@dataclass(slots=True)
class SessionRecord:
    """One session; `failed` is the task that failed it, `closed` why it was closed, if it was."""

    id: SessionId
    tasks: dict[TaskId, TaskRecord] = field(default_factory=dict)
    unfinished: int = 0
    failed: tuple[TaskId, Failure] | None = None
    closed: str | None = None
    failures: dict[TaskId, None] = field(default_factory=dict)  # in order, of what did not finish


def why(record: TaskRecord) -> str:
    """Why a task ended badly, with the lines of its code; empty when it did not."""
    failure = record.failure
    if record.state == SKIPPED:
        return "skipped: an input of it will never come"
    if record.state == CANCELLED:
        return f"cancelled: {record.reason}"
    if record.state != FAILED or failure is None:
        return ""
    return f"{failure.message}\n{failure.traceback}".rstrip()


NO_SESSION = SessionRecord(SessionId(0))  # of which nothing is known: without tasks


def enter(session: SessionRecord, record: TaskRecord, state: str) -> None:
    """Change a task's state: the only place for that, but for `running`."""
    session.unfinished += (record.state in ENDED) - (state in ENDED)
    record.state = state
    record.assignment = NOT_GIVEN
    if state in BAD:
        session.failures[record.spec.id] = None
    elif session.failures:
        session.failures.pop(record.spec.id, None)
