"""Results picked out of a map's chunks: as an argument of another task, or as an object.

Each chunk of a map gives one object, a list. What is wanted of it, a range of places or one place,
is said beside it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.owner import Owner
from flowlab.model.inputs import Output
from flowlab.model.specs import DataType
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import Context, register

KIND = "pick"

Span = tuple[int, int, int]  # of a `range`


def join(chunks: Iterable[Any], wanted: Iterable[Span]) -> list[Any]:
    """The list of what is wanted of each chunk; chunks are instances, or values already."""
    results: list[Any] = []
    for chunk, span in zip(chunks, wanted, strict=True):
        values = chunk.load() if isinstance(chunk, DataInstance) else chunk
        results += cut(values, range(*span))
    return results


def pick(chunk: Any, place: int) -> Any:
    """One result of a chunk."""
    values = chunk.load(cache=True) if isinstance(chunk, DataInstance) else chunk
    return values[place]


def cut(values: list[Any], places: range) -> list[Any]:
    """The values at these places."""
    if places == range(len(values)):
        return values
    return [values[place] for place in places]


class _Picked(msgspec.Struct, frozen=True, array_like=True):
    """What travels: a range of places of each input; `single`: the one result, not a list."""

    wanted: tuple[Span, ...]
    single: bool


def declare_pick(
    chunks: Sequence[DataObject], wanted: Sequence[Span], name: str, owner: Owner, *, single: bool
) -> DataObject:
    """Declare an object of what is wanted of each chunk: a list, or one result as it is."""
    task = Task(
        KIND,
        inputs=chunks,
        outputs=[Output("picked", content_type=None if single else "pickle")],
        config=msgspec.msgpack.encode(_Picked(tuple(wanted), single)),
        name=name,
        session=owner,
    )
    return task.output


class _Pick:
    name = KIND

    def run(self, context: Context) -> Sequence[DataInstance]:
        picked = msgspec.msgpack.decode(context.config, type=_Picked)
        results = join(context.inputs, picked.wanted)
        if not picked.single:
            return [context.pickled(results)]
        (value,) = results
        return [context.blob(value) if isinstance(value, bytes | str) else context.pickled(value)]


register(_Pick())


def plain_value(instance: DataInstance) -> Any:
    """What an instance is worth as a plain value: decoded, or its bytes when no type is known."""
    if instance.data_type is DataType.DIR:
        raise UsageError("a directory is no value; write it to files and give their content")
    is_value = instance.content_type or instance.missing
    return instance.load() if is_value else instance.get_bytes()
