"""The engines that are linked: who may come in, who is in, and who may never come back.

Belongs to the router's thread. An engine that was declared lost is fenced: its work was given out
again, so it is refused when it comes back.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from flowlab.cluster import reap
from flowlab.cluster.preflight import misfit, own_versions
from flowlab.model.ids import Assignment, EngineId, HostId, TaskId
from flowlab.worker.board import read_board
from flowlab.worker.messages import Beat, Hello, Refused, Welcome

Running = tuple[tuple[TaskId, Assignment], ...]


@dataclass
class Member:
    """An engine that is welcome.

    local  its process can be seen from here
    began  start time of that process, as reap.start_time gives it
    heard  when it last said anything, on our own clock
    gone   when its process was found dead; its last words may still be under way
    """

    hello: Hello
    local: bool
    began: str
    heard: float
    gone: float | None = None
    reason: str = ""
    deliberate: bool = False
    beat: Beat = field(default_factory=Beat)

    @property
    def engine(self) -> EngineId:
        return self.hello.engine

    def describe(self) -> dict[str, object]:
        """For people."""
        return {
            "engine": self.engine,
            "host": self.hello.host,
            "pid": self.hello.pid,
            "slots": self.hello.slots,
            "running": self.beat.running,
            "cpu": self.beat.cpu,
            "memory": self.beat.memory,
        }

    def running(self) -> Running | None:
        """What its board says; None when that cannot be told."""
        return read_board(Path(self.hello.board)) if self.local else None


class Members:
    """Decides over each Hello.

    known  engines of the scheduler process before this one, with their pids: they resume
    """

    def __init__(self, epoch: str, host: HostId, known: Mapping[EngineId, int]) -> None:
        self.now: dict[EngineId, Member] = {}
        self.fenced: dict[EngineId, str] = {}
        self.misfits: dict[EngineId, str] = {}
        self.awaited: dict[EngineId, int] = dict(known)
        self._epoch = epoch
        self._host = host
        self._wanted = own_versions()

    def greet(self, hello: Hello) -> Welcome | Refused:
        """Let an engine in, or not; `now` holds it afterwards if it is in."""
        if hello.engine in self.fenced:
            return Refused(f"declared lost: {self.fenced[hello.engine]}")
        fault = misfit(hello, self._wanted)
        if fault:
            self.misfits[hello.engine] = fault
            return Refused(fault)
        self.misfits.pop(hello.engine, None)
        before = self.now.get(hello.engine)
        if before is None or before.hello.pid != hello.pid:
            local = hello.host == self._host
            began = reap.start_time(hello.pid) if local else ""
            self.now[hello.engine] = Member(hello, local, began, time.monotonic())
        else:
            before.hello, before.heard = hello, time.monotonic()
        return Welcome(self._epoch, hello.engine)

    def fence(self, engine: EngineId, reason: str) -> Member | None:
        """Never let this one in again; what it was."""
        self.fenced[engine] = reason
        self.awaited.pop(engine, None)
        return self.now.pop(engine, None)

    def pids(self) -> frozenset[int]:
        """Processes of this host's engines."""
        return frozenset(member.hello.pid for member in self.now.values() if member.local)

    def largest(self) -> int:
        """Slots of the largest host."""
        slots: dict[HostId, int] = {}
        for member in self.now.values():
            slots[member.hello.host] = slots.get(member.hello.host, 0) + member.hello.slots
        return max(slots.values(), default=0)
