"""Everything that can happen, as one closed union in three families.

    Fact     came from outside: the user submitted, an engine reported; the scheduler's only input
    Verdict  the scheduler's decision said aloud
    Trace    debug output; never reaches the scheduler, and has a file of its own

Facts alone rebuild the scheduler. No event holds user data: that goes beside it (model.payload).
What happens to many tasks at once is one event with columns. Adding an event here breaks every
`match` that is closed with assert_never until it says what the event means there.
"""

from enum import StrEnum

import msgspec

from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.logrow import LogRow
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, TaskSpec

# size: one catalogue of all that can happen


class OnError(StrEnum):
    """What a failed task does to its session."""

    FAIL_SESSION = "fail-session"
    CONTINUE = "continue"


class Fact(msgspec.Struct, frozen=True, tag=True):
    """Came from outside."""


class Verdict(msgspec.Struct, frozen=True, tag=True):
    """The scheduler decided."""


class Trace(msgspec.Struct, frozen=True, tag=True):
    """A task or an engine said something."""


# The user's facts


class SessionOpened(Fact, frozen=True):
    """A session began."""

    session: SessionId
    name: str
    on_error: OnError


class SessionClosed(Fact, frozen=True):
    """A session ended: its running tasks are to be stopped and its objects dropped."""

    session: SessionId
    reason: str = ""


class Submitted(Fact, frozen=True):
    """A parcel of a graph was submitted; a task's inputs stand here or were submitted before.

    sources  what the user wrote, by the key of a function, or by a task's id when it has none
    awaited  made here, and read by later parcels of its submit; in the last of them it is `caught`
    """

    session: SessionId
    objects: tuple[ObjectSpec, ...]
    tasks: tuple[TaskSpec, ...]
    sizes: tuple[tuple[ObjectId, int], ...] = ()  # bytes of each constant
    sources: tuple[tuple[str, str], ...] = ()
    awaited: tuple[ObjectId, ...] = ()
    caught: tuple[ObjectId, ...] = ()


class StagePointSet(Fact, frozen=True):
    """Where a session's large objects are staged from now on; empty: they go in pieces.

    objects  of these alone; empty: of the whole session
    """

    session: SessionId
    url: str
    objects: tuple[ObjectId, ...] = ()


class LimitSet(Fact, frozen=True):
    """At most so many tasks of a session that name this limit run at once.

    per_host  so many on each host
    """

    session: SessionId
    name: str
    count: int
    per_host: bool = False


class LogLevelSet(Fact, frozen=True):
    """From which level on a session wants the log records of tasks that are given out from now on.

    It is the number that `logging` has for it; as long as nothing is said, that of WARNING.
    """

    session: SessionId
    level: int


class Unkept(Fact, frozen=True):
    """The user does not need these objects any longer."""

    session: SessionId
    objects: tuple[ObjectId, ...]


class CancelRequested(Fact, frozen=True):
    """The user wants these tasks stopped; what depends on them is skipped.

    replaced  others were put in their place: they are stopped if need be, and not shown any longer
    """

    session: SessionId
    tasks: tuple[TaskId, ...]
    replaced: bool = False


# The engines' facts


class EngineJoined(Fact, frozen=True):
    """An engine is linked and fits; `slots` tasks may run on it at once (one as a rule).

    name  what people call its host
    """

    engine: EngineId
    host: HostId
    slots: int = 1
    pid: int = 0
    name: str = ""


class EngineLost(Fact, frozen=True):
    """An engine is gone, and dead for certain or fenced.

    culprits   (task, assignment) that were running by its board; None when the board is unreadable
    deliberate  the engine was ended on purpose (cancelled task, shrink): nobody is to blame
    """

    engine: EngineId
    reason: str
    culprits: tuple[tuple[TaskId, Assignment], ...] | None = None
    deliberate: bool = False


class EngineResumed(Fact, frozen=True):
    """An engine's link came up again, with what the engine still holds.

    What the scheduler believes it gave to the engine and is not in `held` (nor reported before)
    never reached it, and is to be given out again.
    """

    engine: EngineId
    held: tuple[tuple[TaskId, Assignment], ...]


class Reported(Fact, frozen=True):
    """What an engine did for one session since its last report, in columns.

    Each row is (task, assignment, …); times are seconds since the epoch by the engine's clock.
    started   … , at
    finished  … , began, ended, info of each output that was published
    failed    … , began, ended, failure
    returned  … , reason: taken back untouched (revoked, over budget, input absent, batch stopped);
              `missing` are objects that it lacked, published are objects made in the batch that
              the returned tail needs
    cancelled … : interrupted on request
    stayed    outputs that were not published: nobody outside the batch reads them, but their size
              and type can be asked for
    """

    engine: EngineId
    session: SessionId
    started: tuple[tuple[TaskId, Assignment, float], ...] = ()
    finished: tuple[tuple[TaskId, Assignment, float, float, tuple[ObjectInfo, ...]], ...] = ()
    failed: tuple[tuple[TaskId, Assignment, float, float, Failure], ...] = ()
    returned: tuple[tuple[TaskId, Assignment, str], ...] = ()
    cancelled: tuple[tuple[TaskId, Assignment], ...] = ()
    published: tuple[ObjectInfo, ...] = ()
    missing: tuple[ObjectId, ...] = ()
    held_gil: tuple[TaskId, ...] = ()  # ran past the budget without letting the link breathe
    notes: tuple[tuple[TaskId, str, dict[str, str]], ...] = ()  # debug text, user info as JSON
    stayed: tuple[ObjectInfo, ...] = ()


