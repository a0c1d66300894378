"""Graphs: from submit to the last task's value; the declaring is told beside it."""

import threading
import time
from collections.abc import Callable

from tests.benchmarks.cases.processor import processor_seconds
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System

FEW = 16
STEPS = 5_000  # of plain Python, between two looks whether the graph has ended

Found = dict[str, float]


def run(system: System, shape: Shape) -> Found:
    """Seconds from submit to the end; `whole` begins with the declaring.

    A few of its tasks run beforehand, so that the workers know the function.
    """
    _run_once(system, shape.beginning(FEW))
    return _run_once(system, shape)


def _run_once(system: System, shape: Shape) -> Found:
    began = time.perf_counter()
    declared = system.declare(shape)
    declaring = time.perf_counter() - began
    used = processor_seconds()
    submitted = time.perf_counter()
    value = system.submit(declared)()
    seconds = time.perf_counter() - submitted
    used = processor_seconds() - used
    _check(value, shape)
    system.forget(declared)
    return {
        "seconds": seconds,
        "whole": declaring + seconds,
        "processor": used,
        "tasks": len(shape.parents),
    }


def mixed(system: System, shape: Shape) -> Found:
    """As `run`, beside the shortest time that is possible."""
    return {**run(system, shape), "bound": shape.lower_bound(WORKERS)}


def beside_cell(system: System, shape: Shape) -> Found:
    """While the main thread computes in plain Python, as a notebook's cell does."""
    idle = run(system, shape)["seconds"]
    declared = system.declare(shape)
    found: list[tuple[float, int | BaseException]] = []
    over = threading.Event()
    began = time.perf_counter()
    wait = system.submit(declared)
    threading.Thread(target=_wait, args=(wait, found, over)).start()
    while not over.is_set():
        compute(STEPS)
    ended, value = found[0]
    if isinstance(value, BaseException):
        raise value
    _check(value, shape)
    system.forget(declared)
    return {"seconds": ended - began, "idle": idle, "tasks": len(shape.parents)}


def _wait(
    wait: Callable[[], int],
    found: list[tuple[float, int | BaseException]],
    over: threading.Event,
) -> None:
    try:
        value: int | BaseException = wait()
    except BaseException as error:  # noqa: BLE001 - raised again by the main thread
        value = error
    found.append((time.perf_counter(), value))
    over.set()


def compute(steps: int) -> float:
    """Seconds that so many steps of plain Python take."""
    began = time.perf_counter()
    total = 0
    for step in range(steps):
        total += step * step % 7
    assert total >= 0
    return time.perf_counter() - began


def values(system: System, count: int) -> Found:
    """No-ops whose values all come to the client."""
    began = time.perf_counter()
    found = system.all_values(count)
    ended = time.perf_counter()
    assert found == [1] * count
    return {"seconds": ended - began, "tasks": count}


def _check(value: int, shape: Shape) -> None:
    if value != shape.expected():
        raise AssertionError(f"the last task gave {value}, not {shape.expected()}")
