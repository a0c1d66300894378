"""What the scheduler remembers, one record a thing. Records change; only the scheduler holds them.

They refer to each other directly and not by id: a look-up a task and edge would cost more than
all the rest. Whatever nobody can need again is cut loose (removal.py).
"""

from dataclasses import dataclass

import msgspec
from msgspec import field

from flowlab.events.messages import OnError
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.resources import Resources
from flowlab.model.specs import Failure
from flowlab.scheduler.states import State


class Cost(msgspec.Struct, eq=False):
    """What was learnt of tasks that run the same function.

    seconds  a running mean, None until the first report
    selfish  held the GIL past the budget: nothing may wait behind it, until so many more of its
             tasks were short; a machine that stands still makes any look so
    """

    seconds: float | None = None
    selfish: int = 0


class Object(msgspec.Struct, eq=False):
    """One object.

    waiting    unfinished tasks that read it
    consumers  tasks that read it and may have to run (again): unfinished, or kept for lineage
    doomed     the task whose end means that this object will never come (again)
    asked      its last maker was told to publish it
    hosts      hosts that hold its bytes, when it is large
    losses     times it was thought to be there and was not
    """

    id: ObjectId
    label: str = ""
    kept: bool = False
    constant: bool = False
    size: int = 0
    producer: "Task | None" = None
    consumers: "dict[TaskId, Task]" = field(default_factory=dict)
    waiting: int = 0
    available: bool = False
    asked: bool = False
    doomed: TaskId | None = None
    hosts: dict[HostId, None] | None = None
    losses: int = 0


class Task(msgspec.Struct, eq=False):
    """One task that may still have to run.

    order    its age: counts submitted tasks
    missing  inputs that are not available, each counted once
    live     outputs whose record is still held
    alone    suspected of having killed an engine
    absent   times it came back because an input was absent, or ended without what was asked
    returns  times it was given back, and `reason` of the last time
    engine   the last engine that had it
    """

    id: TaskId
    name: str
    order: int
    session: "Session"
    group: "Group"
    cost: Cost
    retries: int | None
    inputs: tuple[Object, ...] = ()
    outputs: tuple[Object, ...] = ()
    state: State = State.WAITING
    missing: int = 0
    live: int = 0
    assignment: int = 0
    batch: "Batch | None" = None
    engine: EngineId | None = None
    failures: int = 0
    alone: bool = False
    absent: int = 0
    returns: int = 0
    reason: str = ""

    def is_solitary(self) -> bool:
        """Whether it must have a batch of its own.

        One that may run at most once is alone too: when its engine dies, nobody can say of a
        task in the middle of a batch that it had not begun.
        """
        return (
            self.alone
            or self.failures > 0
            or self.retries == 0
            or self.cost.selfish > 0
            or self.group.resources.alone
        )


class Limit(msgspec.Struct, frozen=True):
    """How many batches that count for it may be out at once; `per_host`: on each host."""

    count: int
    per_host: bool = False


class Group(msgspec.Struct, eq=False):
    """Ready tasks that may share a batch: one session, one claim.

    heap   (order, task); entries of tasks that are no longer ready are skipped when met
    count  ready tasks
    """

    session: "Session"
    resources: Resources
    heap: list[tuple[int, Task]] = field(default_factory=list)
    count: int = 0

    def is_plain(self) -> bool:
        """Whether a batch of it needs one slot, of any engine, and nothing else."""
        claim = self.resources
        return claim.cpus == 1 and not (claim.amounts or claim.limits or claim.where or claim.alone)

    def is_choosy(self) -> bool:
        """Whether there may be no engine at all that can run it."""
        return self.resources.cpus > 1 or bool(self.resources.where)


class Batch(msgspec.Struct, eq=False):
    """A piece of the graph on an engine; holds its claim until each assignment is settled.

    open      assignments not settled yet
    expected  s of work when it was given; infinite when a function of it was never timed
    claims    slots held, by engine; empty while it waits behind another batch
    at        s since the epoch, when it was given
    """

    id: BatchId
    engine: "Engine"
    group: Group
    tasks: tuple[Task, ...]
    open: int
    expected: float
    at: float
    claims: "list[tuple[Engine, int]]" = field(default_factory=list)


class Engine(msgspec.Struct, eq=False):
    """One engine.

    used     slots that are claimed
    open     what it was given and has not settled
    waiting  a batch that stands behind the running one
    """

    id: EngineId
    host: "Host"
    slots: int
    used: int = 0
    open: dict[TaskId, tuple[Assignment, Batch, Task]] = field(default_factory=dict)
    batches: dict[BatchId, Batch] = field(default_factory=dict)
    waiting: Batch | None = None


class Host(msgspec.Struct, eq=False):
    """Engines that share a machine and a store.

    name     what people call it
    amounts  what is claimed, by the resource's name
    held     batches that are here and count for a limit of a session
    """

    id: HostId
    name: str = ""
    engines: dict[EngineId, Engine] = field(default_factory=dict)
    slots: int = 0
    amounts: dict[str, float] = field(default_factory=dict)
    held: dict[tuple[SessionId, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left of a task that ended badly."""

    state: State
    cause: TaskId
    failure: Failure | None = None
    reason: str = ""


class Session(msgspec.Struct, eq=False):
    """One session with all that is its own.

    ended   tasks that are over for good, shrunk: the state alone if they finished
    failed  the task that made the whole session fail
    awaited objects that are read by a parcel of a submit that is still to come
    limits  by name; `held`: batches that are out and count for each
    """

    id: SessionId
    name: str
    on_error: OnError
    failed: TaskId | None = None
    tasks: dict[TaskId, Task] = field(default_factory=dict)
    unfinished: dict[TaskId, Task] = field(default_factory=dict)
    objects: dict[ObjectId, Object] = field(default_factory=dict)
    ended: dict[TaskId, Ended | State] = field(default_factory=dict)
    groups: dict[Resources, Group] = field(default_factory=dict)
    awaited: set[ObjectId] = field(default_factory=set)
    limits: dict[str, Limit] = field(default_factory=dict)
    held: dict[str, int] = field(default_factory=dict)
