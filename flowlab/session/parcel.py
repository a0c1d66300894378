"""A piece of a graph as it goes over the link: specs in the fact, user data in the payload."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from flowlab.events.messages import Submitted
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.attributes import NO_USER, Fixed
from flowlab.model.ids import ObjectId, SessionId
from flowlab.model.limits import INLINE_OBJECT, MESSAGE, SOURCE_TEXT
from flowlab.model.payload import Inline, Payload, Stored, Value, value_size
from flowlab.session.reach import Reach

PIECE = 10_000  # tasks in one parcel


class Parcel(NamedTuple):
    """What is posted."""

    fact: Submitted
    payload: Payload


def make_parcels(
    session: SessionId,
    tasks: Sequence[Task],
    constants: Sequence[DataObject],
    sent: set[str],
    reach: Reach,
) -> Iterator[Parcel]:
    """All that is to be posted for these, in order: what a task reads is in its parcel or before.

    sent  keys of functions that went out before
    """
    sent = set(sent)  # what is made here has not gone out yet
    for piece in _constant_pieces(constants):
        values = {obj.object_id: _value(obj, reach) for obj in piece}
        sizes = tuple((obj.object_id, value_size(obj.value)) for obj in piece)
        objects = tuple(obj.to_spec() for obj in piece)
        yield Parcel(Submitted(session, objects, (), sizes), Payload(values=values))
    for start in range(0, len(tasks), PIECE):
        # Tasks were declared in this order, and could read only what was declared before them
        yield _tasks_parcel(session, tasks[start : start + PIECE], sent)


def mark_submitted(tasks: Sequence[Task], objects: Sequence[DataObject]) -> None:
    """Note on what was declared that it is on its way, and fixed."""
    for task in tasks:
        task.submitted, task.state = True, "notAssigned"
        task.user = Fixed(task.user) if task.user else NO_USER
    for obj in objects:
        obj.submitted = True
        obj.user = Fixed(obj.user) if obj.user else NO_USER
        obj.state = "unfinished" if obj.task is not None else "finished"


def _tasks_parcel(session: SessionId, tasks: Sequence[Task], sent: set[str]) -> Parcel:
    functions, sources, shown = {}, {}, {}
    for task in tasks:
        function = task.function
        if function is not None and function.key not in sent:
            sent.add(function.key)
            functions[function.key] = function.data
            sources[function.key] = function.source
            shown[function.key] = function.source
        elif task.source:
            shown[str(task.task_id)] = task.source
    configs = {task.task_id: task.config for task in tasks if task.config}
    objects = tuple(output.to_spec() for task in tasks for output in task.outputs)
    told = tuple((key, _cut(text)) for key, text in shown.items())
    fact = Submitted(session, objects, tuple(task.to_spec() for task in tasks), (), told)
    return Parcel(fact, Payload(functions, configs, sources))


def _cut(source: str) -> str:
    """A source as the journal keeps it."""
    if len(source) <= SOURCE_TEXT:
        return source
    return f"{source[:SOURCE_TEXT]}\n… {len(source) - SOURCE_TEXT} more characters"


def _constant_pieces(constants: Sequence[DataObject]) -> Iterator[list[DataObject]]:
    piece: list[DataObject] = []
    size = 0
    for obj in constants:
        length = value_size(obj.value)
        inline = length if length <= INLINE_OBJECT else 0
        if piece and (size + inline > MESSAGE or len(piece) >= PIECE):
            yield piece
            piece, size = [], 0
        piece.append(obj)
        size += inline
    if piece:
        yield piece


def _value(obj: DataObject, reach: Reach) -> Value:
    """Small ones travel; large ones are put into this host's store, if they are not there yet."""
    if isinstance(obj.value, Inline | Stored):
        return obj.value
    data = obj.value or b""
    if len(data) <= INLINE_OBJECT:
        return Inline(bytes(data))
    return reach.store.put(ObjectId(obj.object_id), data, obj.label)
