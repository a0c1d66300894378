"""What is seen: frozen values of tasks, objects, engines and sessions as the entries left them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum

import msgspec

from flowlab.events.messages import OnError
from flowlab.model.bundles import SHARED_TYPE
from flowlab.model.ids import Assignment, EngineId, ObjectId, SessionId, TaskId, session_of
from flowlab.model.specs import Failure, ObjectSpec, Place, TaskSpec
from flowlab.model.states import FINAL, State


class ObjectState(StrEnum):
    """Where an object stands."""

    UNMADE = "unmade"
    MADE = "made"
    DROPPED = "dropped"
    LOST = "lost"


class SessionState(StrEnum):
    """Where a session stands."""

    OPEN = "open"
    FAILED = "failed"
    CLOSED = "closed"


class TaskView(msgspec.Struct, frozen=True, gc=False):
    """One task.

    engine      where it is or was last
    assignment  the open one, 0 when none is: rows of another one are too late
    attempts    times it began to run: one that is given back untouched was not tried
    began       s since the epoch by the engine's clock, as `ended`; None while unknown
    reason      why it was given back or cancelled
    cause       whose end made it skipped
    """

    spec: TaskSpec
    state: State = State.WAITING
    engine: EngineId | None = None
    assignment: Assignment = Assignment(0)
    attempts: int = 0
    began: float | None = None
    ended: float | None = None
    failure: Failure | None = None
    reason: str = ""
    cause: TaskId | None = None

    @property
    def id(self) -> TaskId:
        return self.spec.id

    @property
    def session(self) -> SessionId:
        return session_of(self.spec.id)

    @property
    def name(self) -> str:
        """Its name, or its kind when it has none."""
        return self.spec.name.strip("/") or self.spec.kind

    @property
    def kind(self) -> str:
        return self.spec.kind

    @property
    def place(self) -> Place:
        return self.spec.place

    @property
    def inputs(self) -> tuple[ObjectId, ...]:
        return self.spec.inputs

    @property
    def outputs(self) -> tuple[ObjectId, ...]:
        return self.spec.outputs

    @property
    def tries(self) -> int:
        """Attempts with the one under way, whose beginning may be told by its end alone."""
        return self.attempts + (self.state is not State.RUNNING)

    @property
    def seconds(self) -> float | None:
        """How long it ran, or None when it has not ended on an engine."""
        if self.began is None or self.ended is None:
            return None
        return max(0.0, self.ended - self.began)


class ObjectView(msgspec.Struct, frozen=True, gc=False):
    """One object; `maker` is the task that makes it, None for a constant; `size` in bytes."""

    spec: ObjectSpec
    state: ObjectState = ObjectState.UNMADE
    size: int | None = None
    content_type: str = ""
    maker: TaskId | None = None
    kept: bool = False

    @property
    def id(self) -> ObjectId:
        return self.spec.id

    @property
    def label(self) -> str:
        return self.spec.label

    @property
    def is_shared(self) -> bool:
        """Whether it stands for a shared object: it has a type and a name, and no data."""
        return self.spec.content_type == SHARED_TYPE


class EngineView(msgspec.Struct, frozen=True):
    """One engine; `host` as people call it, `reason` why it is gone, `cpu` a share of one."""

    id: EngineId
    host: str = ""
    slots: int = 1
    pid: int = 0
    alive: bool = True
    reason: str = ""
    cpu: float = 0.0
    memory: int = 0


class SessionView(msgspec.Struct, frozen=True):
    """One session; `failed_task` and `failure` are the first failure of one that failed."""

    id: SessionId
    name: str = ""
    on_error: OnError = OnError.CONTINUE
    state: SessionState = SessionState.OPEN
    submits: int = 0
    reason: str = ""
    failed_task: TaskId | None = None
    failure: Failure | None = None


class View(msgspec.Struct, frozen=True):
    """All that is seen at one moment.

    epoch, seq  which stream this is of, and its newest entry that is folded in
    counts      tasks by state, for each session
    sources     what the user wrote, by key of a function or by id of a task
    notices     the newest notices, as text
    """

    epoch: int = 0
    seq: int = 0
    trace_seq: int = 0
    tasks: Mapping[TaskId, TaskView] = {}
    objects: Mapping[ObjectId, ObjectView] = {}
    sessions: Mapping[SessionId, SessionView] = {}
    engines: Mapping[EngineId, EngineView] = {}
    counts: Mapping[SessionId, Mapping[State, int]] = {}
    notices: tuple[str, ...] = ()
    sources: Mapping[str, str] = {}

    def source(self, task: TaskView) -> str:
        """What the user wrote for this task; empty when that is not known."""
        return self.sources.get(task.spec.function or str(task.id), "")

    @property
    def unfinished(self) -> int:
        """Tasks that have not ended."""
        return unfinished(self.progress())

    def progress(self, session: SessionId | None = None) -> Mapping[State, int]:
        """Tasks by state, of one session or of all."""
        if session is not None:
            return Counter(self.counts.get(session, {}))
        total: Counter[State] = Counter()
        for counts in self.counts.values():
            total.update(counts)
        return total

    def of(self, session: SessionId | None = None) -> list[TaskView]:
        """The tasks of one session or of all, as they were submitted."""
        tasks: Iterable[TaskView] = self.tasks.values()
        if session is None:
            return list(tasks)
        return [task for task in tasks if task.session == session]


def unfinished(counts: Mapping[State, int]) -> int:
    """Tasks that have not ended, of counts by state."""
    return sum(count for state, count in counts.items() if state not in FINAL)
