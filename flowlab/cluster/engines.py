"""Real engines: what the pump sees of them. Holds router, watch, dispatch and launcher together.

    pump ── perform ──▶ dispatch ──▶ (between ──▶) router ◀──▶ engines
      ▲                                              │ tick
      └──────────────── post ◀── members ◀───────── watch          launcher ──▶ ipyparallel

Everything said comes by `post`. `members`, `watch` and `between` belong to the router's thread;
`dispatch` makes batches on the pump's.
"""

import time
from collections.abc import Callable, Mapping
from functools import partial

from flowlab.cluster import reap
from flowlab.cluster.between import Between, Ways
from flowlab.cluster.bootstrap import make_order
from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.dispatch import Dispatch
from flowlab.cluster.held import HeldSessions
from flowlab.cluster.launch import Launcher
from flowlab.cluster.members import Member, Members
from flowlab.cluster.orphans import end_orphans, kill_engine
from flowlab.cluster.port import Post, Table, Then, post_all
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.router import Router
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.waiting import Waiting
from flowlab.cluster.watch import Limits, Request, Watch
from flowlab.events.messages import (
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    Noticed,
    ObjectsLost,
    Reported,
    Sampled,
)
from flowlab.model.ids import EngineId, ObjectId, SessionId
from flowlab.model.payload import Resting, Stored
from flowlab.scheduler.actions import ClusterAction, Drop, Interrupt, RunBatch
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from flowlab.worker.carrier import Carrier
from flowlab.worker.messages import Answer, Beat, Hello, Refused, Report, Welcome


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
        self._carrier = Carrier(self._store)
        self._router = Router(run.engines_socket, run.key, self._choice.listen)
        self._members = Members(self._router.epoch, self._host, known or {})
        limits = Limits(self._choice.stopped, self._choice.silent)
        self._watch = Watch(self._members, self, limits, time.monotonic)
        self._held = HeldSessions(self._router)
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
        """In the place of a scheduler process that died: its engines come back, with their pids.

        Who does is posted as EngineResumed, who does not within 5 s as EngineLost.
        """
        return cls(run, reaper, choice, known, umask)

    # --- port.Cluster

    def start(self, post: Post, table: Table) -> None:
        self._post = post
        self._table = table
        self._dispatch = Dispatch(table, self._host)
        ways = Ways(self._router.send_now, self._router.call, self._dispatch.given, self._hear)
        before = table.stage_points()
        make = partial(Between, early=bool(self._known))
        self._between = make(self._run.run, self._store, self._carrier, ways, before)
        self._router.start(self)
        order = make_order(self._run, self._host, self._choice.own, self._umask)
        self._launcher.start({**order, **self._router.order()})

    def perform(self, action: ClusterAction) -> None:
        for engine, message in self._dispatch.messages(action):
            if isinstance(message, Waiting):
                self._router.call(partial(self._between.hold, engine, message))
            else:
                self._router.send(engine, message)
        if isinstance(action, RunBatch):
            return
        if isinstance(action, Interrupt):
            request = Request(action.engine, action.task, action.assignment)
            self._router.call(lambda: self._watch.expect_answer(request))
        if isinstance(action, Drop):
            action = Drop(tuple(self._dispatch.stored(action.objects)))
            if not action.objects:
                return
        self._router.call(partial(self._between.follow, action))

    def bring(self, object_id: ObjectId, value: Resting, then: Then) -> None:
        if isinstance(value, Stored) and value.host == self._host:
            then(value)
            return
        about = self._table.object(object_id).label, self._table.stage_point(object_id)
        self._router.call(partial(self._between.fetch, object_id, value, *about, then))

    def hold(self, session: SessionId, *, held: bool) -> None:
        self._router.call(partial(self._held.change, session, held=held))

    def describe(self) -> dict[str, object]:
        members = sorted(self._members.now.copy().values(), key=lambda member: member.engine)
        return {
            "kind": "engines",
            "connection_file": self._launcher.connection_file(),
            "controller": self._launcher.controller_state(),
            "engines": [member.describe() for member in members],
            "between hosts": self._between.describe(),
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
            kill_engine(pid, began)  # before the folders go: it could make them again
        self._carrier.close()

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
        self._between.joined(hello.engine, hello.host)
        if hello.engine in self._known:
            self._members.awaited.pop(hello.engine, None)
            self._post(EngineResumed(hello.engine, hello.held))
        else:
            self._post(EngineJoined(hello.engine, hello.host, hello.slots, hello.pid, hello.name))
        self._router.call(partial(self._held.tell, hello.engine))  # once it has its line
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
        if body.fact is not None:
            self._dispatch.reported(engine, body.fact)
            self._watch.answered(body.fact)
            self._between.made(body.payload.values)
        post_all(self._post, body.traces, body.fact, body.payload, safe)

    def answered(self, engine: EngineId, answer: Answer) -> None:
        member = self._members.now.get(engine)
        if member is not None:
            member.heard = time.monotonic()
            self._between.heard(engine, answer)

    def tick(self, now: float) -> None:
        self._watch.tick(now)
        self._between.settle(self._members.awaited)
        for engine, message in self._dispatch.sweep():
            self._router.send(engine, message)

    # --- watch.Crew, on the router's thread

    def is_registered(self, engine: EngineId) -> bool:
        return self._launcher.is_registered(engine)

    def kill_remote(self, engine: EngineId) -> None:
        self._launcher.kill(engine)

    def say_cancelled(self, reported: Reported) -> None:
        self._post(reported)

    def lose(self, member: Member) -> None:
        """It is dead, or may not come back: clean up behind it, then say so."""
        culprits = () if member.deliberate else member.running()
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

    def _hear(self, fact: Reported | ObjectsLost) -> None:
        """What `between` says in an engine's place."""
        if isinstance(fact, Reported):
            self._watch.answered(fact)
        self._post(fact)

    def _leave(self, engine: EngineId, pid: int, reason: str) -> None:
        self._members.fence(engine, reason)
        self._router.hang_up(engine, reason)
        self._dispatch.gone(engine)
        self._between.gone(engine)
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
        if (reason := self._members.misfits.get(engine)) is None:
            return
        self.notice(reason, "error")
        if not self._members.now and len(self._members.misfits) >= self._launcher.expected():
            self.unavailable(reason)

    def _own_processes(self) -> dict[int, str]:
        members = self._members.now.values() if self._choice.own else ()
        return {one.hello.pid: one.began for one in members if one.local}
