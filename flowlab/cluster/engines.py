"""Real engines: what the pump sees of them. Holds router, watch, dispatch and launcher together.

    pump ── perform ──▶ dispatch ──▶ router ◀──▶ engines
      ▲                                │ tick
      └────────── post ◀── members ◀── watch          launcher ──▶ ipyparallel

Everything said comes by `post`. `members` and `watch` belong to the router's thread, `dispatch` to
the pump's.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial

from flowlab.cluster import reap
from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.dispatch import Dispatch
from flowlab.cluster.launch import Launcher
from flowlab.cluster.members import Member, Members
from flowlab.cluster.orphans import end_orphans, kill_engine
from flowlab.cluster.port import Post, Table
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.router import Router
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.watch import Limits, Request, Watch
from flowlab.events.messages import (
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    Noticed,
    Reported,
    Sampled,
)
from flowlab.model.ids import EngineId
from flowlab.scheduler.actions import ClusterAction, Drop, EndSession, Interrupt
from flowlab.staging.store import HostStore, host_id
from flowlab.worker.messages import Beat, Hello, Refused, Report, Welcome


class EngineCluster:
    """Implements port.Cluster with ipyparallel's engines.

    known  engines that a scheduler process before this one had, with their pids: see `adopt`
    umask  what tasks on our own engines have; None leaves them that of this process
    """

    def __init__(
        self,
        run: RunDirectory,
        reaper: Reaper,
        choice: EngineChoice | None = None,
        known: Mapping[EngineId, int] | None = None,
        umask: int | None = None,
    ) -> None:
        self._run = run
        self._umask = umask
        self._reaper = reaper
        self._choice = choice or EngineChoice()
        resume = known is not None
        self._known = frozenset(known or ())
        self._host = host_id()
        self._store = HostStore(run.store, self._host)
        self._router = Router(run.engines_socket, run.key, self._choice.listen)
        self._members = Members(self._router.epoch, self._host, known or {})
        self._watch = Watch(
            self._members, self, Limits(stopped=self._choice.stopped), time.monotonic
        )
        self._closed = False
        self._launcher = Launcher(run, self._choice, self, resume)

    @classmethod
    def adopt(
        cls,
        run: RunDirectory,
        reaper: Reaper,
        choice: EngineChoice,
        known: Mapping[EngineId, int],
        umask: int | None = None,
    ) -> "EngineCluster":
        """In the place of a scheduler process that died: its engines, with their pids, come back.

        Those that do are posted as EngineResumed, those that do not within 5 s as EngineLost.
        """
        return cls(run, reaper, choice, known, umask)

    # --- port.Cluster

    def start(self, post: Post, table: Table) -> None:
        self._post = post
        self._dispatch = Dispatch(table, self._host)
        self._router.start(self)
        order = {
            "run": self._run.run,
            "host": self._host,
            "address": self._router.address,
            "remote": self._router.remote_address,
            "curve": self._router.curve_key.decode(),
            "key": self._run.key,
            "own": "yes" if self._choice.own else "",
            "umask": str(self._umask) if self._choice.own and self._umask is not None else "",
            "store": str(self._run.store),
            "boards": str(self._run.boards),
            "sandboxes": str(self._run.sandboxes),
        }
        self._launcher.start(order)

    def perform(self, action: ClusterAction) -> None:
        for engine, message in self._dispatch.messages(action):
            self._router.send(engine, message)
        match action:
            case Interrupt():
                request = Request(action.engine, action.task, action.assignment)
                self._router.call(lambda: self._watch.expect_answer(request))
            case Drop():
                self._router.call(lambda: self._store.drop(action.objects))
            case EndSession():
                self._router.call(lambda: self._store.drop_session(action.session))

    def describe(self) -> dict[str, object]:
        members = sorted(self._members.now.copy().values(), key=lambda member: member.engine)
        return {
            "kind": "engines",
            "connection_file": self._launcher.connection_file(),
            "controller": self._launcher.controller_state(),
            "engines": [member.describe() for member in members],
        }

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        for engine in self._router.lines():
            self._router.call(partial(self._router.hang_up, engine, "closed"))
        self._launcher.close()
        self._router.close()
        reap.end_all({}, self._run.run, seconds=1.0)
        for pid, began in self._own_processes().items():
            kill_engine(pid, began)

    # --- router.Receiver, on the router's thread

    def greet(self, hello: Hello) -> Welcome | Refused:
        before = self._members.now.get(hello.engine)
        answer = self._members.greet(hello)
        if isinstance(answer, Refused):
            self._launcher.unfit(hello.engine)
            self._say_misfit(hello.engine)
            return answer
        self._launcher.linked(hello.engine, hello.pid)
        member = self._members.now[hello.engine]
        if member is before:
            return answer  # its link broke and came up again: the numbers bring what was lost
        if self._choice.own and member.local:
            self._reaper.add([hello.pid])
        self._dispatch.joined(hello.engine, hello.host)
        if hello.engine in self._known:
            self._members.awaited.pop(hello.engine, None)
            self._post(EngineResumed(hello.engine, hello.held))
        else:
            self._post(EngineJoined(hello.engine, hello.host, hello.slots, hello.pid))
        self._say_capacity()
        return answer

    def receive(self, engine: EngineId, body: Report | Beat, safe: Callable[[], None]) -> None:
        member = self._members.now.get(engine)
        if member is None:
            safe()
            return
        member.heard = time.monotonic()
        if isinstance(body, Beat):
            member.beat = body
            self._post(Sampled(engine, body.cpu, body.memory))
            return
        for trace in body.traces:
            self._post(trace)
        if body.fact is not None:
            self._dispatch.returned(engine, body.fact)
            self._watch.answered(body.fact)
            self._post(body.fact, body.payload, then=safe)
        else:
            safe()

    def tick(self, now: float) -> None:
        self._watch.tick(now)

    # --- watch.Crew, on the router's thread

    def is_registered(self, engine: EngineId) -> bool:
        return self._launcher.is_registered(engine)

    def kill_remote(self, engine: EngineId) -> None:
        self._launcher.kill(engine)

    def say_cancelled(self, reported: Reported) -> None:
        self._post(reported)

    def lose(self, member: Member) -> None:
        """It is dead, or may not come back: clean up behind it, then say so."""
        culprits = member.running()
        if member.deliberate:
            culprits = ()
        try:
            self._leave(member.engine, member.hello.pid, member.reason)
        finally:
            self._post(EngineLost(member.engine, member.reason, culprits, member.deliberate))

    def lose_absent(self, engine: EngineId, pid: int, reason: str) -> None:
        """An engine of the process before did not come back: end it, if it is still one of ours."""
        if pid and pid in reap.find_marked([f"FLOWLAB_RUN={self._run.run}".encode()]):
            reap.kill(pid)
        try:
            self._leave(engine, pid, reason)
        finally:
            self._post(EngineLost(engine, reason))

    # --- launch.Office, on the launcher's thread

    def notice(self, text: str, level: str = "info") -> None:
        if not self._closed:
            self._post(Noticed(text, level))

    def unavailable(self, reason: str) -> None:
        if not self._closed:
            self._post(EnginesUnavailable(reason))

    def controller_lost(self, reason: str) -> None:
        if not self._closed:
            self._post(ControllerLost(reason))
            self._post(Noticed(reason, "warning"))

    def capacity(self, engines: int) -> None:
        self._post(CapacityKnown(engines, engines))

    def started(self, pids: list[int]) -> None:
        self._reaper.add(pids)

    # --- helpers

    def _leave(self, engine: EngineId, pid: int, reason: str) -> None:
        self._members.fence(engine, reason)
        self._router.hang_up(engine, reason)
        self._dispatch.gone(engine)
        self._reaper.remove([pid])
        spared = self._members.pids() | frozenset(self._launcher.pids())
        end_orphans(self._run.run, engine, spared)
        self._run.forget_process(pid, engine)
        self._launcher.replace(engine)

    def _say_capacity(self) -> None:
        """Where hosts are not known before: how large they are, once all engines are there."""
        if self._choice.own and not self._choice.profile:
            return
        if len(self._members.now) >= self._launcher.expected():
            self._post(CapacityKnown(len(self._members.now), self._members.largest()))

    def _say_misfit(self, engine: EngineId) -> None:
        reason = self._members.misfits.get(engine)
        if reason is None:
            return
        self.notice(reason, "error")
        if not self._members.now and len(self._members.misfits) >= self._launcher.expected():
            self.unavailable(reason)

    def _own_processes(self) -> dict[int, str]:
        if not self._choice.own:
            return {}
        return {
            member.hello.pid: member.began for member in self._members.now.values() if member.local
        }
