"""A piece of a graph as it goes over the link: specs in the fact, user data in the payload."""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property, partial

from flowlab.events.messages import Submitted
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.ids import ObjectId, SessionId
from flowlab.model.limits import INLINE_OBJECT, MESSAGE, SOURCE_TEXT
from flowlab.model.payload import AnyValue, Inline, Located, Payload, Staged, Stored, value_size
from flowlab.session.reach import Reach

PARCEL = 2_000  # tasks in one parcel: engines begin with the first while the next is made

Parcel = tuple[Submitted, Payload]


def constant_parcels(
    session: SessionId, constants: Sequence[DataObject], reach: Reach
) -> Iterator[Parcel]:
    """What is to be posted for constants, before the tasks that read them."""
    for piece in _constant_pieces(constants):
        values = {obj.object_id: _value(obj, reach) for obj in piece}
        sizes = tuple((obj.object_id, value_size(obj.value)) for obj in piece)
        objects = tuple(obj.to_spec() for obj in piece)
        yield Submitted(session, objects, (), sizes), Payload(values=values)


def task_parcels(
    session: SessionId, tasks: Sequence[Task], sent: set[str]
) -> list[Callable[[], Parcel]]:
    """What makes the parcels of these tasks, each as it leaves, in order.

    sent  keys of functions that went out before; what goes out is added
    """
    # Tasks were declared in this order, and could read only what was declared before them
    pieces = [tasks[start : start + PARCEL] for start in range(0, len(tasks), PARCEL)]
    submit = _Submit(session, pieces, sent)
    return [partial(submit.parcel, number) for number in range(len(pieces))]


class _Submit:
    """The tasks of one submit, in pieces."""

    def __init__(
        self,
        session: SessionId,
        pieces: Sequence[Sequence[Task]],
        sent: set[str],
    ) -> None:
        self._session = session
        self._pieces = pieces
        self._sent = sent

    @cached_property
    def rows(self) -> list[tuple[list[ObjectId], list[ObjectId]]]:
        """Of each piece: what later ones read of it, and what it is the last to read."""
        rows: list[tuple[list[ObjectId], list[ObjectId]]] = [([], []) for _ in self._pieces]
        if len(rows) == 1:
            return rows
        made: dict[ObjectId, int] = {}
        last: dict[ObjectId, int] = {}
        for number, piece in enumerate(self._pieces):
            read = [obj.object_id for task in piece for obj in task.reads]
            last.update([(one, number) for one in read if one in made])  # so in one before
            made.update([(out.object_id, number) for task in piece for out in task.makes])
        for object_id, number in last.items():
            rows[made[object_id]][0].append(object_id)
            rows[number][1].append(object_id)
        return rows

    def parcel(self, number: int) -> Parcel:
        """One piece as it leaves."""
        tasks, sent = self._pieces[number], self._sent
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
        objects = tuple([output.to_spec() for task in tasks for output in task.makes])
        told = tuple((key, _cut(text)) for key, text in shown.items())
        awaited, caught = self.rows[number]
        specs = tuple([task.to_spec() for task in tasks])
        fact = Submitted(self._session, objects, specs, (), told, tuple(awaited), tuple(caught))
        return fact, Payload(functions, configs, sources)


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
        if piece and (size + inline > MESSAGE or len(piece) >= PARCEL):
            yield piece
            piece, size = [], 0
        piece.append(obj)
        size += inline
    if piece:
        yield piece


def _value(obj: DataObject, reach: Reach) -> AnyValue:
    """Small ones travel; large ones are put into this host's store, if they are not there yet."""
    if isinstance(obj.value, Inline | Stored | Staged | Located):
        return obj.value
    data = obj.value or b""
    if len(data) <= INLINE_OBJECT:
        return Inline(bytes(data))
    return reach.store.put(ObjectId(obj.object_id), data, obj.label)
