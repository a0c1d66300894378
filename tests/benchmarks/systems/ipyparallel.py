"""ipyparallel itself: a message a task, the two engines in turn; dependencies from the client."""

import itertools
from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, Cannot, System, Wait
from tests.benchmarks.systems.driving import Driver


class Ipyparallel(System):
    def start(self) -> int:
        import ipyparallel

        self._cluster = ipyparallel.Cluster(n=WORKERS, log_level=40)
        self._client: Any = self._cluster.start_and_connect_sync()
        self._views = [self._client[engine] for engine in self._client.ids]
        return int(self._views[0].apply_sync(functions.noop))

    def warm(self) -> None:
        self._client.wait_for_engines(WORKERS, timeout=30)
        self._views = [self._client[engine] for engine in self._client.ids]
        self._all = self._client[:]
        self._all.apply_sync(functions.make_array, 1)
        self._turns = itertools.cycle(self._views)

    def stop(self) -> None:
        self._cluster.stop_cluster_sync()

    def _send(self, function: Any, *given: Any) -> Any:
        return next(self._turns).apply_async(function, *given)

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        if shape.has_edges or shape.seconds:
            return Driver(shape, self._send).run
        asked = [self._send(functions.noop) for _ in shape.parents]
        return lambda: [each.get() for each in asked][-1]

    def all_values(self, count: int) -> list[int]:
        return [each.get() for each in [self._send(functions.noop) for _ in range(count)]]

    def map_squares(self, count: int) -> int:
        return sum(self._all.map_sync(functions.square, range(count)))

    # --- data

    def make(self, mib: int) -> Any:
        self._views[0].apply_sync(_keep_array, mib)
        return mib

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._views[1].apply_sync(functions.total, self._views[0]["made"]))

    def bring(self, array: Any) -> Any:
        return self._views[0]["made"]

    def broadcast(self, array: Any, tasks: int) -> float:
        self._all.push({"shared": array}, block=True)
        asked = [self._send(_share, part, tasks) for part in range(tasks)]
        return sum(each.get() for each in asked)

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        asked = [
            self._send(functions.join, *map(str, (*pair, target)))
            for pair, target in zip(pairs, targets, strict=True)
        ]
        for each in asked:
            each.get()
        return targets[-1].read_bytes()


def _keep_array(mib: int) -> None:
    """An array that stays with the engine, as a variable there."""
    _variables()["made"] = functions.make_array(mib)


def _share(part: int, parts: int) -> float:
    """One part of what was pushed."""
    return functions.share(_variables()["shared"], part, parts)


def _variables() -> Any:
    """Those of the engine that this runs on."""
    from IPython import get_ipython

    return get_ipython().user_ns


class IpyparallelBatches(Ipyparallel):
    """The floor over plain ipyparallel: independent tasks in one batch an engine, nothing around.

    A task is a tuple of its number, which function it calls and its arguments; so is a result.
    """

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        if shape.has_edges or shape.seconds:
            raise Cannot("a batch of independent tasks is all that it has")
        tasks = [(number, 0, ()) for number in range(len(shape.parents))]
        half = len(tasks) // WORKERS
        asked = [
            view.apply_async(_run_batch, [functions.noop], part)
            for view, part in zip(self._views, (tasks[:half], tasks[half:]), strict=True)
        ]
        return lambda: [each.get() for each in asked][-1][-1][1]


def _run_batch(table: list[Any], batch: list[tuple[int, int, tuple[Any, ...]]]) -> Any:
    """Numbers and values."""
    return [(number, table[function](*given)) for number, function, given in batch]
