"""A cluster of one engine that runs nothing: it answers each task as the task's config asks.

""            the task makes the bytes of its inputs, joined, with its own number behind
"fail"        the task fails
"hang"        the task begins and never ends
"sleep 0.1"   as "", after so many seconds
"""

import threading
import time
from collections.abc import Mapping
from pathlib import Path
from queue import SimpleQueue

from flowlab.cluster.port import Post, Table, Then
from flowlab.cluster.run import RunDirectory
from flowlab.errors import CannotStore, StoreError
from flowlab.events.messages import CapacityKnown, EngineJoined, EngineLost, Reported
from flowlab.model.ids import Assignment, EngineId, HostId, ObjectId, SessionId, TaskId, split_id
from flowlab.model.payload import NOTHING, Inline, Payload, Stored
from flowlab.model.specs import Failure, ObjectInfo
from flowlab.scheduler.actions import ClusterAction, Given, HandBack, Interrupt, Revoke, RunBatch
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore

HOST = HostId("here")


class AnsweringCluster:
    """Implements port.Cluster; `ran` is a file with a line for each task that was reported."""

    def __init__(
        self,
        run: RunDirectory | None = None,
        known: Mapping[EngineId, int] | None = None,
        ran: Path | None = None,
        slots: int = 2,
    ) -> None:
        self.performed: list[ClusterAction] = []
        self.closed = False
        self._known = known or {}
        self._store = HostStore(run.store, host_id()) if run else None
        self._ran = ran
        self._slots = slots
        self._work: SimpleQueue[RunBatch | None] = SimpleQueue()
        self._taken_back: set[tuple[TaskId, Assignment]] = set()

    def start(self, post: Post, table: Table) -> None:
        self._post, self._table = post, table
        self.engine = EngineId(max(self._known, default=-1) + 1)
        post(CapacityKnown(1, self._slots))
        for engine in self._known:
            post(EngineLost(engine, "it lived in the process that was killed", ()))
        post(EngineJoined(self.engine, HOST, self._slots))
        threading.Thread(target=self._run, daemon=True).start()

    def bring(self, object_id: ObjectId, value: Stored, then: Then) -> None:
        """What lies on the host `afar` comes later, `full` cannot take it, `lost` has it not."""
        if value.host == "full":
            threading.Thread(target=then, args=[CannotStore("no room")]).start()
        elif value.host == "lost":
            then(StoreError("gone"))
        elif value.host != "afar":
            then(value)
        else:
            here = Stored(HOST, value.path, value.size, value.packed)
            threading.Thread(target=then, args=[here]).start()

    def hold(self, session: SessionId, *, held: bool) -> None:
        """Its tasks log nothing."""

    def perform(self, action: ClusterAction) -> None:
        self.performed.append(action)
        match action:
            case RunBatch():
                self._work.put(action)
            case Revoke():
                self._taken_back.update(action.tasks)
            case Interrupt():
                done = ((action.task, action.assignment),)
                session = split_id(action.task).session_id
                self._taken_back.update(done)
                self._post(Reported(self.engine, session, cancelled=done))
            case HandBack():
                return

    def describe(self) -> dict[str, object]:
        return {"kind": "answering", "engines": 1}

    def close(self) -> None:
        self.closed = True
        self._work.put(None)

    def _run(self) -> None:
        while (batch := self._work.get()) is not None and not self.closed:
            made: dict[ObjectId, bytes] = {}
            failed: set[ObjectId] = set()
            for given in batch.tasks:
                self._answer(batch, given, made, failed)

    def _answer(
        self,
        batch: RunBatch,
        given: Given,
        made: dict[ObjectId, bytes],
        failed: set[ObjectId],
    ) -> None:
        key, now = (given.task, given.assignment), time.time()
        if key in self._taken_back:
            self._post(Reported(self.engine, batch.session, returned=((*key, "revoked"),)))
            return
        word, _, rest = self._table.config(given.task).decode().partition(" ")
        if word == "hang":
            failed.update(self._table.task(given.task).outputs)  # nothing behind it can run
            self._post(Reported(self.engine, batch.session, started=((*key, now),)))
            return
        if word == "fail":
            failure = Failure("ValueError: asked for", "  line 1, in asked\n", "said before")
            row = (*key, now, now, failure)
            failed.update(self._table.task(given.task).outputs)
            self._post(Reported(self.engine, batch.session, failed=(row,)))
            return
        if word == "sleep":
            time.sleep(float(rest))
        spec = self._table.task(given.task)
        if failed.intersection(spec.inputs):
            failed.update(spec.outputs)
            row = (*key, "input absent")
            self._post(Reported(self.engine, batch.session, returned=(row,)))
            return
        data = b"".join(made.get(each) or self._read(each) for each in spec.inputs)
        data += b"%d." % split_id(given.task).id
        made.update(dict.fromkeys(spec.outputs, data))
        self._note(f"{given.task}\n")
        values = {each: Inline(data) for each in given.publish}
        infos = tuple(ObjectInfo(each, len(data)) for each in given.publish)
        row = (*key, now, time.time(), infos)
        payload = Payload(values=values) if values else NOTHING
        left = [each for each in spec.outputs if each not in given.publish]
        stayed = tuple(ObjectInfo(each, len(data)) for each in left)
        self._post(Reported(self.engine, batch.session, finished=(row,), stayed=stayed), payload)

    def _read(self, object_id: ObjectId) -> bytes:
        value = self._table.value(object_id)
        return value.data if isinstance(value, Inline) else bytes(self._store.open(value))

    def _note(self, line: str) -> None:
        if self._ran is not None:
            with self._ran.open("a") as file:
                file.write(line)


def make(run: RunDirectory, known: Mapping[EngineId, int]) -> AnsweringCluster:
    """For a scheduler process (start.Orders.factory)."""
    return AnsweringCluster(run, known, run.path / "ran")
