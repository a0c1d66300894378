"""The functions of `functions.py` as flowlab's tasks."""

import os
import time
from pathlib import Path
from typing import Any

from flowlab import remote
from tests.benchmarks import functions

plain = remote(auto_load=True, auto_encode="pickle")


@plain
def noop(ctx: Any) -> int:
    """Nothing at all."""
    return 1


@plain
def add(ctx: Any, *values: int) -> int:
    """A little more than nothing."""
    return functions.add(*values)


@plain
def spin(ctx: Any, seconds: float, *values: int) -> int:
    """Compute for so long."""
    return functions.spin(seconds, *values)


@plain
def square(ctx: Any, number: int) -> int:
    """With a plain argument."""
    return functions.square(number)


@plain
def warm(ctx: Any) -> int:
    """Import what later tasks need; which engine this is."""
    import numpy as np

    np.ones(8).sum()
    time.sleep(0.01)
    return os.getpid()


@plain
def make_array(ctx: Any, mib: int) -> Any:
    """An array on the engine."""
    return functions.make_array(mib)


@plain
def total(ctx: Any, array: Any) -> tuple[float, int]:
    """Its sum, and who read it."""
    return functions.total(array)


@plain
def share(ctx: Any, array: Any, part: int, parts: int) -> float:
    """One part of it."""
    return functions.share(array, part, parts)


@plain
def hold(ctx: Any, array: Any, place: str) -> int:
    """Keep this engine from other work, for as long as there is a file."""
    Path(place).touch()
    while Path(place).exists():
        time.sleep(0.002)
    return 1
