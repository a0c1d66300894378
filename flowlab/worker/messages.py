"""What travels on the engine link, in both directions.

Every message is numbered on its side and acknowledged (worker/duplex.py); what was not
acknowledged is sent again after a reconnection. A frame is `Envelope`, msgpack.
"""

import msgspec

from flowlab.events.messages import OnError, Reported, TraceUnion
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.payload import NOTHING, Payload
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec


class Job(msgspec.Struct, frozen=True, array_like=True):
    """One task of a batch with all that its engine must know.

    outputs  specs of its outputs, in order
    publish  outputs that go back; the others stay on the engine until the batch's end
    """

    spec: TaskSpec
    assignment: Assignment
    outputs: tuple[ObjectSpec, ...]
    publish: tuple[ObjectId, ...]
    urgent: bool


class Brought(msgspec.Struct, frozen=True, array_like=True):
    """What an engine must know of an object that was made elsewhere, beside its value."""

    spec: ObjectSpec
    info: ObjectInfo


# Down: to the engine


class Batch(msgspec.Struct, frozen=True, tag=True):
    """A piece of the graph. `payload` brings what this engine does not have yet.

    brought  of each object in `payload.values`: its type, its content type, what its task said
    """

    batch: BatchId
    session: SessionId
    jobs: tuple[Job, ...]
    on_error: OnError
    payload: Payload = NOTHING
    brought: tuple[Brought, ...] = ()


class Revoked(msgspec.Struct, frozen=True, tag=True):
    """Give back what has not started of these."""

    tasks: tuple[tuple[TaskId, Assignment], ...]


class HandedBack(msgspec.Struct, frozen=True, tag=True):
    """Give back all that has not started."""


class Interrupted(msgspec.Struct, frozen=True, tag=True):
    """Interrupt this task if it runs, take it back if it has not started."""

    task: TaskId
    assignment: Assignment


class Dropped(msgspec.Struct, frozen=True, tag=True):
    """Forget these objects, and all of these sessions."""

    objects: tuple[ObjectId, ...] = ()
    sessions: tuple[SessionId, ...] = ()


class Welcome(msgspec.Struct, frozen=True, tag=True):
    """First word after Hello: you are known, in this epoch of the scheduler process.

    A new epoch means another scheduler process: both sides number from 1 again, and what the
    engine had not had acknowledged is sent again.
    """

    epoch: str
    engine: EngineId


class Refused(msgspec.Struct, frozen=True, tag=True):
    """You are not wanted (declared dead, or do not fit): stop at once."""

    reason: str


Down = Batch | Revoked | HandedBack | Interrupted | Dropped | Welcome | Refused

# Up: from the engine


class Hello(msgspec.Struct, frozen=True, tag=True):
    """An engine introduces itself, at its start and after every reconnection.

    engine    ipyparallel's id
    host      engines with the same share a store
    held      what it has been given and has not ended
    versions  of python (major.minor), cloudpickle, flowlab
    store     directory of the host's store, or why it cannot be written (`fault`)
    board     file of its board
    """

    engine: EngineId
    key: str
    host: HostId
    pid: int
    started: float
    slots: int
    versions: dict[str, str]
    store: str
    fault: str
    board: str
    held: tuple[tuple[TaskId, Assignment], ...] = ()


class Report(msgspec.Struct, frozen=True, tag=True):
    """Facts of one session with the values that belong to them, and what was said meanwhile."""

    fact: Reported | None
    payload: Payload = NOTHING
    traces: tuple[TraceUnion, ...] = ()


class Beat(msgspec.Struct, frozen=True, tag=True):
    """A sign of life."""

    running: tuple[TaskId, Assignment] | None = None
    cpu: float = 0.0
    memory: int = 0


Up = Hello | Report | Beat


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A frame: `number` 0 is outside the count (Hello, Welcome, Beat, Refused)."""

    number: int
    seen: int  # the highest number received from the other side, as an acknowledgement
    epoch: str
    body: Down | Up | None
