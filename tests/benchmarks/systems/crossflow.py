"""crossflow: programs on files over dask.distributed; only files are asked of it."""

from pathlib import Path
from typing import Any

from tests.benchmarks.functions import noop
from tests.benchmarks.systems.contract import WORKERS, Cannot, System, Wait


class Crossflow(System):
    graph_peer = True

    def start(self) -> int:
        import distributed
        from crossflow.clients import Client
        from crossflow.tasks import FunctionTask, SubprocessTask

        self._cluster = distributed.LocalCluster(
            n_workers=WORKERS,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            local_directory="dask",
        )
        self._client = Client(self._cluster)
        self._program = SubprocessTask
        first = FunctionTask(noop)
        first.set_outputs(["value"])
        return int(self._client.submit(first).result())

    def warm(self) -> None:
        self._client.wait_for_workers(WORKERS)

    def stop(self) -> None:
        self._client.close()
        self._cluster.close()

    def submit(self, declared: Any) -> Wait:
        raise Cannot("it is here for files only; the rest of it is dask")

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        join = self._program("cat a b > c")
        join.set_inputs(["a", "b"])
        join.set_outputs(["c"])
        shared = {path: self._client.upload(str(path)) for pair in pairs for path in pair}
        asked = [self._client.submit(join, shared[one], shared[two]) for one, two in pairs]
        found = [each.result() for each in asked]
        target = place / "c"
        found[-1].save(str(target))
        return target.read_bytes()
