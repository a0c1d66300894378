"""dask.distributed: a LocalCluster of two processes, graphs as raw dictionaries."""

from functools import partial
from pathlib import Path
from typing import Any

from tests.benchmarks.functions import (
    function_of,
    join,
    make_array,
    noop,
    share,
    square,
    total,
)
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait


class Dask(System):
    graph_peer = True

    def start(self) -> int:
        import distributed

        self._distributed = distributed
        self._cluster = distributed.LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory="dask",
        )
        self._client = distributed.Client(self._cluster)
        return int(self._client.submit(noop, pure=False).result())

    def warm(self) -> None:
        self._client.wait_for_workers(WORKERS)
        self._client.run(make_array, 1)
        self._workers = list(self._client.scheduler_info(n_workers=-1)["workers"])

    def stop(self) -> None:
        self._client.close()
        self._cluster.close()

    # --- graphs

    def declare(self, shape: Shape) -> Any:
        function = function_of(shape)
        names = [f"task-{number}" for number in range(len(shape.parents))]
        graph = {
            name: (function, *shape.arguments(number, names.__getitem__))
            for number, name in enumerate(names)
        }
        wanted = list(dict.fromkeys([*(names[each] for each in shape.sinks()), names[-1]]))
        return graph, wanted

    def submit(self, declared: Any) -> Wait:
        graph, wanted = declared
        futures = self._client.get(graph, wanted, sync=False)

        def wait() -> int:
            self._distributed.wait(futures)
            return int(futures[-1].result())

        return wait

    def all_values(self, count: int) -> list[int]:
        futures = [self._client.submit(noop, pure=False) for _ in range(count)]
        return list(self._client.gather(futures))

    def map_squares(self, count: int) -> int:
        import dask.bag

        bag = dask.bag.from_sequence(range(count), npartitions=4 * WORKERS)
        return sum(bag.map(square).compute(scheduler=self._client))

    def declare_only(self, count: int) -> Any:
        return {f"task-{number}": (square, number) for number in range(count)}

    # --- data

    def make(self, mib: int) -> Any:
        future = self._client.submit(make_array, mib, workers=self._workers[:1], pure=False)
        self._distributed.wait(future)
        return future

    def total(self, array: Any) -> tuple[float, int]:
        future = self._client.submit(total, array, workers=self._workers[1:], pure=False)
        return tuple(future.result())

    def bring(self, array: Any) -> Any:
        return array.result()

    def broadcast(self, array: Any, tasks: int) -> float:
        scattered = self._client.scatter(array, broadcast=True, hash=False)
        parts = [
            self._client.submit(share, scattered, part, tasks, pure=False) for part in range(tasks)
        ]
        return sum(self._client.gather(parts))

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        futures = [
            self._client.submit(partial(join, *map(str, pair)), str(target), pure=False)
            for pair, target in zip(pairs, targets, strict=True)
        ]
        self._client.gather(futures)
        return targets[-1].read_bytes()
