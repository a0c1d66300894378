"""ray: one node of two cpus, tasks as remote functions."""

import os
from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait

STORE = 2 << 30  # bytes of shared memory


class Ray(System):
    graph_peer = True

    def start(self) -> int:
        # Said before ray is imported: it reports nothing, and logs into the run's own place
        os.environ.update(RAY_USAGE_STATS_ENABLED="0", RAY_DEDUP_LOGS="0")
        import ray

        self._ray = ray
        ray.init(
            num_cpus=WORKERS,
            include_dashboard=False,
            object_store_memory=STORE,
            log_to_driver=False,
            logging_level="error",
            _temp_dir=str(Path("r").absolute()),
        )
        self._made: dict[str, Any] = {}
        return int(ray.get(self._remote("noop").remote()))

    def _remote(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = self._ray.remote(getattr(functions, name))
        return self._made[name]

    def warm(self) -> None:
        seen: set[int] = set()
        while len(seen) < WORKERS:
            seen |= set(self._ray.get([self._remote("pid").remote() for _ in range(4 * WORKERS)]))
        self._ray.get([self._remote("make_array").remote(1) for _ in range(2 * WORKERS)])

    def stop(self) -> None:
        self._ray.shutdown()

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        function = self._remote(functions.function_of(shape).__name__)
        made: list[Any] = []
        for number in range(len(shape.parents)):
            made.append(function.remote(*shape.arguments(number, made.__getitem__)))

        def wait() -> int:
            sinks = [made[number] for number in shape.sinks()]
            self._ray.get(sinks)
            return int(self._ray.get(made[-1]))

        return wait

    def all_values(self, count: int) -> list[int]:
        noop = self._remote("noop")
        return list(self._ray.get([noop.remote() for _ in range(count)]))

    def map_squares(self, count: int) -> int:
        from ray.util.multiprocessing import Pool

        with Pool(WORKERS) as pool:
            return sum(pool.map(functions.square, range(count)))

    def declare_only(self, count: int) -> Any:
        square = self._remote("square")
        return [square.bind(number) for number in range(count)]

    # --- data

    def prepare_arrays(self) -> None:
        """Actors, so that it is another worker that reads."""
        hands = self._ray.remote(_Hands)
        self._maker, self._reader = (hands.options(num_cpus=0).remote() for _ in range(WORKERS))
        self._ray.get(self._reader.total.remote(self._maker.make_array.remote(1)))

    def make(self, mib: int) -> Any:
        array = self._maker.make_array.remote(mib)
        self._ray.wait([array], fetch_local=False)
        return array

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._ray.get(self._reader.total.remote(array)))

    def bring(self, array: Any) -> Any:
        return self._ray.get(array)

    def broadcast(self, array: Any, tasks: int) -> float:
        share = self._remote("share")
        put = self._ray.put(array)
        return sum(self._ray.get([share.remote(put, part, tasks) for part in range(tasks)]))

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        join = self._remote("join")
        targets = [place / f"c{number}" for number in range(len(pairs))]
        self._ray.get(
            [
                join.remote(*map(str, (*pair, target)))
                for pair, target in zip(pairs, targets, strict=True)
            ]
        )
        return targets[-1].read_bytes()


class _Hands:
    """A worker that can be told from the other."""

    def make_array(self, mib: int) -> Any:
        return functions.make_array(mib)

    def total(self, array: Any) -> tuple[float, int]:
        return functions.total(array)
