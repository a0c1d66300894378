"""The batch loop: runs what an engine was given, in its main thread, in slices.

Messages come in from the link's thread (`accept`), tasks run where `run_slice` is called. Both meet
at one lock, under which the loop claims its next task: nothing is handed over for each task, and no
timer stands on any path. A bug of our own fails the task at hand and never ends the engine.
"""

import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import assert_never

from flowlab.events.messages import Logged
from flowlab.model.ids import EngineId, ObjectId
from flowlab.model.limits import BUDGET_SECONDS, REPORT_SECONDS, URGENT_SECONDS
from flowlab.shared.lines import scope_of_tasks
from flowlab.staging.store import HostStore
from flowlab.worker import ledger
from flowlab.worker.backlog import Backlog, Entry, Key
from flowlab.worker.board import Board
from flowlab.worker.bundles import Bundles
from flowlab.worker.context import Bench
from flowlab.worker.execution import Execution, Outcome, own_failure
from flowlab.worker.guard import Guard
from flowlab.worker.ledger import Ledger
from flowlab.worker.memory import Held, Memory
from flowlab.worker.messages import (
    Batch,
    Dropped,
    HandedBack,
    Interrupted,
    LogHeld,
    Report,
    Revoked,
    Work,
)
from flowlab.worker.reporter import Reporter
from flowlab.worker.stage import Stage

_NO_ENGINE = EngineId(0)
_NOTHING_READ: tuple[Sequence[Held], list[ObjectId]] = ((), [])
_LOOK = 0.01  # s; the processor's time at a task's begin is known that well


