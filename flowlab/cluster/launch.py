"""Starts controller and engines (source.py), and looks after them by ipyparallel. One thread.

The thread owns ipyparallel's `Cluster` and `Client`; nobody else touches them. Every request to the
hub has a timeout, since one may never be answered. It is off the task path: when it dies, tasks go
on. What others want of it they leave with `replace`, `kill` and `linked`.
"""

import asyncio
import threading
import time
from collections.abc import Callable

from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.controller import ControllerWatch
from flowlab.cluster.port import STARTING
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.source import Source
from flowlab.cluster.starts import Starts
from flowlab.cluster.telling import Office, Telling
from flowlab.cluster.watch import RETURN_SECONDS
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
        self._choice = choice
        self._office = office
        self._loop = asyncio.new_event_loop()
        self._stopping = False
        self._source = Source(run, choice, office, self._launched, resume)
        self._registered: frozenset[int] = frozenset()
        self._telling: Telling
        self._resume = resume
        self._began = time.monotonic()
        self._any_linked = resume
        self._said_lost = False
        self._given_up = False  # said, since an engine was there last
        self._was_up = False
        # Engines of the process before come back by themselves: none is started while they do
        self._back_by = time.monotonic() + RETURN_SECONDS + 1 if resume else 0.0
        wanted = choice.wanted if choice.own else 0
        self._starts = Starts(wanted, choice.start_seconds, not_before=self._back_by)
        self._thread = threading.Thread(target=self._main, name="flowlab-ipyparallel", daemon=True)

    def start(self, order: dict[str, str]) -> None:
        """Begin; returns at once. `order` is what every engine is told at its bootstrap."""
        self._order = order
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
            client = self._source.client
            if client is not None and engine in client.ids:
                client.send_signal("SIGKILL", targets=int(engine), block=False)

        self._call(send)

    def pids(self) -> list[int]:
        """Processes that were started and may live."""
        return self._starts.pids()

    def expected(self) -> int:
        """Engines that there are to be."""
        return self._choice.wanted if self._choice.own else len(self._registered)

    def controller_state(self) -> str:
        """Whether the engines can be used by ipyparallel: STARTING, "up", or why not."""
        if self.controller.lost:
            return self.controller.lost
        if not self._was_up and self._source.client is not None:
            linked = self._starts.present()
            self._was_up = bool(linked) and linked <= self._registered
        return "up" if self._was_up else STARTING

    def connection_file(self) -> str:
        """What `ipyparallel.Client(…)` takes to use the engines by %px; empty until it can."""
        return "" if self.controller_state() == STARTING else self._source.connection_file()

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
            self._source.close()
            self._loop.close()

    async def _live(self) -> None:
        beginning = self._loop.create_task(self._source.begin(self._order))
        beginning.add_done_callback(self._begun)
        while not self._stopping:
            self._look()
            self._check_alone()
            await asyncio.sleep(POLL if self._is_busy() else REST)
        beginning.cancel()
        await asyncio.gather(beginning, return_exceptions=True)

    def _begun(self, beginning: "asyncio.Task[None]") -> None:
        if self._stopping or beginning.cancelled():
            return
        error = beginning.exception()
        if error is not None:  # whatever a launcher raises is the user's to read
            self._fail(error)
            return
        self._watch_client()
        self._look()

    def _launched(self, number: int, pids: list[int], now: float) -> None:
        self._starts.began(number, pids, now)
        self._office.started(pids)

    def _fail(self, error: BaseException) -> None:
        words = self._source.last_words()
        if self._resume:
            self._lose_controller(
                f"ipyparallel's controller cannot be taken up again ({error}). Tasks go on; "
                "engines that die are not replaced."
            )
        elif self._source.local:
            self._lose_controller(
                f"ipyparallel's controller cannot be started ({error}). Tasks go on; engines that "
                f"die are not replaced, and %px cannot reach them. {words}"
            )
        else:
            self._give_up(
                f"{type(error).__name__}: {error}. Client(inline=True) needs no engines. {words}"
            )

    def _watch_client(self) -> None:
        """Hear of engines at once; `_look` polls beside it, should the private name be gone."""
        callbacks = getattr(self._source.client, "_registration_callbacks", None)
        if callbacks is not None:
            callbacks.append(lambda _event: self._call(self._look))

    def _follow_controller(self) -> None:
        pid = self._source.controller_pid()
        if pid > 0 and not self.controller.complete:
            self._office.started(self.controller.follow(pid))

    def _is_busy(self) -> bool:
        return self._starts.is_busy() or self._telling.is_busy()

    def _look(self) -> None:
        if self._stopping or (self._source.client is None and not self._source.local):
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
        self._source.look()
        self._follow_controller()
        if self._source.client is not None:
            self._registered = frozenset(self._source.client.ids)
            self._telling.look(self._source.client, self._registered, now)
        self._check_controller(now)
        self._check_starts(now)

    def _check_controller(self, now: float) -> None:
        client = self._source.client
        if client is None:
            return  # it is being started, and whoever does that says how it ended
        reason = self.controller.check() or self.controller.ask(client, now)
        if reason:
            self._lose_controller(reason)

    def _lose_controller(self, reason: str) -> None:
        if self._said_lost:
            return
        self._said_lost = True
        self.controller.declare(reason)
        self._starts.stop()
        self._office.controller_lost(reason)
        self._check_alone()

    def _check_alone(self) -> None:
        """Without a controller no engine is started: say so when none lives and none comes back."""
        if self._said_lost and self._starts.living() == 0 and time.monotonic() >= self._back_by:
            self._give_up(self.controller.lost)

    def _give_up(self, reason: str) -> None:
        if not self._given_up:
            self._given_up = True
            self._office.unavailable(reason)

    def _check_starts(self, now: float) -> None:
        for pid in self._starts.failed(now):
            self._office.notice(f"an engine (process {pid}) ended before it was of use", "warning")
        if self._starts.exhausted():
            self._starts.stop()
            failures = self._starts.failures
            reason = (
                f"{failures} engines in a row could not be started. {self._source.last_words()}"
            )
            self._office.notice(reason, "error")
            if self._starts.living() == 0:
                self._give_up(reason)
        elif self._is_overdue(now):
            self._starts.stop()
            self._give_up(
                f"no engine came in {self._choice.start_seconds:.0f} s; Client(inline=True) needs "
                f"none. {self._source.last_words()}"
            )
        number = self._starts.due(now)
        if number:
            task = self._loop.create_task(self._source.launch(number))
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
        self._given_up = False
        self._telling.settle(engine)
        self._starts.joined(engine, pid)
        if not self._starts.is_busy():
            self._source.come.set()

    def _forget(self, engine: int) -> None:
        self._telling.settle(engine)  # its id is never used again
        self._starts.lost(engine)
