"""What the scheduler wants done. The pump performs these in order; it decides nothing.

An action names tasks and objects by id only. Configurations, functions and values are joined to
them from the object table on the way out (cluster).
"""

import msgspec

from flowlab.events.messages import OnError, VerdictUnion
from flowlab.model.ids import Assignment, BatchId, EngineId, ObjectId, SessionId, TaskId


class Given(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One task of a batch.

    publish  outputs that someone outside the batch needs (kept, or read by a task elsewhere)
    urgent   report its end at once: a task elsewhere waits for it
    """

    task: TaskId
    assignment: Assignment
    publish: tuple[ObjectId, ...] = ()
    urgent: bool = False


class RunBatch(msgspec.Struct, frozen=True, tag=True):
    """Run these tasks on one engine, in this order, which respects dependencies.

    cpus      slots of the host held while the batch runs
    on_error  FAIL_SESSION: the engine stops the batch at the first failure and returns the rest
    """

    engine: EngineId
    batch: BatchId
    session: SessionId
    tasks: tuple[Given, ...]
    cpus: int
    on_error: OnError


class Revoke(msgspec.Struct, frozen=True, tag=True):
    """Take back what has not started of these; the report names what was really taken."""

    engine: EngineId
    tasks: tuple[tuple[TaskId, Assignment], ...]


class HandBack(msgspec.Struct, frozen=True, tag=True):
    """Return everything that has not started, of every batch."""

    engine: EngineId


class Interrupt(msgspec.Struct, frozen=True, tag=True):
    """Stop this task if it is running; answered by `cancelled` (or by its end).

    Whoever performs this repeats it, and kills the engine after a grace.
    """

    engine: EngineId
    task: TaskId
    assignment: Assignment


class Drop(msgspec.Struct, frozen=True, tag=True):
    """Remove these objects everywhere: engines, stores, the object table."""

    objects: tuple[ObjectId, ...]


class Forget(msgspec.Struct, frozen=True, tag=True):
    """Configurations of these tasks are not needed any longer: they ended for good."""

    tasks: tuple[TaskId, ...]


class EndSession(msgspec.Struct, frozen=True, tag=True):
    """Everything of this session may be removed (functions, configurations, sandboxes)."""

    session: SessionId


class Announce(msgspec.Struct, frozen=True, tag=True):
    """Say a decision aloud in the stream."""

    verdict: VerdictUnion


Action = RunBatch | Revoke | HandBack | Interrupt | Drop | Forget | EndSession | Announce
ClusterAction = RunBatch | Revoke | HandBack | Interrupt | Drop | EndSession
