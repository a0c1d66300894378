"""executorlib: the executor of one node, its two workers kept between tasks."""

from typing import Any

from tests.benchmarks import functions
from tests.benchmarks.shapes import Shape
from tests.benchmarks.systems.contract import WORKERS, Wait
from tests.benchmarks.systems.futures import FutureSystem


class Executorlib(FutureSystem):
    graph_peer = True

    def start(self) -> int:
        from executorlib import SingleNodeExecutor

        self._executor = SingleNodeExecutor(max_workers=WORKERS, block_allocation=True)
        return int(self._executor.submit(functions.noop).result())

    def submit(self, declared: Any) -> Wait:
        shape: Shape = declared
        function = functions.function_of(shape)
        made: list[Any] = []
        for number in range(len(shape.parents)):
            given = shape.arguments(number, made.__getitem__)
            made.append(self._executor.submit(function, *given))

        def wait() -> int:
            for number in shape.sinks():
                made[number].result()
            return int(made[-1].result())

        return wait
