"""`Map`: the calls of one function as a sequence, and `MapCall`, one of them, made at need.

Nothing is kept for each call: what is known of a map is known of its chunks, a few dozen tasks.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, overload

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.owner import Owner
from flowlab.graph.standin import StandIn
from flowlab.tasks.pick import Span, cut, declare_pick, join, pick

_FINISHED = "finished"


@dataclass(frozen=True)
class Chunks:
    """All calls of a map.

    tasks  one a chunk, in order
    calls  how many there are
    size   calls in each chunk but the last
    made   objects of their own that were declared for some calls
    """

    name: str
    owner: Owner
    tasks: tuple[Task, ...]
    calls: int
    size: int
    made: dict[tuple[Span, bool], DataObject] = field(default_factory=dict)

    def split(self, calls: range) -> Iterator[tuple[Task, range]]:
        """The tasks of these calls, each with the places of them in its list."""
        while calls:
            number = calls[0] // self.size
            start = number * self.size
            end = start + self.size if calls.step > 0 else start - 1
            count = len(range(calls[0], end, calls.step))
            mine, calls = calls[:count], calls[count:]
            yield self.tasks[number], range(mine.start - start, mine.stop - start, mine.step)

    def wanted(self, calls: range) -> tuple[tuple[DataObject, ...], tuple[Span, ...]]:
        """The objects that hold these results, and where in each of them they stand."""
        parts = list(self.split(calls))
        objects = tuple(task.output for task, _ in parts)
        return objects, tuple(_span(places) for _, places in parts)

    def declare(self, calls: range, name: str, *, single: bool) -> DataObject:
        """An object of its own for these results, declared once."""
        key = (_span(calls), single)
        if key not in self.made:
            objects, wanted = self.wanted(calls)
            self.made[key] = declare_pick(objects, wanted, name, self.owner, single=single)
        return self.made[key]


class Map(StandIn):
    """Calls of a function, in order: as many as were declared, or a slice of them.

    `m[i]` is one call, `m[a:b]` a map of these, iteration gives results as they come. Given to a
    task as an argument it arrives as the list of its results.
    """

    __slots__ = ("_calls", "_chunks")

    def __init__(self, chunks: Chunks, calls: range) -> None:
        self._chunks = chunks
        self._calls = calls

    @property
    def name(self) -> str:
        """The name under which it is drawn."""
        return self._chunks.name

    @property
    def tasks(self) -> tuple[Task, ...]:
        """The tasks that do its calls, a chunk each; to cancel it, cancel these."""
        return tuple(task for task, _ in self._parts())

    @property
    def output(self) -> DataObject:
        """An object that holds the list of its results; the first look declares what makes it."""
        return self._chunks.declare(
            self._calls, f"{self.name}[{self._calls.start}:{self._calls.stop}]", single=False
        )

    def keep(self) -> None:
        """Hold the results, so that they can be fetched; only before submit."""
        for task in self.tasks:
            task.output.keep()

    def unkeep(self) -> None:
        """Let the results go: of a slice, those of the whole chunks that it is part of."""
        if self._calls:
            self._chunks.owner.unkeep([task.output for task in self.tasks])

    def wait(self) -> None:
        """Wait until all its calls are done; raises the error of one that failed."""
        if self._calls:
            self._chunks.owner.wait(self.tasks)

    def fetch(self) -> list[Any]:
        """Wait for all results; the list of them."""
        return list(self)

    def done(self) -> int:
        """How many of its calls are in chunks that have finished."""
        parts = list(self._parts())
        if parts:
            self._chunks.owner.update([task for task, _ in parts])
        return sum(len(places) for task, places in parts if task.state == _FINISHED)

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Any]:
        for values in self._values():
            yield from values

    @overload
    def __getitem__(self, place: int) -> "MapCall": ...
    @overload
    def __getitem__(self, place: slice) -> "Map": ...
    def __getitem__(self, place: int | slice) -> "MapCall | Map":
        if isinstance(place, slice):
            return Map(self._chunks, self._calls[place])
        try:
            return MapCall(self._chunks, self._calls[place])
        except IndexError:
            raise IndexError(f"{self!r} has no call {place}") from None

    def __repr__(self) -> str:
        return f"<Map {self.name!r} {len(self)} calls in {len(self.tasks)} tasks>"

    def __reduce__(self) -> Any:
        """As an argument of a task: the list. Anywhere else its objects refuse to be pickled."""
        return join, self._chunks.wanted(self._calls)

    def _parts(self) -> Iterator[tuple[Task, range]]:
        return self._chunks.split(self._calls)

    def _values(self) -> Iterator[list[Any]]:
        """The wanted results of its chunks, one after the other, as they come."""
        for task, places in self._parts():
            _check_fetch(task, self)
            yield cut(task.output.fetch().load(), places)


class MapCall(StandIn):
    """One call of a map: a handle to its result.

    index  its number among all calls of the map
    task   the task that does it, with others of its chunk
    """

    __slots__ = ("_chunks", "index")

    def __init__(self, chunks: Chunks, index: int) -> None:
        self._chunks = chunks
        self.index = index

    @property
    def task(self) -> Task:
        """The task that does it."""
        return self._chunks.tasks[self.index // self._chunks.size]

    @property
    def output(self) -> DataObject:
        """An object of its own that holds the result; the first look declares what makes it."""
        here = range(self.index, self.index + 1)
        return self._chunks.declare(here, f"{self._chunks.name}[{self.index}]", single=True)

    def keep(self) -> None:
        """Hold the results of its chunk, so that they can be fetched; only before submit."""
        self.task.output.keep()

    def wait(self) -> None:
        """Wait until it is done; raises its error, or that of another call of its chunk."""
        self.task.wait()

    def fetch(self) -> Any:
        """Wait for its result."""
        _check_fetch(self.task, self)
        return self.task.output.fetch().load()[self._place]

    result = fetch  # as futures call it

    def done(self) -> bool:
        """Whether it has finished."""
        self.task.update()
        return self.task.state == _FINISHED

    def __repr__(self) -> str:
        return f"<MapCall {self.index} of map {self._chunks.name!r}>"

    def __reduce__(self) -> Any:
        """As an argument of a task: the result."""
        return pick, (self.task.output, self._place)

    @property
    def _place(self) -> int:
        return self.index % self._chunks.size


def _check_fetch(task: Task, whole: Map | MapCall) -> None:
    if not task.output.kept:
        raise UsageError(f"Can't fetch {whole!r} without keep flag; keep() it before its submit")
    if not task.submitted:
        raise UsageError(f"{whole!r} is not submitted.")


def _span(places: range) -> Span:
    return places.start, places.stop, places.step
