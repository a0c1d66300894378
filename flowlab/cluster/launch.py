"""ipyparallel's part: starts controller and engines, and one bootstrap on each. One thread.

The thread owns ipyparallel's `Cluster` and `Client`; nobody else touches them. Every request to the
hub has a timeout, since one may never be answered. It is off the task path: when it dies, tasks go
on. What others want of it they leave with `replace`, `kill` and `linked`.
"""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import ipyparallel

from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.controller import HUB_SECONDS, ControllerWatch
from flowlab.cluster.logs import Heard, last_words
from flowlab.cluster.own import ENGINE_ARGS, make_cluster
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.starts import Starts
from flowlab.cluster.telling import Office, Telling
from flowlab.cluster.watch import RETURN_SECONDS
from flowlab.errors import ClusterError
from flowlab.model.ids import EngineId

POLL = 0.05  # s between two looks while engines are starting
REST = 0.5  # s between two looks at other times


class Launcher:
    """The thread.

    resume  take up controller and engines that another scheduler process started
    """

    def __init__(
        self,
        run: RunDirectory,
        choice: EngineChoice,
        office: Office,
        resume: bool = False,
    ) -> None:
        self.controller = ControllerWatch()
        self._run = run
        self._choice = choice
        self._office = office
        self._heard = Heard()
        self._loop = asyncio.new_event_loop()
        self._stopping = False
        self._cluster: Any = None
        self._client: Any = None
        self._registered: frozenset[int] = frozenset()
        self._telling: Telling
        self._resume = resume
        self._began = time.monotonic()
        self._any_linked = resume
        self._said_lost = False
        # Engines of the process before come back by themselves: none is started while they do
        not_before = time.monotonic() + RETURN_SECONDS + 1 if resume else 0.0
        wanted = choice.wanted if choice.own else 0
        self._starts = Starts(wanted, choice.start_seconds, not_before)
        self._thread = threading.Thread(target=self._main, name="flowlab-ipyparallel", daemon=True)

    def start(self, order: dict[str, str]) -> None:
        """Begin; returns at once. `order` is what every engine is told at its bootstrap."""
        self._telling = Telling(self._office, order)
        self._thread.start()

    def is_registered(self, engine: EngineId) -> bool:
        """Whether the hub knows this engine."""
        return engine in self._registered

    def linked(self, engine: EngineId, pid: int) -> None:
        """An engine said Hello."""
        self._call(lambda: self._take_linked(engine, pid))

    def unfit(self, engine: EngineId) -> None:
        """An engine was refused, and why has been said."""
        self._call(lambda: self._telling.settle(engine))

    def replace(self, engine: EngineId) -> None:
        """An engine is lost: start another one if it was ours."""
        self._call(lambda: self._forget(engine))

    def kill(self, engine: EngineId) -> None:
        """SIGKILL an engine of another host, by its nanny."""

        def send() -> None:
            if self._client is not None and engine in self._client.ids:
                self._client.send_signal("SIGKILL", targets=int(engine), block=False)

        self._call(send)

    def pids(self) -> list[int]:
        """Processes that were started and may live."""
        return self._starts.pids()

    def expected(self) -> int:
        """Engines that there are to be."""
        return self._choice.wanted if self._choice.own else len(self._registered)

    def connection_file(self) -> str:
        """What `ipyparallel.Client(…)` takes to use the engines by %px."""
        cluster = self._cluster
        if cluster is None or cluster.controller is None:
            return ""
        return str(cluster.controller.connection_files["client"])

    def close(self, timeout: float = 0.5) -> None:
        """Stop the thread; processes are the caller's to end."""
        self._stopping = True
        if self._thread.ident is not None:
            self._call(lambda: None)
            self._thread.join(timeout)
        else:
            self._loop.close()

    def _call(self, work: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(work)
        except RuntimeError:  # the loop is closed: nobody needs it any longer
            return

    def _main(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._live())
        finally:
            if self._client is not None:
                self._client.close(linger=0)
            self._loop.close()

    async def _live(self) -> None:
        try:
            await asyncio.wait_for(self._begin(), self._choice.start_seconds)
        except Exception as error:  # noqa: BLE001 - whatever a launcher raises is the user's to read
            if not self._stopping:
                self._fail(error)
            return
        while not self._stopping:
            self._look()
            await asyncio.sleep(POLL if self._is_busy() else REST)

    def _fail(self, error: Exception) -> None:
        reason = str(error) or f"nothing happened in {self._choice.start_seconds:.0f} s"
        if self._resume:
            self._lose_controller(
                f"ipyparallel's controller cannot be taken up again ({reason}). Tasks go on; "
                "engines that die are not replaced."
            )
            return
        self._office.unavailable(
            f"{type(error).__name__}: {reason}. Client(inline=True) needs no engines. "
            f"{self._last_words()}"
        )

    def _last_words(self) -> str:
        return last_words(self._run.profile / "log", self._heard.text)

    async def _begin(self) -> None:
        if self._choice.connection is not None:
            seconds = min(HUB_SECONDS, self._choice.start_seconds)
            self._client = ipyparallel.Client(dict(self._choice.connection), timeout=seconds)
            self._watch_client()
            await self._wait_for_foreign()
            return
        self._cluster = make_cluster(self._run, self._choice.profile, self._resume, self._heard)
        if not self._resume:
            await self._start_own()
        elif self._cluster.controller is None:
            raise ClusterError("its process is gone")
        self._office.capacity(self._choice.wanted)
        self._follow_controller()
        info = await self._cluster.controller.get_connection_info()
        self._client = ipyparallel.Client(
            info["client"], cluster=self._cluster, profile_dir=self._cluster.profile_dir,
            timeout=HUB_SECONDS,
        )  # fmt: skip
        self._watch_client()

    async def _start_own(self) -> None:
        wanted = self._choice.wanted
        plural = "engine" if wanted == 1 else "engines"
        how = f"by profile {self._choice.profile!r}" if self._choice.profile else "on this host"
        self._office.notice(f"starting {wanted} {plural} {how}")
        await self._cluster.start_controller(environment={"FLOWLAB_RUN": self._run.run})
        self._office.started([self._cluster.controller.pid])
        await self._start_engines(wanted)

    async def _start_engines(self, number: int) -> None:
        name = await self._cluster.start_engines(
            number, environment={"FLOWLAB_RUN": self._run.run}, engine_args=ENGINE_ARGS
        )
        launchers = getattr(self._cluster.engines[name], "launchers", {})
        pids = [launcher.pid for launcher in launchers.values() if getattr(launcher, "pid", 0) > 0]
        self._starts.began(number, pids, time.monotonic())
        self._office.started(pids)

    async def _wait_for_foreign(self) -> None:
        while not self._client.ids:  # noqa: ASYNC110 - the client has nothing to await
            await asyncio.sleep(POLL)
        self._office.capacity(len(self._client.ids))
        self._office.notice(
            "connected to a cluster that was started elsewhere: its engines are not replaced when "
            "they die, and live on when this client is closed"
        )

    def _watch_client(self) -> None:
        """Hear of engines at once; `_look` polls beside it, should the private name be gone."""
        callbacks = getattr(self._client, "_registration_callbacks", None)
        if callbacks is not None:
            callbacks.append(lambda _event: self._call(self._look))

    def _follow_controller(self) -> None:
        pid = getattr(self._cluster.controller, "pid", -1) if self._cluster else -1
        if pid > 0 and not self.controller.complete:
            self._office.started(self.controller.follow(pid))

    def _is_busy(self) -> bool:
        return self._starts.is_busy() or self._telling.is_busy()

    def _look(self) -> None:
        if self._stopping or self._client is None:
            return
        try:
            self._look_once()
        except Exception as error:  # noqa: BLE001 - ipyparallel raises what it likes
            self._lose_controller(
                f"ipyparallel failed: {type(error).__name__}: {error}. Tasks go on; engines that "
                "die are not replaced."
            )

    def _look_once(self) -> None:
        now = time.monotonic()
        self._registered = frozenset(self._client.ids)
        self._telling.look(self._client, self._registered, now)
        self._follow_controller()
        self._check_controller(now)
        self._check_starts(now)

    def _check_controller(self, now: float) -> None:
        reason = self.controller.check() or self.controller.ask(self._client, now)
        if reason:
            self._lose_controller(reason)

    def _lose_controller(self, reason: str) -> None:
        if self._said_lost:
            return
        self._said_lost = True
        self.controller.declare(reason)
        self._starts.stop()
        self._office.controller_lost(reason)
        if self._starts.living() == 0:
            self._office.unavailable(reason)

    def _check_starts(self, now: float) -> None:
        for pid in self._starts.failed(now):
            self._office.notice(f"an engine (process {pid}) ended before it was of use", "warning")
        if self._starts.exhausted():
            self._starts.stop()
            failures = self._starts.failures
            reason = f"{failures} engines in a row could not be started. {self._last_words()}"
            self._office.notice(reason, "error")
            if self._starts.living() == 0:
                self._office.unavailable(reason)
        elif self._is_overdue(now):
            self._starts.stop()
            self._office.unavailable(
                f"no engine came in {self._choice.start_seconds:.0f} s; Client(inline=True) needs "
                f"none. {self._last_words()}"
            )
        number = self._starts.due(now)
        if number:
            task = self._loop.create_task(self._start_engines(number))
            task.add_done_callback(self._started_or_not)

    def _is_overdue(self, now: float) -> bool:
        """Whether none has ever come, and that for too long."""
        return not self._any_linked and now - self._began > self._choice.start_seconds

    def _started_or_not(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and task.exception() is not None:
            self._office.notice(f"engines could not be started: {task.exception()}", "error")
            self._starts.failed_to_begin(time.monotonic())

    def _take_linked(self, engine: int, pid: int) -> None:
        self._any_linked = True
        self._telling.settle(engine)
        self._starts.joined(engine, pid)

    def _forget(self, engine: int) -> None:
        self._telling.settle(engine)  # its id is never used again
        self._starts.lost(engine)
