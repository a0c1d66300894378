"""Many calls: a map of them, and the mere declaring of them."""

import gc
import time
import tracemalloc

from tests.benchmarks.functions import expected_squares
from tests.benchmarks.systems.contract import System

TRACED = 10  # to trace memory takes time: it is done for so many times fewer tasks

Found = dict[str, float]


def squares(system: System, count: int) -> Found:
    """A map, up to all values in the client."""
    system.map_squares(1000)
    began = time.perf_counter()
    found = system.map_squares(count)
    ended = time.perf_counter()
    assert found == expected_squares(count)
    return {"seconds": ended - began, "tasks": count}


def declaring(system: System, count: int) -> Found:
    """Time and memory of the client for tasks with a plain argument that nobody submits."""
    used = _memory(system, count // TRACED)
    gc.collect()
    processor = time.process_time()
    began = time.perf_counter()
    kept = system.declare_only(count)
    ended = time.perf_counter()
    processor = time.process_time() - processor
    del kept
    return {"seconds": ended - began, "processor": processor, "tasks": count, "bytes": used}


def _memory(system: System, count: int) -> float:
    """Bytes a task, in Python's own count: a process that ran before has room to reuse."""
    system.declare_only(100)
    gc.collect()
    tracemalloc.start()
    kept = system.declare_only(count)
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return used / count


def start_up(system: System, size: int) -> Found:
    """Nothing: how long the start took is noted of every run."""
    return {}
