"""Watches ipyparallel's controller: nine processes of which any one may die without a word.

Tasks go on while the engine links stand; what is lost is the starting of further engines, signals
through the hub, and %px. It is said once.
"""

from typing import Any

import psutil

from flowlab.cluster import reap

HUB_SECONDS = 10.0  # s that the hub has to answer
_ASK_SECONDS = 10.0  # s between two questions whether it is there
_CHANNELS = 9  # processes of one controller


class ControllerWatch:
    """The controller's processes with their start times; empty when it runs elsewhere."""

    def __init__(self) -> None:
        self._processes: dict[int, str] = {}
        self.lost = ""
        self._asked = 0.0
        self._answer: Any = None

    def follow(self, pid: int) -> list[int]:
        """Take note of a local controller's processes; gives their pids."""
        try:
            children = psutil.Process(pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
        pids = [pid, *(child.pid for child in children)]
        for one in pids:
            began = reap.start_time(one)
            if began:
                self._processes.setdefault(one, began)
        return pids

    @property
    def complete(self) -> bool:
        """Whether all its processes have been seen: they start one after the other."""
        return len(self._processes) >= _CHANNELS

    def pids(self) -> frozenset[int]:
        """Its processes, dead ones included."""
        return frozenset(self._processes)

    def check(self) -> str:
        """Why it counts as lost, the first time that is so; else empty."""
        if self.lost:
            return ""
        dead = [pid for pid, began in self._processes.items() if reap.start_time(pid) != began]
        if dead:
            self.lost = (
                f"process {dead[0]} of ipyparallel's controller died. Tasks go on; "
                "engines that die are not replaced. Close this client and make another one."
            )
        return self.lost

    def ask(self, client: Any, now: float) -> str:
        """Ask the hub whether it is there, now and then; why it counts as lost, once.

        By a private name: the public `queue_status()` waits for ever when the hub is dead.
        """
        if self._answer is None:
            if now - self._asked > _ASK_SECONDS:
                content = {"targets": None, "verbose": False}
                stream = client._query_stream  # noqa: SLF001 - see above
                self._answer = client._send(stream, "queue_request", content=content)  # noqa: SLF001 - too
                self._asked = now
        elif self._answer.done():
            self._answer = None
        elif now - self._asked > HUB_SECONDS:
            return self.declare(
                f"ipyparallel's hub has not answered for {HUB_SECONDS:.0f} s. Tasks go on; "
                "engines that die are not replaced."
            )
        return ""

    def declare(self, reason: str) -> str:
        """It does not answer; the first time the reason is given back, else empty."""
        if self.lost:
            return ""
        self.lost = reason
        return reason
