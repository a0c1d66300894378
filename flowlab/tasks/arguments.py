"""Arguments of a call as bytes: data objects inside them, however deep, become a task's inputs.

Each place where an object stands is one input: the same object met twice is listed twice.
After Rain's user guide, "Inputs".
"""

import io
import pickle
import time
from collections.abc import Sequence
from types import GeneratorType
from typing import Any

from flowlab.errors import HeavyArgument, UsageError
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.graph.owner import Owner
from flowlab.model.limits import CAPTURED_VALUE, KIB
from flowlab.tasks.pickling import TaskPickler

_PROTOCOL = 5
_PLAIN = frozenset({int, float, str, bytes, bool, type(None)})
_SIZED = frozenset({str, bytes})
_PROMISES = (DataObject, Task)
_MOST = 1 * KIB  # bytes of a plain value that needs no closer look
_SLOW = 1.0  # s of cpu; pickling more than that for each task is not what anybody wants

Found = list[list[DataObject]]  # in each of the values


def pack(values: Sequence[Any], owner: Owner | None = None) -> tuple[bytes, Found, list[Any]]:
    """The pickle of some values, one after the other, and the objects found in each, in order.

    Last, references to the shared objects in them, as the owner gives them.

    What two of them share, they share again when they are unpacked. Generators are run to their
    end, and arrive as iterators over what they gave.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, owner)
    found: Found = []
    for value in values:
        before = len(pickler.found)
        pickler.dump(value)
        found.append(pickler.found[before:])
    return buffer.getvalue(), found, pickler.shared


def pack_plain(values: Sequence[Any]) -> tuple[bytes, list[DataObject], tuple[int, ...]] | None:
    """Pack numbers, short texts, tasks and objects; None when there is anything else.

    That is what most calls are made with, and `pack` takes ten times as long. Gives also the
    objects, and their places among the values.
    """
    plain: list[Any] = []
    objects: list[DataObject] = []
    places: list[int] = []
    for value in values:
        kind = type(value)
        if kind in _PLAIN:
            if kind in _SIZED and len(value) > _MOST:
                return None
            plain.append(value)
        elif isinstance(value, _PROMISES):
            places.append(len(plain))
            plain.append(None)
            objects.append(to_dataobj(value))
        else:
            return None
    data = pickle.dumps(plain, _PROTOCOL) if len(places) < len(plain) else b""
    return (data, objects, tuple(places)) if len(data) <= CAPTURED_VALUE else None


def unpack_plain(data: bytes, inputs: Sequence[Any], places: Sequence[int]) -> list[Any]:
    """The values again, with `inputs` standing where the objects stood."""
    if not data:
        return list(inputs)
    values: list[Any] = pickle.loads(data)
    for place, given in zip(places, inputs, strict=True):
        values[place] = given
    return values


def unpack(data: bytes, inputs: Sequence[Any]) -> list[Any]:
    """The values again, with `inputs` standing where the objects stood."""
    if not data:
        return []
    buffer = io.BytesIO(data)
    unpickler = _Unpickler(buffer, inputs)
    values = []
    while buffer.tell() < len(data):
        values.append(unpickler.load())
    return values


def pack_arguments(
    call: str, named: Sequence[tuple[str, Any]], owner: Owner | None = None
) -> tuple[bytes, Found, list[Any]]:
    """Pack the arguments of a call to the function `call`; UsageError when they may not travel.

    named  what people call each argument, and its value
    """
    began = time.thread_time()
    values = [value for _, value in named]
    try:
        data, found, shared = pack(values, owner)
    except UsageError:
        raise
    except Exception as error:  # an argument's own __reduce__ may raise anything
        raise UsageError(
            f"{_find_culprit(named)} of {call}() cannot be pickled: "
            f"{type(error).__name__}: {error}; make it inside the function, or pass plain data"
        ) from error
    if len(data) > CAPTURED_VALUE:
        raise HeavyArgument(
            f"the arguments of {call}() take {len(data)} bytes when pickled, and at most "
            f"{CAPTURED_VALUE // KIB} KiB travel with a task (limits.CAPTURED_VALUE); "
            "make the large one an object of its own: blob(…) or pickled(…)"
        )
    taken = time.thread_time() - began
    if taken > _SLOW:
        raise HeavyArgument(
            f"the arguments of {call}() took {taken:.1f} s to pickle, and would for each task; "
            "make the large one an object of its own, once: pickled(…)"
        )
    return data, found, shared


def _find_culprit(named: Sequence[tuple[str, Any]]) -> str:
    """Which argument cannot be pickled, for people."""
    for name, value in named:
        try:
            pack([value])
        except Exception:  # noqa: BLE001 - see pack_arguments
            return f"argument {name} ({type(value).__name__})"
    return "an argument"


class _Pickler(TaskPickler):
    def __init__(self, file: io.BytesIO, owner: Owner | None) -> None:
        super().__init__(file, owner)
        self.found: list[DataObject] = []

    def persistent_id(self, thing: Any) -> int | None:
        if not isinstance(thing, DataObject | Task):
            return None
        self.found.append(to_dataobj(thing))
        return len(self.found) - 1

    def reducer_override(self, thing: Any) -> Any:
        if isinstance(thing, GeneratorType):
            return iter, (list(thing),)
        return super().reducer_override(thing)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BytesIO, inputs: Sequence[Any]) -> None:
        super().__init__(file)
        self._inputs = inputs

    def persistent_load(self, number: Any) -> Any:
        return self._inputs[number]