class ObjectsLost(Fact, frozen=True):
    """Published objects whose bytes are gone (a store's file vanished)."""

    objects: tuple[ObjectId, ...]
    reason: str


class ControllerLost(Fact, frozen=True):
    """ipyparallel's controller does not answer; tasks go on while the links stand."""

    reason: str


class CapacityKnown(Fact, frozen=True):
    """The most that can ever be had: engines wanted, and slots of the largest host."""

    engines: int
    largest: int


class EnginesUnavailable(Fact, frozen=True):
    """No engine can be had: everything unfinished fails with this said."""

    reason: str


# Verdicts


class TasksReady(Verdict, frozen=True):
    """All inputs of these tasks are there."""

    tasks: tuple[TaskId, ...]


class TasksAssigned(Verdict, frozen=True):
    """A batch was given to an engine."""

    engine: EngineId
    batch: BatchId
    tasks: tuple[TaskId, ...]
    assignments: tuple[Assignment, ...]


class TasksGivenBack(Verdict, frozen=True):
    """Tasks that had been assigned are ready again."""

    tasks: tuple[TaskId, ...]
    reason: str


class TasksSkipped(Verdict, frozen=True):
    """An input of these tasks will never come, because `cause` failed or was cancelled."""

    tasks: tuple[TaskId, ...]
    cause: TaskId


class TasksCancelled(Verdict, frozen=True):
    """These tasks were cancelled and will not end otherwise."""

    tasks: tuple[TaskId, ...]
    reason: str


class TaskCondemned(Verdict, frozen=True):
    """The scheduler itself failed a task: it killed too many engines, or can never run."""

    task: TaskId
    failure: Failure


class SessionFailed(Verdict, frozen=True):
    """The first failure of a session that asked to fail as a whole."""

    session: SessionId
    task: TaskId
    failure: Failure


class ObjectsDropped(Verdict, frozen=True):
    """Nobody needs these objects any longer; their bytes are gone everywhere."""

    objects: tuple[ObjectId, ...]


# Traces


class Said(Trace, frozen=True):
    """Text that a task wrote.

    stream   stdout, stderr or debug; a view makes `log` of what was `Logged`
    number   counts the chunks of one assignment from 1, over all streams and with its log records
    dropped  bytes left out before this chunk because of a limit
    """

    task: TaskId
    assignment: Assignment
    number: int
    stream: str
    text: str
    at: float
    dropped: int = 0


class Logged(Trace, frozen=True):
    """Log records of a task, in order; none of them is ever left out on its way.

    Those that the kernel itself adds to the log of its session have no engine, and the session's
    first id, which is that of no task.

    number  counts the chunks of one assignment from 1, with what it `Said`
    size    how many bytes all rows are, about
    """

    task: TaskId
    assignment: Assignment
    number: int
    engine: EngineId | None
    rows: tuple[LogRow, ...]
    size: int


class Noticed(Trace, frozen=True):
    """What people should know and no task is changed by: a lost controller, a full journal."""

    text: str
    level: str = "info"


class Sampled(Trace, frozen=True):
    """Load of an engine: share of one cpu, resident bytes."""

    engine: EngineId
    cpu: float
    memory: int


FactUnion = (
    SessionOpened | SessionClosed | Submitted | StagePointSet | LimitSet | LogLevelSet | Unkept
    | CancelRequested | EngineJoined | EngineLost
    | EngineResumed | Reported | ObjectsLost | ControllerLost | CapacityKnown | EnginesUnavailable
)  # fmt: skip
VerdictUnion = (
    TasksReady | TasksAssigned | TasksGivenBack | TasksSkipped | TasksCancelled
    | TaskCondemned | SessionFailed | ObjectsDropped
)  # fmt: skip
TraceUnion = Said | Logged | Noticed | Sampled
EventUnion = FactUnion | VerdictUnion | TraceUnion


class Entry(msgspec.Struct, frozen=True):
    """One line of the stream.

    seq      counts entries from 1, never twice
    at       seconds since the epoch, stamped by the pump
    session  whose it is, or None for what concerns all sessions (engines, the controller)
    """

    seq: int
    at: float
    session: SessionId | None
    event: EventUnion
