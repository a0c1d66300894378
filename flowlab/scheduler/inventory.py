"""What each engine holds, as data: tasks that it was given, objects that it made and are there."""

from dataclasses import dataclass

from flowlab.model.ids import EngineId, ObjectId, TaskId
from flowlab.scheduler.books import Books


@dataclass(frozen=True)
class Holding:
    """Of one engine; `engine` is None for what no engine of now has made, such as constants."""

    engine: EngineId | None
    slots: int = 0
    tasks: tuple[TaskId, ...] = ()
    objects: tuple[ObjectId, ...] = ()


@dataclass(frozen=True)
class Inventory:
    """Of all engines, in their order, and of nobody."""

    engines: tuple[Holding, ...]
    others: Holding


def take_inventory(books: Books) -> Inventory:
    """All that is held now."""
    made: dict[EngineId | None, list[ObjectId]] = {}
    for session in books.sessions.values():
        for thing in session.objects.values():
            if thing.available:
                maker = thing.producer.engine if thing.producer is not None else None
                known = maker if maker in books.engines else None
                made.setdefault(known, []).append(thing.id)
    engines = sorted(books.engines.values(), key=lambda engine: engine.id)
    return Inventory(
        tuple(
            Holding(one.id, one.slots, tuple(sorted(one.open)), tuple(sorted(made.get(one.id, ()))))
            for one in engines
        ),
        Holding(None, objects=tuple(sorted(made.get(None, ())))),
    )
