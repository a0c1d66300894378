"""joblib: batches that grow by themselves, and no dependencies."""

from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait, drive_waves


class Joblib(System):
    def start(self) -> int:
        import joblib

        self._delayed = joblib.delayed
        self._parallel = joblib.Parallel(n_jobs=WORKERS)
        self._parallel.__enter__()
        return int(self._call(functions.noop, [()])[0])

    def _call(self, function: Any, given: Any) -> list[Any]:
        return list(self._parallel(self._delayed(function)(*each) for each in given))

    def warm(self) -> None:
        seen: set[int] = set()
        while len(seen) < WORKERS:
            seen |= set(self._call(functions.pid, [()] * 4 * WORKERS))
        self._call(functions.make_array, [(1,)] * 4 * WORKERS)

    def stop(self) -> None:
        self._parallel.__exit__(None, None, None)

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        return lambda: drive_waves(
            shape, lambda function, given: self._call(function, [(each,) for each in given])
        )

    def all_values(self, count: int) -> list[int]:
        return self._call(functions.noop, [()] * count)

    def map_squares(self, count: int) -> int:
        return sum(self._call(functions.square, ((number,) for number in range(count))))

    # --- data, which passes through the client

    def make(self, mib: int) -> Any:
        return self._call(functions.make_array, [(mib,)])[0]

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._call(functions.total, [(array,)])[0])

    def bring(self, array: Any) -> Any:
        return array

    def broadcast(self, array: Any, tasks: int) -> float:
        return sum(self._call(functions.share, [(array, part, tasks) for part in range(tasks)]))

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        self._call(
            functions.join,
            [tuple(map(str, (*pair, to))) for pair, to in zip(pairs, targets, strict=True)],
        )
        return targets[-1].read_bytes()