class BatchLoop:
    """One engine's loop.

    send    takes a report; called by `flush` only
    inline  tasks run in a thread of the notebook's process, not in an engine's main thread
    wake    set by who owns the link: called when a report should leave now, and then `flush` is
            for that thread; without it the loop sends its reports itself
    """

    def __init__(
        self,
        send: Callable[[Report], None],
        store: HostStore,
        board: Board,
        sandbox_parent: Path,
        *,
        inline: bool = False,
        engine: EngineId = _NO_ENGINE,
    ) -> None:
        self.wake: Callable[[], None] | None = None
        self._reporter = Reporter(send, engine)
        self._lock = self._reporter.lock  # one for all: a row is added as its task changes hands
        self._board = board
        self._guard = Guard(self._lock, inline=inline)
        self._stage = Stage(sandbox_parent, self._guard, engine, inline=inline)
        self._stage.tap.press = self._press
        self._memory = Memory()
        self._backlog = Backlog()
        self._ledger = Ledger(self._backlog, self._memory, self._reporter, store)
        stage, memory = self._stage, self._memory
        self._bundles = Bundles(lambda: stage.sandbox.home, memory.has)
        bench = Bench(memory, stage.sandbox, stage.tap, self._guard, engine, store, self._bundles)
        self._execution = Execution(bench, store, scope_of_tasks(engine, inline=inline))
        self._current: Entry | None = None
        self._began = 0.0
        self._told = True  # whether the running task's start was reported
        self._breath = 0.0  # when the link's thread last came to do something
        self._looked = 0.0  # when the processor's time was last looked at, and that time
        self._worked = 0.0
        self._flushed = 0.0
        self._patient = False  # whether what waits may wait until it is `URGENT_SECONDS` later
        self._pid = os.getpid()

    def accept(self, message: Work) -> None:
        """Take in a message for this engine; from any thread but the tasks' own."""
        with self._lock:
            match message:
                case Batch():
                    self._breath = now = time.time()
                    if not self.busy:
                        self._flushed = now  # from here on a report may wait
                    self._memory.drop(message.dropped, ())
                    self._memory.learn(message.payload, message.brought)
                    self._backlog.add(message)
                    return
                case Revoked():
                    taken = self._backlog.take(message.tasks)
                    self._ledger.give_back(taken, ledger.REVOKED)
                case HandedBack():
                    self._ledger.give_back(self._take_all(), ledger.HANDED_BACK)
                case Interrupted():
                    key = (message.task, message.assignment)
                    if not self._guard.interrupt(key):
                        self._ledger.give_back(self._backlog.take([key]), ledger.REVOKED)
                case LogHeld():
                    self._stage.tap.hold(message.session, held=message.held)
                    return
                case Dropped():
                    self._drop(message)
                case _:
                    assert_never(message)
        self._bundles.sweep()
        self._call_link()

    def tick(self) -> None:
        """What is due now and then while tasks run: the budget, repeated interrupts, streams."""
        now = time.time()
        with self._lock:
            self._guard.repeat()
            if self._current is not None and now - self._began > BUDGET_SECONDS:
                self._check_breath(now, self._current, REPORT_SECONDS)
                self._ledger.give_back(self._take_all(), ledger.OVER_BUDGET)
            self._breath = now
        self.flush()

    def flush(self) -> int:
        """Send what waits; gives the number of reports."""
        if os.getpid() != self._pid:
            return 0  # a task's child process speaks for nobody
        self._flushed, self._patient = time.time(), False
        return self._reporter.flush(self._add_live_rows)

    def patience(self) -> float:
        """Seconds, after a wake-up, until `flush` is due."""
        due = min(self._flushed + URGENT_SECONDS - time.time(), URGENT_SECONDS)
        return due if self._patient else 0.0

    def made_safe(self, report: Report) -> None:
        """What this report says cannot be lost any longer; from any thread."""
        size = sum(trace.size for trace in report.traces if isinstance(trace, Logged))
        if size:
            self._stage.tap.made_safe(size)

    def release(self) -> None:
        """Let no task wait before it logs: another scheduler process will say who has to."""
        self._stage.tap.release()

    def held(self) -> tuple[Key, ...]:
        """What was given and is not told as ended by a report that was sent."""
        with self._lock:
            running = [self._current.key] if self._current else []
            return (*running, *self._backlog.keys(), *self._reporter.ended())

    @property
    def running(self) -> Key | None:
        """The task that runs now."""
        entry = self._current
        return entry.key if entry else None

    @property
    def busy(self) -> bool:
        """Whether there is anything to do."""
        return self._current is not None or len(self._backlog) > 0

    def close(self) -> None:
        """Remove the working directory; no slice runs."""
        self._stage.close()

    def run_slice(self, seconds: float) -> bool:
        """Run tasks for about this long, in the thread of the tasks; True when there are more."""
        if not len(self._backlog):  # taken by the link's thread, perhaps
            self._stage.rest()
            return False
        until = time.time() + seconds
        self._stage.enter()
        try:
            while (claimed := self._claim()) is not None:
                if self._run(*claimed) > until:
                    break
        finally:
            self._board.clear()
            self._stage.leave(resting=not len(self._backlog))
            with self._lock:  # what is dropped now is pruned by the link's thread
                self._bundles.prune()
            self._bundles.sweep()
        return len(self._backlog) > 0

    def _claim(self) -> tuple[Entry, Sequence[Held]] | None:
        """The next task that has all it needs; those before it that lack something go back."""
        with self._lock:
            while (entry := self._backlog.claim()) is not None:
                spec = entry.job.spec
                held, missing = self._ledger.gather(entry) if spec.inputs else _NOTHING_READ
                if missing:
                    self._ledger.return_absent(entry, missing)
                elif not self._memory.has_function(spec.function):
                    self._ledger.give_back([entry], ledger.FUNCTION_ABSENT)
                else:
                    self._begin(entry)
                    return entry, held
        self._call_link()
        return None

    def _begin(self, entry: Entry) -> None:
        """Claim a task; the lock is held."""
        self._current = entry
        self._guard.begin(entry.key)
        self._began = now = time.time()
        self._told = False
        if now - self._looked > _LOOK:
            self._looked, self._worked = now, time.process_time()

    def _run(self, entry: Entry, held: Sequence[Held]) -> float:
        """One task from its claim to its row; gives the time."""
        try:
            self._board.write(*entry.key)
            self._stage.prepare(entry.key, entry.run.level)
            outcome = self._execution.perform(entry, held)
            self._stage.clear_up()
            return self._end(entry, outcome)
        except Exception as bug:  # ours, and no reason to lose the engine
            if self._current is not entry:
                raise
            return self._end(entry, own_failure(bug))

    def _end(self, entry: Entry, outcome: Outcome) -> float:
        with self._lock:
            now = time.time()
            if self.wake is not None and now - self._began > BUDGET_SECONDS:
                self._check_breath(now, entry, 0.0)
            if said := self._stage.tap.end():
                self._reporter.columns(entry.run.session).traces += said
            due = self._ledger.settle(entry, outcome, self._began, now)
            self._current = None
            self._guard.begin(None)
        if due or (self.wake is None and now - self._flushed > REPORT_SECONDS):
            self._call_link()
        elif entry.job.urgent:
            self._call_link_soon(now)
        return now

    def _call_link(self) -> None:
        if self.wake is not None:
            self._patient = False
            self.wake()
        else:
            self.flush()

    def _press(self) -> None:
        """A task waits until what it logged has left."""
        if self.wake is not None:
            self._call_link()

    def _call_link_soon(self, now: float) -> None:
        """Others wait for a row while this engine goes on: a message for each would cost more."""
        if self.wake is None or now - self._flushed > URGENT_SECONDS:
            self._call_link()
        elif not self._patient:
            self._patient = True
            self.wake()

    def _check_breath(self, now: float, entry: Entry, allowance: float) -> None:
        """Note a task during which the link's thread could not run: it held the GIL.

        On a busy machine nobody runs for a while; only who worked all that time is to blame.
        """
        if now - max(self._breath, self._began) <= BUDGET_SECONDS + allowance:
            return
        self._breath = now
        if time.process_time() - self._worked > BUDGET_SECONDS:
            self._reporter.columns(entry.run.session).held_gil.append(entry.job.spec.id)

    def _take_all(self) -> list[Entry]:
        return self._backlog.take(self._backlog.keys())

    def _drop(self, message: Dropped) -> None:
        gone = frozenset(message.sessions)
        ended = self._backlog.take_if(lambda entry: entry.run.session in gone) if gone else []
        self._ledger.give_back(ended, ledger.SESSION_ENDED)
        self._memory.drop(message.objects, gone)
        if not self.busy:
            self._bundles.prune()

    def _add_live_rows(self) -> None:
        """What the running task said meanwhile, and that it runs; the lock is held."""
        entry = self._current
        if entry is None:
            return
        self._stage.collect()
        columns = self._reporter.columns(entry.run.session)
        columns.traces += self._stage.tap.take()
        if not self._told:
            self._told = True
            columns.started.append((*entry.key, self._began))
