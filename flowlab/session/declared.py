"""A portion of what was declared, to be submitted before the rest."""

from collections.abc import Iterable

from flowlab.graph.nodes import DataObject, Task

Declared = tuple[list[Task], list[DataObject]]  # tasks and constants


def split(
    things: Iterable[Task | DataObject] | None, tasks: list[Task], constants: list[DataObject]
) -> tuple[Declared, Declared]:
    """What these need of what was declared, and what is left; each in order.

    things  with all that they read; None for everything
    """
    if things is None:
        return (tasks, constants), ([], [])
    wanted: set[Task | DataObject] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, DataObject) and thing.task is not None:
            thing = thing.task
        if thing in wanted or thing.submitted:
            continue
        wanted.add(thing)
        if isinstance(thing, Task):
            waiting += thing.inputs
    chosen = [one for one in tasks if one in wanted], [one for one in constants if one in wanted]
    left = (
        [one for one in tasks if one not in wanted],
        [one for one in constants if one not in wanted],
    )
    return chosen, left
