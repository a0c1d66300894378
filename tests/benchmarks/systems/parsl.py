"""parsl: the high-throughput executor with two workers."""

from pathlib import Path
from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, System, Wait


class Parsl(System):
    graph_peer = True

    def start(self) -> int:
        import parsl
        from parsl.config import Config
        from parsl.executors import HighThroughputExecutor
        from parsl.providers import LocalProvider

        self._parsl = parsl
        executor = HighThroughputExecutor(
            label="two",
            address="127.0.0.1",
            max_workers_per_node=WORKERS,
            cores_per_worker=0.1,
            encrypted=False,
            provider=LocalProvider(init_blocks=1, min_blocks=1, max_blocks=1),
        )
        parsl.load(
            Config(
                executors=[executor],
                strategy="none",
                initialize_logging=False,
                run_dir="parsl",
            )
        )
        self._made: dict[str, Any] = {}
        return int(self._app("noop")().result())

    def _app(self, name: str) -> Any:
        if name not in self._made:
            function = getattr(functions, name)
            self._made[name] = self._parsl.python_app(function, cache=False)
        return self._made[name]

    def warm(self) -> None:
        seen: set[int] = set()
        while len(seen) < WORKERS:
            seen |= {each.result() for each in [self._app("pid")() for _ in range(4 * WORKERS)]}
        for each in [self._app("make_array")(1) for _ in range(4 * WORKERS)]:
            each.result()

    def stop(self) -> None:
        self._parsl.dfk().cleanup()
        self._parsl.clear()

    # --- graphs

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        app = self._app(functions.function_of(shape).__name__)
        made: list[Any] = []
        for number in range(len(shape.parents)):
            made.append(app(*shape.arguments(number, made.__getitem__)))

        def wait() -> int:
            for number in shape.sinks():
                made[number].result()
            return int(made[-1].result())

        return wait

    def all_values(self, count: int) -> list[int]:
        app = self._app("noop")
        return [each.result() for each in [app() for _ in range(count)]]

    def map_squares(self, count: int) -> int:
        app = self._app("square")  # it has no map: each call is a task
        return sum(each.result() for each in [app(number) for number in range(count)])

    # --- data, which passes through the client

    def make(self, mib: int) -> Any:
        array = self._app("make_array")(mib)
        array.result()
        return array

    def total(self, array: Any) -> tuple[float, int]:
        return tuple(self._app("total")(array).result())

    def bring(self, array: Any) -> Any:
        return array.result()

    def broadcast(self, array: Any, tasks: int) -> float:
        app = self._app("share")
        return sum(each.result() for each in [app(array, part, tasks) for part in range(tasks)])

    # --- files

    def join_files(self, pairs: list[tuple[Path, Path]], place: Path) -> bytes:
        targets = [place / f"c{number}" for number in range(len(pairs))]
        made = [
            self._app("join")(*map(str, (*pair, target)))
            for pair, target in zip(pairs, targets, strict=True)
        ]
        for each in made:
            each.result()
        return targets[-1].read_bytes()
