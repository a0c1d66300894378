"""How long the client's main thread stands still, and what memory grows, while a large graph runs.

The declaring is left out: it is the user's own statement. What counts is the submit, the longest
time between two looks at the clock while the graph runs, and letting all of it go.
"""

import gc
import os
import threading
import time
from typing import Any

from tests.benchmarks.cases.processor import resident_bytes, resident_bytes_of
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import System

LOOK = 0.001  # s between two looks

Found = dict[str, float]


def pauses(system: System, shape: Shape) -> Found:
    """`seconds` is the longest of all pauses; `again` the memory that it takes a second time."""
    _run_once(system, shape.beginning(1000))
    first = _run_once(system, shape)
    return {**first, "again": _run_once(system, shape)["bytes"]}


def _run_once(system: System, shape: Shape) -> Found:
    gc.collect()
    before = _memory(system)
    declared = system.declare(shape)
    began = time.perf_counter()
    wait = system.submit(declared)
    submitting = time.perf_counter() - began
    running = _longest_while(wait)
    after = _memory(system)
    began = time.perf_counter()
    system.forget(declared)
    del declared, wait
    dropping = time.perf_counter() - began
    return {
        "seconds": max(submitting, running, dropping),
        "submitting": submitting,
        "running": running,
        "dropping": dropping,
        **{name: (after[name] - before[name]) / len(shape.parents) for name in after},
        "tasks": len(shape.parents),
    }


def _memory(system: System) -> Found:
    """Bytes of all processes, of the client's, and of the one that keeps the graph."""
    return {
        "bytes": resident_bytes(),
        "client": resident_bytes_of(os.getpid()),
        "scheduler": resident_bytes_of(system.scheduler_pid()),
    }


def _longest_while(wait: Any) -> float:
    """The longest time in which this thread, which sleeps, does not come to its turn."""
    over = threading.Event()

    def watch() -> None:
        wait()
        over.set()

    threading.Thread(target=watch).start()
    longest, last = 0.0, time.perf_counter()
    while not over.is_set():
        time.sleep(LOOK)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    return longest
