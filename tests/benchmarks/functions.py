"""What the tasks do, for every system: plain functions that workers import."""

import os
import subprocess
import time
from typing import Any

from tests.benchmarks.shapes import MODULUS

FLOAT = 8  # bytes


def noop() -> int:
    """Nothing at all."""
    return 1


def add(*values: int) -> int:
    """A little more than nothing."""
    return (sum(values) + 1) % MODULUS


def spin(seconds: float, *values: int) -> int:
    """Compute for so long by the clock, as plain Python does."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass
    return add(*values)


def function_of(shape: Any) -> Any:
    """The function of all tasks of a graph."""
    return spin if shape.seconds else add if shape.has_edges else noop


def square(number: int) -> int:
    """For a map."""
    return number * number % 97


def expected_squares(count: int) -> int:
    """What the values of the map add up to."""
    return sum(map(square, range(count)))


def make_array(mib: int) -> Any:
    """So many MiB of ones."""
    import numpy as np

    return np.ones(mib * 1024 * 1024 // FLOAT)


def total(array: Any) -> tuple[float, int]:
    """Read all of it; and who did."""
    return float(array.sum()), os.getpid()


def share(array: Any, part: int, parts: int) -> float:
    """Read one part of it."""
    size = len(array) // parts
    return float(array[part * size : (part + 1) * size].sum())


def join(first: str, second: str, target: str) -> int:
    """A program that reads two files and writes one, by a shell as people write it."""
    command = f"cat {first} {second} > {target}"
    return subprocess.run(command, shell=True, check=True).returncode


def pid() -> int:
    """Which process this is; waits a moment, so that the other worker is asked too."""
    time.sleep(0.01)
    return os.getpid()
