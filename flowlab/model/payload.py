"""User data on its way: bytes of tasks and objects, beside the events and never in them."""

import msgspec

from flowlab.model.ids import HostId, ObjectId, TaskId


class Inline(msgspec.Struct, frozen=True, array_like=True, tag="i"):
    """A value that travels in the message; `packed` as below."""

    data: bytes
    packed: bool = False


class Stored(msgspec.Struct, frozen=True, array_like=True, tag="s"):
    """A value that lies in a host's store; `path` is meaningful on that host only.

    packed  the file is no standard stream: it is a pickle with its buffers apart (staging/packed)
    """

    host: HostId
    path: str
    size: int
    packed: bool = False


Value = Inline | Stored


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
    values: dict[ObjectId, Value] = {}


NOTHING = Payload()


def value_size(value: Value | bytes | None) -> int:
    """Bytes of a value; nothing has none."""
    if isinstance(value, Stored):
        return value.size
    return len(value.data if isinstance(value, Inline) else value or b"")
