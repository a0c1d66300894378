"""Runs a graph from the client, task by task as they are ready: for who knows no dependencies."""

import threading
from collections.abc import Callable
from typing import Any

from tests.benchmarks.functions import function_of
from tests.benchmarks.shapes import Shape

Send = Callable[..., Any]  # (function, *arguments) -> a future with add_done_callback


class Driver:
    """One run of one graph; callbacks send what has become ready."""

    def __init__(self, shape: Shape, send: Send) -> None:
        self._shape = shape
        self._send = send
        self._function = function_of(shape)
        self._missing = [len(set(parents)) for parents in shape.parents]
        self._children: list[list[int]] = [[] for _ in shape.parents]
        for number, parents in enumerate(shape.parents):
            for parent in set(parents):
                self._children[parent].append(number)
        self._values: dict[int, int] = {}
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._error: BaseException | None = None

    def run(self) -> int:
        """Until all are done; the last one's value."""
        for number, missing in enumerate(list(self._missing)):
            if not missing:
                self._start(number)
        self._over.wait()
        if self._error is not None:
            raise self._error
        return self._values[len(self._shape.parents) - 1]

    def _start(self, number: int) -> None:
        given = self._shape.arguments(number, self._values.__getitem__)
        future = self._send(self._function, *given)
        future.add_done_callback(lambda done: self._take(number, done))

    def _take(self, number: int, done: Any) -> None:
        try:
            value = done.result()
            for child in self._note(number, value):
                self._start(child)
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            self._error = error
            self._over.set()

    def _note(self, number: int, value: int) -> list[int]:
        """Keep the value; who is ready now."""
        with self._lock:
            self._values[number] = value
            for child in self._children[number]:
                self._missing[child] -= 1
            if len(self._values) == len(self._shape.parents):
                self._over.set()
            return [child for child in self._children[number] if not self._missing[child]]
