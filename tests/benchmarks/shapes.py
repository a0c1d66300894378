"""Graphs to be run: who depends on whom, and how long each task computes. Pure, always the same.

A task's value is the sum of its parents' values plus one, so that the last one's value tells
whether all of them ran.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

SEED = 7
MODULUS = 1_000_003  # values stay small however deep the graph is

Parents = tuple[int, ...]


class Shape(NamedTuple):
    """A graph whose tasks are numbered in an order that respects dependencies.

    parents  of each task
    seconds  that each task computes; empty: none does anything
    """

    parents: tuple[Parents, ...]
    seconds: tuple[float, ...] = ()

    @property
    def has_edges(self) -> bool:
        return any(self.parents)

    def sinks(self) -> list[int]:
        """Tasks that nothing depends on."""
        read = {parent for parents in self.parents for parent in parents}
        return [number for number in range(len(self.parents)) if number not in read]

    def levels(self) -> list[list[int]]:
        """The tasks by their distance from the beginning."""
        level: list[int] = []
        found: list[list[int]] = []
        for number, parents in enumerate(self.parents):
            level.append(1 + max((level[parent] for parent in parents), default=-1))
            if level[-1] == len(found):
                found.append([])
            found[level[-1]].append(number)
        return found

    def arguments(self, number: int, values: Callable[[int], object]) -> tuple[object, ...]:
        """What the task's function is called with; `values` gives what stands for a parent."""
        own = (self.seconds[number],) if self.seconds else ()
        return (*own, *(values(parent) for parent in self.parents[number]))

    def beginning(self, count: int) -> "Shape":
        """Its first tasks alone."""
        return Shape(self.parents[:count], self.seconds[:count])

    def expected(self) -> int:
        """The value of the last task."""
        values: list[int] = []
        for parents in self.parents:
            values.append((sum(values[parent] for parent in parents) + 1) % MODULUS)
        return values[-1]

    def lower_bound(self, workers: int) -> float:
        """No schedule is shorter: all the work, shared, or the longest path."""
        ends: list[float] = []
        for parents, own in zip(self.parents, self.seconds, strict=True):
            ends.append(own + max((ends[parent] for parent in parents), default=0.0))
        return max(sum(self.seconds) / workers, *ends)


def independent(count: int) -> Shape:
    """Tasks that have nothing to do with each other."""
    return Shape(((),) * count)


def chain(count: int) -> Shape:
    """Each task reads the one before."""
    return Shape(((), *((number,) for number in range(count - 1))))


def tree(leaves: int) -> Shape:
    """Pairs are added up until one is left."""
    parents: list[Parents] = [()] * leaves
    row = list(range(leaves))
    while len(row) > 1:
        pairs = list(zip(row[::2], row[1::2], strict=True))
        row = list(range(len(parents), len(parents) + len(pairs)))
        parents += pairs
    return Shape(tuple(parents))


def random_dag(count: int) -> Shape:
    """Each task reads two of all that came before it."""
    chance = random.Random(SEED)
    parents: list[Parents] = [(), ()]
    while len(parents) < count:
        first, second = chance.sample(range(len(parents)), 2)
        parents.append((first, second))
    return Shape(tuple(parents))


def wavefront(levels: int, width: int = 8) -> Shape:
    """Each task reads three neighbours of the level before; one task more closes the last."""
    parents: list[Parents] = [()] * width
    for level in range(1, levels):
        before = (level - 1) * width
        parents += [
            tuple(before + (place + step) % width for step in (-1, 0, 1)) for place in range(width)
        ]
    last = (levels - 1) * width
    return Shape((*parents, tuple(range(last, last + width))))


def mixed(count: int) -> Shape:
    """Tasks from 1 ms to 1 s: most of them short, a few long, each after two at most before it."""
    chance = random.Random(SEED)
    parents: list[Parents] = []
    seconds = []
    for number in range(count):
        near = range(max(0, number - 60), number)
        parents.append(tuple(chance.sample(near, min(len(near), chance.choice((0, 1, 2))))))
        seconds.append(_skewed(chance))
    return Shape(tuple(parents), tuple(seconds))


def _skewed(chance: random.Random) -> float:
    """80 of 100 up to 10 ms, 15 up to 100 ms, 5 up to 1 s."""
    kind = chance.random()
    low = 0.001 if kind < 0.80 else 0.01 if kind < 0.95 else 0.1
    return low * 10 ** chance.random()
