"""User data on its way: bytes of tasks and objects, beside the events and never in them."""

import msgspec

from flowlab.model.ids import HostId, ObjectId, TaskId


class Inline(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="i"):
    """A value that travels in the message; `packed` as below."""

    data: bytes
    packed: bool = False


class Stored(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="s"):
    """A value that lies in a host's store; `path` is meaningful on that host only.

    packed  the file is no standard stream: it is a pickle with its buffers apart (staging/packed)
    """

    host: HostId
    path: str
    size: int
    packed: bool = False


class Staged(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="p"):
    """A value that lies at a stage point, as plain bytes that other tools can read.

    url     names the file, and holds no credentials
    digest  blake2b of 256 bits, in hex, of exactly these bytes
    packed  as above
    """

    url: str
    size: int
    digest: str
    packed: bool = False


class Located(msgspec.Struct, frozen=True, gc=False, array_like=True, tag="l"):
    """A value that still lies where its owner keeps it, and is read when an engine needs it.

    url    names the file, and holds no credentials; with a host, its absolute path there
    host   whose file it is; empty: every host may try to read it
    size   bytes; -1 when nobody has said
    tree   it is a directory, of which the archive is the value
    stamp  of a file when it was declared (staging.pieces): what was changed since is another
           value; empty: nothing is known
    """

    url: str
    host: HostId = HostId("")
    size: int = -1
    stamp: tuple[int, ...] = ()
    tree: bool = False


Value = Inline | Stored  # can be opened, on its host
Distant = Staged | Located  # has to be brought first
Resting = Stored | Distant  # lies somewhere, and does not travel in messages
AnyValue = Value | Distant


class Payload(msgspec.Struct, frozen=True):
    """What comes beside a fact and goes into the object table.

    functions  cloudpickled functions by key; each travels to an engine once
    configs    configuration of each task, encoded by its kind
    sources    text of the cell or function by key of the function, for people
    values     values of objects: constants at submit, results in a report
    """

    functions: dict[str, bytes] = {}
    configs: dict[TaskId, bytes] = {}
    sources: dict[str, str] = {}
    values: dict[ObjectId, AnyValue] = {}


NOTHING = Payload()


def value_size(value: AnyValue | bytes | None) -> int:
    """Bytes of a value as far as they are known; nothing has none."""
    if isinstance(value, Stored | Staged | Located):
        return max(value.size, 0)
    return len(value.data if isinstance(value, Inline) else value or b"")
