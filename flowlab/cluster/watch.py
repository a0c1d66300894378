"""Looks after linked engines: who died, who stands still, who does not listen.

One rule: an engine is declared lost only when it is dead for certain, or fenced. Silence alone is
no death: C code that holds the interpreter's lock is silent and well. Belongs to the router's
thread; `tick` is called ten times a second.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from flowlab.cluster import reap
from flowlab.cluster.members import Member, Members
from flowlab.cluster.orphans import is_stopped, kill_engine
from flowlab.events.messages import Reported
from flowlab.model.ids import Assignment, EngineId, TaskId, session_of
from flowlab.model.limits import CANCEL_GRACE

LAST_WORDS = 0.15  # s from an engine's death to declaring it: what it had sent is read first
RETURN_SECONDS = 5.0  # s that engines have to come to a new scheduler process
OWN_PAUSE = 2.0  # s between two ticks, above which it was us who stood still


@dataclass(frozen=True)
class Limits:
    """How long an engine may be silent.

    stopped  s of silence after which one that stands still (SIGSTOP) is killed
    remote   s of silence after which one of another host is given up if the hub lost it as well
    """

    stopped: float
    remote: float


class Crew(Protocol):
    """What the watch may do with an engine."""

    def is_registered(self, engine: EngineId) -> bool: ...
    def kill_remote(self, engine: EngineId) -> None: ...
    def say_cancelled(self, reported: Reported) -> None: ...
    def lose(self, member: Member) -> None: ...
    def lose_absent(self, engine: EngineId, pid: int, reason: str) -> None: ...


@dataclass(frozen=True)
class Request:
    """An interrupt that has not been answered."""

    engine: EngineId
    task: TaskId
    assignment: Assignment


class Watch:
    """The watcher's memory: interrupts without an answer, and when it looked last."""

    def __init__(
        self, members: Members, crew: Crew, limits: Limits, clock: Callable[[], float]
    ) -> None:
        self._members = members
        self._crew = crew
        self._limits = limits
        self._clock = clock
        self._requests: dict[Request, float] = {}
        self._last = self._began = clock()

    def expect_answer(self, request: Request) -> None:
        """An interrupt was sent: when it is not answered in time, the engine is killed."""
        if request.engine in self._members.now:
            self._requests.setdefault(request, self._clock() + CANCEL_GRACE)

    def answered(self, reported: Reported) -> None:
        """Take note of how tasks ended."""
        if not self._requests:
            return
        ended = [(row[0], row[1]) for row in reported.finished]
        ended += [(row[0], row[1]) for row in reported.failed]
        ended += [(row[0], row[1]) for row in reported.returned]
        ended += reported.cancelled
        for task, assignment in ended:
            self._requests.pop(Request(reported.engine, task, assignment), None)

    def tick(self, now: float) -> None:
        """Look at every engine once."""
        if now - self._last > OWN_PAUSE:
            for member in self._members.now.values():
                member.heard = now  # we could not hear them; a suspended laptop is no mass death
        self._last = now
        for member in list(self._members.now.values()):
            self._look_at(member, now)
        self._escalate(now)
        if self._members.awaited and now - self._began > RETURN_SECONDS:
            self._give_up_absent()

    def _look_at(self, member: Member, now: float) -> None:
        if member.gone is not None:
            if now - member.gone >= LAST_WORDS:
                self._declare(member)
        elif member.local:
            self._look_at_local(member, now)
        elif self._is_cut_off(member, now):
            member.reason = f"silent for {now - member.heard:.0f} s and unknown to the hub"
            self._crew.kill_remote(member.engine)
            self._declare(member)

    def _is_cut_off(self, member: Member, now: float) -> bool:
        """Whether neither the link nor the hub has an engine of another host any longer."""
        silent = now - member.heard > self._limits.remote
        return silent and not self._crew.is_registered(member.engine)

    def _look_at_local(self, member: Member, now: float) -> None:
        pid = member.hello.pid
        if reap.start_time(pid) != member.began:
            member.gone = now
            member.reason = member.reason or f"its process {pid} died"
        elif now - member.heard > self._limits.stopped and is_stopped(pid):
            member.reason = f"its process {pid} stood still for {now - member.heard:.0f} s"
            kill_engine(pid, member.began)

    def _declare(self, member: Member) -> None:
        for request in [one for one in self._requests if one.engine == member.engine]:
            del self._requests[request]
        self._crew.lose(member)

    def _escalate(self, now: float) -> None:
        """Kill engines whose running task did not listen to its interrupt."""
        for request, deadline in list(self._requests.items()):
            member = self._members.now.get(request.engine)
            if now < deadline or member is None or member.gone is not None:
                continue
            running = member.running()
            if running is not None and (request.task, request.assignment) not in running:
                self._requests[request] = now + CANCEL_GRACE  # it waits behind another task
                continue
            del self._requests[request]
            cancelled = ((request.task, request.assignment),)
            self._crew.say_cancelled(
                Reported(request.engine, session_of(request.task), cancelled=cancelled)
            )
            member.deliberate = True
            member.reason = "killed: a cancelled task did not listen"
            if member.local:
                kill_engine(member.hello.pid, member.began)
            else:
                self._crew.kill_remote(member.engine)
                self._declare(member)

    def _give_up_absent(self) -> None:
        for engine, pid in list(self._members.awaited.items()):
            del self._members.awaited[engine]
            reason = f"it did not come to the new scheduler process in {RETURN_SECONDS:.0f} s"
            self._crew.lose_absent(engine, pid, reason)
