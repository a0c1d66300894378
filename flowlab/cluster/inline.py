"""One engine in this process: a thread that runs the same batch loop, store and reports.

For teaching, tests, and hosts where no engine can be had. A task that holds the interpreter's lock
in C cannot be ended here, and one that crashes takes the notebook along.
"""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from flowlab.cluster.between import Between, Ways
from flowlab.cluster.dispatch import Dispatch
from flowlab.cluster.port import Post, Table, Then, post_all
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.waiting import Waiting
from flowlab.events.messages import CapacityKnown, EngineJoined
from flowlab.model.ids import EngineId, ObjectId, SessionId
from flowlab.model.limits import REPORT_SECONDS
from flowlab.model.payload import Resting, Stored
from flowlab.scheduler.actions import ClusterAction, RunBatch
from flowlab.staging.host import host_id, host_name
from flowlab.staging.store import HostStore
from flowlab.worker.board import Board
from flowlab.worker.carrier import Carrier
from flowlab.worker.loop import BatchLoop
from flowlab.worker.messages import Down, HandedBack, Interrupted, LogHeld, Report, Work

ENGINE = EngineId(0)
_SLICE = 0.05  # s of tasks before the thread looks whether it is to stop


class InlineCluster:
    """Implements port.Cluster without any other process."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._host = host_id()
        self._store = HostStore(run.store, self._host)
        threading.Thread(target=self._store.prefault, daemon=True).start()
        self._carrier = Carrier(self._store)
        self._alone = threading.RLock()
        self._closed = False
        self._work = threading.Event()
        self._due = threading.Event()
        self._tasks = threading.Thread(target=self._run_tasks, name="flowlab-inline", daemon=True)
        self._reports = threading.Thread(target=self._report, name="flowlab-reports", daemon=True)

    def start(self, post: Post, table: Table) -> None:
        self._post = post
        self._dispatch = Dispatch(table, self._host)
        self._dispatch.joined(ENGINE, self._host)
        self._table = table
        ways = Ways(self._tell, self._call, self._dispatch.given, post)
        self._between = Between(self._run.run, self._store, self._carrier, ways)
        self._between.joined(ENGINE, self._host)
        board = Board(Path(self._run.boards) / str(ENGINE))
        self._loop = BatchLoop(
            self._send, self._store, board, self._run.sandboxes, inline=True, engine=ENGINE
        )
        self._loop.wake = self._due.set
        self._tasks.start()
        self._reports.start()
        post(CapacityKnown(1, 1))
        post(EngineJoined(ENGINE, self._host, 1, os.getpid(), host_name()))

    def perform(self, action: ClusterAction) -> None:
        for engine, message in (*self._dispatch.messages(action), *self._dispatch.sweep()):
            if isinstance(message, Waiting):
                self._call(partial(self._between.hold, engine, message))
            else:
                self._tell(engine, message)
        if not isinstance(action, RunBatch):
            self._call(partial(self._between.follow, action))

    def bring(self, object_id: ObjectId, value: Resting, then: Then) -> None:
        if isinstance(value, Stored):
            then(value)
            return
        label, point = self._table.object(object_id).label, self._table.stage_point(object_id)
        self._call(lambda: self._between.fetch(object_id, value, label, point, then))

    def hold(self, session: SessionId, *, held: bool) -> None:
        self._loop.accept(LogHeld(session, held))

    def describe(self) -> dict[str, object]:
        return {
            "kind": "inline",
            "engines": [
                {
                    "engine": ENGINE,
                    "host": self._host,
                    "pid": os.getpid(),
                    "slots": 1,
                    "running": self._loop.running,
                }
            ],
        }

    def close(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._tasks.ident is None:
            return
        self._loop.accept(HandedBack())
        running = self._loop.running
        if running is not None:
            self._loop.accept(Interrupted(*running))
        self._carrier.close()
        self._work.set()
        self._tasks.join(1.0)
        self._due.set()
        self._reports.join(0.5)
        if not self._tasks.is_alive():
            self._loop.close()

    def _tell(self, engine: EngineId, message: Down) -> None:
        if engine == ENGINE and isinstance(message, Work):  # it has no carrier of its own
            self._loop.accept(message)
        self._work.set()
        self._due.set()  # from now on reports leave in time

    def _call(self, work: Callable[[], None]) -> None:
        """What belongs to the router's thread where there is one."""
        with self._alone:
            work()

    def _run_tasks(self) -> None:
        while not self._closed:
            self._work.wait()
            self._work.clear()
            while self._loop.run_slice(_SLICE) and not self._closed:
                self._due.set()

    def _report(self) -> None:
        """What the link's thread does on an engine: send what is due, and look at the budget."""
        while not (self._closed and not self._tasks.is_alive()):
            self._due.wait(REPORT_SECONDS if self._loop.busy else None)
            self._due.clear()
            self._loop.tick()
            if self._closed and self._tasks.is_alive():
                self._tasks.join(REPORT_SECONDS)
                self._due.set()  # a task that does not listen is asked again until it ends

    def _send(self, report: Report) -> None:
        if report.fact is not None:
            self._dispatch.reported(ENGINE, report.fact)
        safe = partial(self._loop.made_safe, report)
        post_all(self._post, report.traces, report.fact, report.payload, safe)
