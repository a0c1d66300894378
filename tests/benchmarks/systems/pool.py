"""multiprocessing.Pool: chunks of a list, and no dependencies at all."""

import multiprocessing
from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait, drive_waves


class Pool(System):
    def start(self) -> int:
        self._pool = multiprocessing.Pool(WORKERS)
        return int(self._pool.apply(functions.noop))

    def warm(self) -> None:
        seen: set[int] = set()
        while len(seen) < WORKERS:
            asked = [self._pool.apply_async(functions.pid) for _ in range(4 * WORKERS)]
            seen |= {each.get() for each in asked}
        self._pool.map(functions.make_array, [1] * 4 * WORKERS, chunksize=1)

    def stop(self) -> None:
        self._pool.terminate()
        self._pool.join()

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        # Tasks that take long are dealt out one at a time
        chunk = 1 if shape.seconds else None
        return lambda: drive_waves(
            shape, lambda function, given: self._pool.map(function, given, chunk)
        )

    def all_values(self, count: int) -> list[int]:
        asked = [self._pool.apply_async(functions.noop) for _ in range(count)]
        return [each.get() for each in asked]

    def map_squares(self, count: int) -> int:
        return sum(self._pool.map(functions.square, range(count)))

    # --- data, which passes through the client

    def make(self, mib: int) -> Any:
        return self._pool.apply(functions.make_array, (mib,))

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._pool.apply(functions.total, (array,)))

    def bring(self, array: Any) -> Any:
        return array

    def broadcast(self, array: Any, tasks: int) -> float:
        given = [(array, part, tasks) for part in range(tasks)]
        return sum(self._pool.starmap(functions.share, given, chunksize=1))

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        given = [
            tuple(map(str, (*pair, target))) for pair, target in zip(pairs, targets, strict=True)
        ]
        self._pool.starmap(functions.join, given, chunksize=1)
        return targets[-1].read_bytes()
