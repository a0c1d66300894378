"""ipyparallel alone, as the only peer for now: one apply a task, on as many engines."""

import time
from types import TracebackType
from typing import Any, Self

import ipyparallel


def noop() -> int:
    """Nothing at all."""
    return 1


class Ipyparallel:
    """A warm cluster of plain ipyparallel."""

    def __init__(self, engines: int) -> None:
        self._cluster = ipyparallel.Cluster(n=engines, log_level=40)

    def __enter__(self) -> Self:
        client: Any = self._cluster.start_and_connect_sync()
        self._view = client.load_balanced_view()
        self._view.apply_sync(noop)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._cluster.stop_cluster_sync()

    def independent(self, count: int) -> float:
        """Seconds for so many independent no-ops."""
        began = time.perf_counter()
        self._view.map_async(lambda _: 1, range(count), chunksize=1).wait()
        return time.perf_counter() - began

    def chain(self, count: int) -> float:
        """Seconds for a chain driven by the client, since it knows no dependencies of data."""
        began = time.perf_counter()
        for _ in range(count):
            self._view.apply_sync(noop)
        return time.perf_counter() - began
