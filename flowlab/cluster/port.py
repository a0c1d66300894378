"""What the pump needs of a cluster, whichever it is: real engines, or `inline` in this process."""

from collections.abc import Callable, Sequence
from typing import Protocol

from flowlab.errors import StoreError
from flowlab.events.messages import FactUnion, TraceUnion
from flowlab.model.ids import ObjectId, SessionId, TaskId
from flowlab.model.payload import NOTHING, AnyValue, Payload, Resting, Stored
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import ClusterAction

STARTING = "starting"  # `controller` in `describe()`: ipyparallel cannot reach the engines yet


class Post(Protocol):
    """A cluster's way into the pump: thread-safe, never blocks, never raises.

    then  called, in the pump's thread, once the event is in the journal and cannot be lost
    """

    def __call__(
        self,
        event: FactUnion | TraceUnion,
        payload: Payload = NOTHING,
        *,
        then: Callable[[], None] | None = None,
    ) -> None: ...


class Table(Protocol):
    """The object table, as the cluster reads it: from the pump's thread only."""

    def task(self, task_id: TaskId) -> TaskSpec: ...
    def object(self, object_id: ObjectId) -> ObjectSpec: ...
    def config(self, task_id: TaskId) -> bytes: ...
    def function(self, key: str) -> bytes: ...
    def source(self, key: str) -> str: ...
    def value(self, object_id: ObjectId) -> AnyValue: ...
    def info(self, object_id: ObjectId) -> ObjectInfo: ...
    def stage_point(self, object_id: ObjectId) -> str: ...
    def stage_points(self) -> frozenset[str]: ...
    def log_level(self, session: SessionId) -> int: ...


def post_all(
    post: Post,
    traces: Sequence[TraceUnion],
    fact: FactUnion | None,
    payload: Payload,
    then: Callable[[], None],
) -> None:
    """Post what one report says, in order; `then` is called when all of it is in the journal."""
    events: list[FactUnion | TraceUnion] = [*traces]
    if fact is not None:
        events.append(fact)
    if not events:
        then()
        return
    for event in events[:-1]:
        post(event)
    post(events[-1], NOTHING if fact is None else payload, then=then)


Then = Callable[[Stored | StoreError], None]


class Cluster(Protocol):
    """Performs what the scheduler decided, and posts what came of it."""

    def start(self, post: Post, table: Table) -> None:
        """Begin to have engines; returns at once, and says EngineJoined as they come."""
        ...

    def perform(self, action: ClusterAction) -> None:
        """Do one action; called by the pump, must not block."""
        ...

    def bring(self, object_id: ObjectId, value: Resting, then: Then) -> None:
        """Have an object from wherever it lies in this host's store; called by the pump.

        then  gets where it lies here, or why it does not come; on any thread
        """
        ...

    def hold(self, session: SessionId, *, held: bool) -> None:
        """Let tasks of this session wait before they log anything, or no longer; from any thread.

        Its handlers are behind: what is on its way to them is to stay bounded.
        """
        ...

    def describe(self) -> dict[str, object]:
        """Engines, hosts and what is running there, for people."""
        ...

    def close(self) -> None:
        """End all engines at once; idempotent, returns in less than 2 s."""
        ...


ClusterFactory = Callable[[], Cluster]
