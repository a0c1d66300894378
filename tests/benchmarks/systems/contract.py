"""What each system must be able to do, and how it says that it cannot.

A system that cannot do a thing raises `Cannot` with the reason; the table then shows the reason.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

from tests.benchmarks.functions import add, spin
from tests.benchmarks.shapes import Shape

WORKERS = 2

Wait = Callable[[], int]


class Cannot(Exception):
    """This system has no such thing; the text says why."""


class System:
    """Two local workers.

    graph_peer  takes tasks that depend on others by itself; the rest is driven from the client
    """

    graph_peer: ClassVar[bool] = False

    def start(self) -> int:
        """Import, start, and give the first result, which is 1: what a start-up takes."""
        raise NotImplementedError

    def warm(self) -> None:
        """Have both workers up, with numpy and what else they import."""
        raise NotImplementedError

    def stop(self) -> None:
        """End all of it; what is left is killed."""

    def scheduler_pid(self) -> int:
        """The process that keeps the graph while it runs."""
        return os.getpid()

    # --- graphs

    def declare(self, shape: Shape) -> Any:
        """Declare a graph without running it, where these are two things."""
        return shape

    def submit(self, declared: Any) -> Wait:
        """Send it; what is returned waits for all tasks, and gives the last one's value."""
        raise NotImplementedError

    def forget(self, declared: Any) -> None:
        """Let go of what was declared and submitted."""

    def all_values(self, count: int) -> list[int]:
        """So many no-ops, and each one's value in the client."""
        raise Cannot("not asked for")

    def map_squares(self, count: int) -> int:
        """What the squares of so many numbers add up to, by the system's own map."""
        raise Cannot("has no map")

    def declare_only(self, count: int) -> Any:
        """So many calls with a plain argument, declared and kept; nothing runs."""
        raise Cannot("declaring and submitting are one")

    # --- data

    def prepare_arrays(self) -> None:
        """Whatever `make` and `total` need beforehand; it is not timed."""

    def make(self, mib: int) -> Any:
        """An array that one worker makes; returns when it is made."""
        raise Cannot("not asked for")

    def away(self, array: Any) -> None:
        """See to it that the next task runs on another worker than the one that made it."""

    def total(self, array: Any) -> tuple[float, int]:
        """Its sum, read by another worker, whose process is given too."""
        raise Cannot("not asked for")

    def back(self) -> None:
        """End what `away` began."""

    def bring(self, array: Any) -> Any:
        """It, in the client."""
        raise Cannot("not asked for")

    def broadcast(self, array: Any, tasks: int) -> float:
        """What all its parts add up to, each read by a task of its own."""
        raise Cannot("not asked for")

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        """`cat a b > c` for each pair; the content of the last c."""
        raise Cannot("not asked for")


def drive_waves(shape: Shape, call: Callable[[Any, list[tuple[Any, ...]]], list[int]]) -> int:
    """Run a graph level by level on a system that knows no dependencies.

    call  gives the values of a function for a list of arguments
    """
    values: dict[int, int] = {}
    function = step_of(shape)
    for level in shape.levels():
        given = [shape.arguments(number, values.__getitem__) for number in level]
        values.update(zip(level, call(function, given), strict=True))
    return values[len(shape.parents) - 1]


def step_of(shape: Shape) -> Any:
    """The function of one argument, a tuple, that a map wants."""
    return spin_step if shape.seconds else add_step


def add_step(given: tuple[int, ...]) -> int:
    """`add` of a tuple."""
    return add(*given)


def spin_step(given: tuple[Any, ...]) -> int:
    """`spin` of a tuple."""
    return spin(*given)
