"""What the pump needs of a cluster, whichever it is: real engines, or `inline` in this process."""

from collections.abc import Callable
from typing import Protocol

from flowlab.events.messages import FactUnion, TraceUnion
from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.payload import NOTHING, Payload, Value
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import ClusterAction

STARTING = "starting"  # `controller` in `describe()`: ipyparallel cannot reach the engines yet


class Post(Protocol):
    """The one door: thread-safe, never blocks, never raises.

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
    def value(self, object_id: ObjectId) -> Value: ...
    def info(self, object_id: ObjectId) -> ObjectInfo: ...


class Cluster(Protocol):
    """Performs what the scheduler decided, and posts what came of it."""

    def start(self, post: Post, table: Table) -> None:
        """Begin to have engines; returns at once, and says EngineJoined as they come."""
        ...

    def perform(self, action: ClusterAction) -> None:
        """Do one action; called by the pump, must not block."""
        ...

    def describe(self) -> dict[str, object]:
        """Engines, hosts and what is running there, for people."""
        ...

    def close(self) -> None:
        """End all engines at once; idempotent, returns in less than 2 s."""
        ...


ClusterFactory = Callable[[], Cluster]
