"""Which object stands in the place of which, since cells are run again.

Edges go from cell to cell: a reader follows the object that it read to the newest one with the
same label from the same cell, whatever the notebook's name has come to stand for meanwhile.
"""

from collections.abc import Iterable

from flowlab.graph.nodes import DataObject, Task


class Succession:
    """Objects of cells that were run again, and what came after them."""

    def __init__(self) -> None:
        self._next: dict[DataObject, DataObject | None] = {}  # None: the cell makes it no longer

    def replace(self, old: Task, new: Task | None) -> None:
        """The new task's outputs take the places of the old one's, by label."""
        successors = dict(new.outputs.items()) if new is not None else {}
        for label, obj in old.outputs.items():
            self._next[obj] = successors.get(label)

    def is_replaced(self, obj: DataObject) -> bool:
        """Whether another stands in its place, or none."""
        return obj in self._next

    def latest(self, obj: DataObject) -> DataObject | None:
        """What stands in its place now; None when its cell makes it no longer."""
        found: DataObject | None = obj
        while found is not None and found in self._next:
            found = self._next[found]
        return found


def comes_from(obj: DataObject, sources: Iterable[DataObject]) -> bool:
    """Whether an object is one of these, or was made from one."""
    wanted = set(sources)
    waiting, seen = [obj], set()
    while waiting:
        each = waiting.pop()
        if each in wanted:
            return True
        if each.task is not None and each.task not in seen:
            seen.add(each.task)
            waiting += each.task.inputs
    return False
