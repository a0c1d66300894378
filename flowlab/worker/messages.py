"""What travels on the engine link, in both directions.

Work goes to the batch loop, freight to the carrier: it moves large objects between hosts.

Every message is numbered on its side and acknowledged (worker/duplex.py); what was not
acknowledged is sent again after a reconnection. A frame is `Envelope`, msgpack.
"""

import msgspec

from flowlab.events.messages import OnError, Reported, TraceUnion
from flowlab.model.ids import Assignment, BatchId, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.logrow import QUIET
from flowlab.model.payload import NOTHING, Located, Payload, Staged, Stored
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec


class Job(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One task of a batch with all that its engine must know.

    outputs  specs of its outputs, in order
    publish  outputs that go back; the others stay on the engine until the batch's end
    """

    spec: TaskSpec
    assignment: Assignment
    outputs: tuple[ObjectSpec, ...]
    publish: tuple[ObjectId, ...]
    urgent: bool


class Brought(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What an engine must know of an object that was made elsewhere, beside its value."""

    spec: ObjectSpec
    info: ObjectInfo


# Down: to the engine


class Batch(msgspec.Struct, frozen=True, tag=True):
    """A piece of the graph. `payload` brings what this engine does not have yet.

    brought  of each object in `payload.values`: its type, its content type, what its task said
    dropped  objects to forget before
    level    log records of this level and above are wanted
    """

    batch: BatchId
    session: SessionId
    jobs: tuple[Job, ...]
    on_error: OnError
    payload: Payload = NOTHING
    brought: tuple[Brought, ...] = ()
    dropped: tuple[ObjectId, ...] = ()
    level: int = QUIET


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


class LogHeld(msgspec.Struct, frozen=True, tag=True):
    """Whether tasks of this session that log something are to wait: its handlers are behind."""

    session: SessionId
    held: bool


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


Work = Batch | Revoked | HandedBack | Interrupted | Dropped | LogHeld

# Freight: a transfer brings one object to one host, in pieces, or by a place that both can reach.
# Each Wanted is answered once, by a Piece or by Broken; so is each Piece, by Written, Copied or
# Broken; each Deposit by Deposited or Broken; each Load by Copied or Broken.


class Wanted(msgspec.Struct, frozen=True, tag=True):
    """Read the piece of this file that begins at byte `at`."""

    transfer: int
    file: Stored
    at: int


class Coming(msgspec.Struct, frozen=True, tag=True):
    """Pieces of this object are about to come, in order; `label` is what people call it."""

    transfer: int
    object: ObjectId
    size: int  # bytes
    packed: bool
    label: str


class Piece(msgspec.Struct, frozen=True, tag=True):
    """Bytes of an object from byte `at` on; `squeezed`: deflated, of `size` bytes before."""

    transfer: int
    at: int
    size: int
    data: memoryview
    squeezed: bool = False


class Deposit(msgspec.Struct, frozen=True, tag=True):
    """Write this file to a stage point: into `folder`, under its digest.

    label  what people call it; its suffix is kept
    anew   though it lies there already
    """

    transfer: int
    file: Stored
    folder: str
    label: str
    anew: bool = False


class Load(msgspec.Struct, frozen=True, tag=True):
    """Read an object from where `source` says into the store of this engine's host.

    digest  what it must have, when a host has read it before
    """

    transfer: int
    object: ObjectId
    source: Staged | Located
    label: str
    digest: str = ""


class Claimed(msgspec.Struct, frozen=True, tag=True):
    """Keep this folder of a stage point as one that is in use, until the carrier is closed."""

    folder: str


class Unstaged(msgspec.Struct, frozen=True, tag=True):
    """Remove these files from stage points."""

    urls: tuple[str, ...]


class Stopped(msgspec.Struct, frozen=True, tag=True):
    """Let go of what is open for this transfer, a draft too."""

    transfer: int


class Discarded(msgspec.Struct, frozen=True, tag=True):
    """Remove these objects, and all of these sessions, from the store of the engine's host."""

    objects: tuple[ObjectId, ...] = ()
    sessions: tuple[SessionId, ...] = ()


class Written(msgspec.Struct, frozen=True, tag=True):
    """A piece is in the draft."""

    transfer: int


class Deposited(msgspec.Struct, frozen=True, tag=True):
    """The object lies at the stage point."""

    transfer: int
    value: Staged


class Copied(msgspec.Struct, frozen=True, tag=True):
    """All of the object came, and it lies in this host's store; `digest` of what was loaded."""

    transfer: int
    value: Stored
    digest: str = ""


class Broken(msgspec.Struct, frozen=True, tag=True):
    """What was asked for cannot be done, and why; `here`: the host's own store is the reason."""

    transfer: int
    fault: str
    here: bool = False


Freight = Wanted | Coming | Piece | Deposit | Load | Claimed | Unstaged | Stopped | Discarded
Answer = Piece | Written | Deposited | Copied | Broken
Down = Work | Freight | Welcome | Refused

# Up: from the engine


class Hello(msgspec.Struct, frozen=True, tag=True):
    """An engine introduces itself, at its start and after every reconnection.

    engine    ipyparallel's id
    host      engines with the same share a store
    name      what people call the host
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
    name: str = ""


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


Up = Hello | Report | Beat | Answer


class Envelope(msgspec.Struct, frozen=True, array_like=True):
    """A frame: `number` 0 is outside the count (Hello, Welcome, Beat, Refused)."""

    number: int
    seen: int  # the highest number received from the other side, as an acknowledgement
    epoch: str
    body: Down | Up | None
