"""concurrent.futures' process pool, and what all executors of that form share."""

from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait
from tests.benchmarks.systems.driving import Driver


class FutureSystem(System):
    """Something with `submit(function, *arguments)` that gives futures, in `_executor`."""

    _executor: Any

    def warm(self) -> None:
        seen: set[int] = set()
        while len(seen) < WORKERS:
            asked = [self._executor.submit(functions.pid) for _ in range(4 * WORKERS)]
            seen |= {each.result() for each in asked}
        for each in [self._executor.submit(functions.make_array, 1) for _ in range(4 * WORKERS)]:
            each.result()

    def stop(self) -> None:
        self._executor.shutdown()

    def all_values(self, count: int) -> list[int]:
        return [
            each.result() for each in [self._executor.submit(functions.noop) for _ in range(count)]
        ]

    def map_squares(self, count: int) -> int:
        chunk = count // (4 * WORKERS)
        return sum(self._executor.map(functions.square, range(count), chunksize=chunk))

    # --- data, which passes through the client

    def make(self, mib: int) -> Any:
        return self._executor.submit(functions.make_array, mib).result()

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._executor.submit(functions.total, array).result())

    def bring(self, array: Any) -> Any:
        return array

    def broadcast(self, array: Any, tasks: int) -> float:
        asked = [
            self._executor.submit(functions.share, array, part, tasks) for part in range(tasks)
        ]
        return sum(each.result() for each in asked)

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        asked = [
            self._executor.submit(functions.join, *map(str, (*pair, target)))
            for pair, target in zip(pairs, targets, strict=True)
        ]
        for each in asked:
            each.result()
        return targets[-1].read_bytes()


class Futures(FutureSystem):
    """Of the standard library; dependencies are driven from the client."""

    def start(self) -> int:
        from concurrent.futures import ProcessPoolExecutor

        self._executor = ProcessPoolExecutor(WORKERS)
        return int(self._executor.submit(functions.noop).result())

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        return Driver(shape, self._executor.submit).run


class Loky(Futures):
    """loky's reusable executor, of the same form."""

    def start(self) -> int:
        from loky import get_reusable_executor

        self._executor = get_reusable_executor(max_workers=WORKERS, timeout=None)
        return int(self._executor.submit(functions.noop).result())
