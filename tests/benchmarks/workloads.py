"""The workloads: each runs once on a warm client and gives seconds."""

import random
import time
from collections.abc import Callable

from flowlab import Client, remote

SEED = 7


@remote(auto_load=True, auto_encode="pickle")
def noop(ctx):
    """Nothing at all."""
    return 1


@remote(auto_load=True, auto_encode="pickle")
def add(ctx, *values):
    """A little more than nothing."""
    return sum(values) + 1


def _independent(count: int) -> None:
    for _ in range(count):
        noop()


def _chain(count: int) -> None:
    last = noop()
    for _ in range(count - 1):
        last = add(last)


def _random_dag(count: int) -> None:
    chance = random.Random(SEED)
    tasks = [noop(), noop()]
    while len(tasks) < count:
        tasks.append(add(*chance.sample(tasks, 2)))


GRAPHS: dict[str, tuple[Callable[[int], None], int]] = {
    "independent no-ops": (_independent, 10_000),
    "chain": (_chain, 500),
    "random DAG, two parents": (_random_dag, 5_000),
}


def run_graph(client: Client, name: str) -> float:
    """Seconds from submit to the last result."""
    declare, count = GRAPHS[name]
    with client.new_session(name) as session:
        declare(count)
        began = time.perf_counter()
        session.submit()
        session.wait_all()
        return time.perf_counter() - began


def compute(steps: int) -> float:
    """Seconds that a cell of plain Python takes for so many steps."""
    began = time.perf_counter()
    total = 0
    for step in range(steps):
        total += step * step % 7
    assert total >= 0
    return time.perf_counter() - began
