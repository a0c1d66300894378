"""Large arrays: from one worker to another and to the client, and from the client to all."""

import gc
import time

from tests.benchmarks.functions import FLOAT, make_array
from tests.benchmarks.systems.contract import System

BROADCAST_TASKS = 32

Found = dict[str, float]


def array(system: System, mib: int) -> Found:
    """One worker makes it, the other reads it, the client reads it; twice.

    The first time is `seconds`; the second, `again`, finds memory that was used before.
    """
    system.prepare_arrays()
    _pass_round(system, 1)  # what is done once, such as an import
    first = _pass_round(system, mib)
    gc.collect()  # what its client's cycles hold goes
    again = _pass_round(system, mib)
    return {**first, "again": again["seconds"]}


def _pass_round(system: System, mib: int) -> Found:
    size = mib * 1024 * 1024 // FLOAT
    began = time.perf_counter()
    made = system.make(mib)
    making = time.perf_counter() - began
    system.away(made)
    began = time.perf_counter()
    total, _ = system.total(made)
    reading = time.perf_counter() - began
    system.back()
    began = time.perf_counter()
    here = system.bring(made)
    seen = float(here.sum())
    bringing = time.perf_counter() - began
    assert total == seen == size
    return {
        "seconds": making + reading + bringing,
        "making": making,
        "to_scalar": making + reading,
        "bringing": bringing,
    }


def broadcast(system: System, mib: int) -> Found:
    """From the client to so many tasks, each of which reads a part of it."""
    given = make_array(mib)
    began = time.perf_counter()
    total = system.broadcast(given, BROADCAST_TASKS)
    ended = time.perf_counter()
    assert total == len(given) // BROADCAST_TASKS * BROADCAST_TASKS
    return {"seconds": ended - began, "tasks": BROADCAST_TASKS}
