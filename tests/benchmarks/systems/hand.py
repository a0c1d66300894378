"""What can be had by hand: two processes, and the least that the work needs. No system at all.

array      a process makes it and writes it into a file of shared memory; another maps it
broadcast  written once, mapped by both processes
files      `subprocess.run` in two processes
graphs     the calls, one after the other, in one process
"""

import mmap
import multiprocessing
import os
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, Cannot, System, Wait

SHARED = "/dev/shm"


class Hand(System):
    def start(self) -> int:
        self._pools = [multiprocessing.Pool(1) for _ in range(WORKERS)]
        # There are file systems in memory that have no room; then the disk must do
        home = SHARED if os.access(SHARED, os.W_OK) else None
        self._place = tempfile.TemporaryDirectory(prefix="flowlab-bench-", dir=home)
        return int(self._pools[0].apply(functions.noop))

    def warm(self) -> None:
        for pool in self._pools:
            pool.apply(functions.make_array, (1,))

    def stop(self) -> None:
        self._place.cleanup()
        for pool in self._pools:
            pool.terminate()
            pool.join()

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        if shape.seconds:
            raise Cannot("the lower bound stands for it")
        return lambda: _call_all(shape)

    def map_squares(self, count: int) -> int:
        return sum(map(functions.square, range(count)))

    def declare_only(self, count: int) -> Any:
        return [(functions.square, number) for number in range(count)]

    # --- data

    def make(self, mib: int) -> Any:
        path = str(Path(self._place.name, "array"))
        self._pools[0].apply(_make_file, (mib, path))
        return path

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._pools[1].apply(_total_of_file, (array,)))

    def bring(self, array: Any) -> Any:
        return _map(array)

    def broadcast(self, array: Any, tasks: int) -> float:
        path = str(Path(self._place.name, "shared"))
        _write(array, path)
        asked = [
            self._pools[part % WORKERS].apply_async(_share_of_file, (path, part, tasks))
            for part in range(tasks)
        ]
        return sum(each.get() for each in asked)

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        given = [
            tuple(map(str, (*pair, target))) for pair, target in zip(pairs, targets, strict=True)
        ]
        asked = [
            pool.starmap_async(functions.join, given[number::WORKERS])
            for number, pool in enumerate(self._pools)
        ]
        for each in asked:
            each.get()
        return targets[-1].read_bytes()


def _call_all(shape: Shape) -> int:
    values: list[int] = []
    function = functions.function_of(shape)
    for number in range(len(shape.parents)):
        values.append(function(*shape.arguments(number, values.__getitem__)))
    return values[-1]


def _write(array: Any, path: str) -> None:
    with open(path, "wb", buffering=0) as file:
        left = memoryview(array).cast("B")
        while left:
            left = left[file.write(left) :]


def _make_file(mib: int, path: str) -> None:
    _write(functions.make_array(mib), path)


def _map(path: str) -> Any:
    import numpy as np

    with open(path, "rb") as file:
        return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))


def _total_of_file(path: str) -> tuple[float, int]:
    return functions.total(_map(path))


def _share_of_file(path: str, part: int, parts: int) -> float:
    return functions.share(_map(path), part, parts)
