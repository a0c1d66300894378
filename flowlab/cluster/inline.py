"""One engine in this process: a thread that runs the same batch loop, store and reports.

For teaching, tests, and hosts where no engine can be had. A task that holds the interpreter's lock
in C cannot be ended here, and one that crashes takes the notebook along.
"""

import os
import threading
from pathlib import Path

from flowlab.cluster.dispatch import Dispatch
from flowlab.cluster.port import Post, Table
from flowlab.cluster.run import RunDirectory
from flowlab.events.messages import CapacityKnown, EngineJoined
from flowlab.model.ids import EngineId
from flowlab.model.limits import REPORT_SECONDS
from flowlab.scheduler.actions import ClusterAction, Drop, EndSession
from flowlab.staging.store import HostStore, host_id
from flowlab.worker.board import Board
from flowlab.worker.loop import BatchLoop
from flowlab.worker.messages import HandedBack, Interrupted, Report

ENGINE = EngineId(0)
_SLICE = 0.05  # s of tasks before the thread looks whether it is to stop


class InlineCluster:
    """Implements port.Cluster without any other process."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._host = host_id()
        self._store = HostStore(run.store, self._host)
        self._closed = False
        self._work = threading.Event()
        self._due = threading.Event()
        self._tasks = threading.Thread(target=self._run_tasks, name="flowlab-inline", daemon=True)
        self._reports = threading.Thread(target=self._report, name="flowlab-reports", daemon=True)

    def start(self, post: Post, table: Table) -> None:
        self._post = post
        self._dispatch = Dispatch(table, self._host)
        self._dispatch.joined(ENGINE, self._host)
        board = Board(Path(self._run.boards) / str(ENGINE))
        self._loop = BatchLoop(
            self._send, self._store, board, self._run.sandboxes, inline=True, engine=ENGINE
        )
        self._loop.wake = self._due.set
        self._tasks.start()
        self._reports.start()
        post(CapacityKnown(1, 1))
        post(EngineJoined(ENGINE, self._host, 1, os.getpid()))

    def perform(self, action: ClusterAction) -> None:
        for _, message in self._dispatch.messages(action):
            self._loop.accept(message)
        match action:
            case Drop():
                self._store.drop(action.objects)
            case EndSession():
                self._store.drop_session(action.session)
        self._work.set()
        self._due.set()  # from now on reports leave in time

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
        self._work.set()
        self._tasks.join(1.0)
        self._due.set()
        self._reports.join(0.5)
        if not self._tasks.is_alive():
            self._loop.close()

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
        for trace in report.traces:
            self._post(trace)
        if report.fact is not None:
            self._dispatch.returned(ENGINE, report.fact)
            self._post(report.fact, report.payload)
