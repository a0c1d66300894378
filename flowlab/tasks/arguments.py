"""Arguments of a call as bytes: data objects inside them, however deep, become a task's inputs.

Each place where an object stands is one input: the same object met twice is listed twice.
After Rain's user guide, "Inputs".
"""

import io
import pickle
from collections.abc import Sequence
from types import GeneratorType
from typing import Any

import cloudpickle

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject, Task, to_dataobj
from flowlab.model.limits import CAPTURED_VALUE, KIB

_PROTOCOL = 5


def pack(values: Any) -> tuple[bytes, list[DataObject]]:
    """The pickle of some values, and the objects that were found in them, in order.

    Generators are run to their end, and arrive as iterators over what they gave.
    """
    buffer = io.BytesIO()
    pickler = _Pickler(buffer, _PROTOCOL)
    pickler.dump(values)
    return buffer.getvalue(), pickler.found


def unpack(data: bytes, inputs: Sequence[Any]) -> Any:
    """The values again, with `inputs` standing where the objects stood."""
    return _Unpickler(io.BytesIO(data), inputs).load()


def pack_arguments(
    call: str, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[bytes, list[DataObject]]:
    """Pack the arguments of a call to the function `call`; UsageError when they may not travel."""
    try:
        data, found = pack((args, kwargs))
    except UsageError:
        raise
    except Exception as error:  # an argument's own __reduce__ may raise anything
        raise UsageError(
            f"{_find_culprit(args, kwargs)} of {call}() cannot be pickled: "
            f"{type(error).__name__}: {error}; make it inside the function, or pass plain data"
        ) from error
    if len(data) > CAPTURED_VALUE:
        raise UsageError(
            f"the arguments of {call}() take {len(data)} bytes when pickled, and at most "
            f"{CAPTURED_VALUE // KIB} KiB travel with a task (limits.CAPTURED_VALUE); "
            "make the large one an object of its own: blob(…) or pickled(…)"
        )
    return data, found


def _find_culprit(args: tuple[Any, ...], kwargs: dict[str, Any]) -> str:
    """Which argument cannot be pickled, for people."""
    named = [(f"argument {place}", value) for place, value in enumerate(args, 1)]
    named += [(f"argument {name!r}", value) for name, value in kwargs.items()]
    for name, value in named:
        try:
            pack(value)
        except Exception:  # noqa: BLE001 - see pack_arguments
            return f"{name} ({type(value).__name__})"
    return "an argument"


class _Pickler(cloudpickle.Pickler):  # type: ignore[misc] # cloudpickle has no types
    def __init__(self, file: io.BytesIO, protocol: int) -> None:
        super().__init__(file, protocol)
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
