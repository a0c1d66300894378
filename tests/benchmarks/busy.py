"""A graph while a cell computes in plain Python, and the cell while a graph runs.

The cell computes in the main thread, as in a notebook; the graph's own tasks sleep, so that cores
are no question here: what is measured is what flowlab itself takes from the kernel, and what the
kernel takes from flowlab.
"""

import statistics
import threading
import time
from dataclasses import dataclass

from flowlab import Client, remote
from tests.benchmarks.cases.graphs import compute

HOPS = 150
NAP = 0.02  # s


@dataclass(frozen=True)
class Busy:
    """Seconds: the graph alone and beside the cell, the cell alone and beside the graph."""

    graph_idle: float
    graph_busy: float
    cell_idle: float
    cell_busy: float


@remote(auto_load=True, auto_encode="pickle")
def nap(ctx, *before):
    """Wait a moment, as a task does that waits for a disk."""
    time.sleep(NAP)
    return 1


def _declare() -> None:
    for _ in range(2):  # one chain an engine
        last = nap()
        for _ in range(HOPS - 1):
            last = nap(last)


def _graph(client: Client, beside: bool, steps: int) -> tuple[float, float]:
    """Seconds of the graph, and of the cell that runs beside it."""
    with client.new_session("busy") as session:
        _declare()
        ended = threading.Event()
        took: list[float] = []
        began = time.perf_counter()

        def wait() -> None:
            session.wait_all()
            took.append(time.perf_counter() - began)
            ended.set()

        session.submit()
        threading.Thread(target=wait).start()
        cells = []
        while beside and not ended.is_set():
            cells.append(compute(steps))
        ended.wait()
        return took[0], statistics.median(cells) if cells else 0.0


def measure(client: Client, rounds: int) -> Busy:
    """Medians over interleaved rounds."""
    steps = 2_000_000
    rows = []
    for _ in range(rounds):
        cell_idle = statistics.median(compute(steps) for _ in range(5))
        graph_idle, _ = _graph(client, beside=False, steps=steps)
        graph_busy, cell_busy = _graph(client, beside=True, steps=steps)
        rows.append((graph_idle, graph_busy, cell_idle, cell_busy))
    return Busy(*(statistics.median(column) for column in zip(*rows, strict=True)))
