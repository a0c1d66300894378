"""Joins the scheduler's actions with the object table into messages for one engine.

One rule: nothing is sent to an engine that it has already. What it has is remembered here, bounded;
what was forgotten, here or there, is sent again.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import assert_never

from flowlab.cluster.port import Table
from flowlab.errors import StoreError
from flowlab.events.messages import Reported
from flowlab.model.ids import EngineId, HostId, ObjectId, TaskId
from flowlab.model.limits import MESSAGE, MIB
from flowlab.model.payload import Inline, Payload, Stored, Value, value_size
from flowlab.model.specs import TaskSpec
from flowlab.scheduler.actions import (
    ClusterAction,
    Drop,
    EndSession,
    Given,
    HandBack,
    Interrupt,
    Revoke,
    RunBatch,
)
from flowlab.worker.ledger import FUNCTION_ABSENT
from flowlab.worker.messages import (
    Batch,
    Brought,
    Down,
    Dropped,
    HandedBack,
    Interrupted,
    Job,
    Revoked,
)

REMEMBERED_BYTES = 64 * MIB  # of inline values, an engine
REMEMBERED_VALUES = 100_000  # an engine


@dataclass
class Possessions:
    """What one engine has been given and, as far as is known, still has."""

    host: HostId
    functions: set[str] = field(default_factory=set)
    values: OrderedDict[ObjectId, int] = field(default_factory=OrderedDict)
    size: int = 0

    def add(self, object_id: ObjectId, size: int) -> None:
        """Remember a value; the oldest are forgotten when there are too many."""
        self.size += size - self.values.pop(object_id, 0)
        self.values[object_id] = size
        while self.size > REMEMBERED_BYTES or len(self.values) > REMEMBERED_VALUES:
            self.size -= self.values.popitem(last=False)[1]

    def discard(self, object_id: ObjectId) -> bool:
        """Forget a value; whether it was remembered."""
        size = self.values.pop(object_id, None)
        self.size -= size or 0
        return size is not None


class Dispatch:
    """Makes messages of actions. `batches` reads the table, so it belongs to the pump's thread."""

    def __init__(self, table: Table, host: HostId) -> None:
        self._table = table
        self._host = host
        self._lock = threading.Lock()
        self._engines: dict[EngineId, Possessions] = {}

    def joined(self, engine: EngineId, host: HostId) -> None:
        """An engine that has nothing yet."""
        with self._lock:
            self._engines[engine] = Possessions(host)

    def gone(self, engine: EngineId) -> None:
        """Forget an engine."""
        with self._lock:
            self._engines.pop(engine, None)

    def lacks(self, engine: EngineId, objects: Iterable[ObjectId]) -> None:
        """The engine says that it does not have these."""
        with self._lock:
            if engine in self._engines:
                for object_id in objects:
                    self._engines[engine].discard(object_id)

    def returned(self, engine: EngineId, reported: Reported) -> None:
        """Take note of what the engine turned out not to have."""
        self.lacks(engine, reported.missing)
        if any(reason == FUNCTION_ABSENT for _, _, reason in reported.returned):
            with self._lock:
                if engine in self._engines:
                    self._engines[engine].functions.clear()

    def messages(self, action: ClusterAction) -> list[tuple[EngineId, Down]]:
        """What to say to whom."""
        match action:
            case RunBatch():
                return [(action.engine, batch) for batch in self.batches(action)]
            case Revoke():
                return [(action.engine, Revoked(action.tasks))]
            case HandBack():
                return [(action.engine, HandedBack())]
            case Interrupt():
                return [(action.engine, Interrupted(action.task, action.assignment))]
            case Drop():
                held = self.holders(action.objects)
                return [(engine, Dropped(objects=objects)) for engine, objects in held.items()]
            case EndSession():
                with self._lock:
                    engines = tuple(self._engines)
                return [(engine, Dropped(sessions=(action.session,))) for engine in engines]
            case _:
                assert_never(action)

    def batches(self, action: RunBatch) -> list[Batch]:
        """The messages of one batch: values beyond the limit of a message go ahead of it."""
        with self._lock:
            has = self._engines.get(action.engine)
            if has is None:
                return []  # lost meanwhile: EngineLost is on its way to the scheduler
            jobs = tuple(self._job(given) for given in action.tasks)
            values = self._values(jobs, has)
            functions = self._functions(jobs, has)
        configs = {job.spec.id: self._table.config(job.spec.id) for job in jobs}
        parts = list(_split(values))
        last = parts.pop() if parts else {}
        ahead = [self._message(action, (), Payload(values=part)) for part in parts]
        payload = Payload(
            functions, _without_empty(configs), _sources(self._table, functions), last
        )
        return [*ahead, self._message(action, jobs, payload)]

    def holders(self, objects: Iterable[ObjectId]) -> dict[EngineId, tuple[ObjectId, ...]]:
        """Engines that were given some of these objects, which are forgotten here."""
        objects = tuple(objects)
        with self._lock:
            found = {
                engine: tuple(one for one in objects if has.discard(one))
                for engine, has in self._engines.items()
            }
        return {engine: held for engine, held in found.items() if held}

    def _message(self, action: RunBatch, jobs: tuple[Job, ...], payload: Payload) -> Batch:
        brought = tuple(
            Brought(self._table.object(one), self._table.info(one)) for one in payload.values
        )
        return Batch(action.batch, action.session, jobs, action.on_error, payload, brought)

    def _job(self, given: Given) -> Job:
        spec = self._table.task(given.task)
        outputs = tuple(self._table.object(object_id) for object_id in spec.outputs)
        return Job(spec, given.assignment, outputs, given.publish, given.urgent)

    def _functions(self, jobs: Iterable[Job], has: Possessions) -> dict[str, bytes]:
        wanted = {job.spec.function for job in jobs if job.spec.function} - has.functions
        has.functions |= wanted
        return {key: self._table.function(key) for key in wanted}

    def _values(self, jobs: Iterable[Job], has: Possessions) -> dict[ObjectId, Value]:
        found: dict[ObjectId, Value] = {}
        for object_id in _foreign_inputs(job.spec for job in jobs):
            if object_id in has.values:
                has.values.move_to_end(object_id)
                continue
            try:
                value = self._reachable(self._table.value(object_id), has.host)
            except (KeyError, StoreError):
                continue  # the engine returns what needs it, and says what is missing
            found[object_id] = value
            has.add(object_id, value_size(value) if isinstance(value, Inline) else 0)
        return found

    def _reachable(self, value: Value, host: HostId) -> Value:
        """The value as an engine of that host can have it: by path, or in the message."""
        if isinstance(value, Inline) or value.host == host:
            return value
        if value.host != self._host:
            raise StoreError(f"{value.path} lies on host {value.host}, which gives nothing away")
        return Inline(_read(value), value.packed)


def _read(value: Stored) -> bytes:
    """Bytes of a value in this host's store, on their way to another host."""
    try:
        return Path(value.path).read_bytes()
    except OSError as error:
        raise StoreError(f"{value.path} cannot be read: {error.strerror}") from None


def _foreign_inputs(specs: Iterable[TaskSpec]) -> Iterator[ObjectId]:
    """Inputs that are not made by a task before, each once."""
    seen: set[ObjectId] = set()
    for spec in specs:
        for object_id in spec.inputs:
            if object_id not in seen:
                seen.add(object_id)
                yield object_id
        seen.update(spec.outputs)


def _split(values: dict[ObjectId, Value]) -> Iterator[dict[ObjectId, Value]]:
    """Pieces of at most the bytes that one message may carry; a larger value goes alone."""
    piece: dict[ObjectId, Value] = {}
    room = MESSAGE
    for object_id, value in values.items():
        size = len(value.data) if isinstance(value, Inline) else 0
        if piece and size > room:
            yield piece
            piece, room = {}, MESSAGE
        piece[object_id] = value
        room -= size
    if piece:
        yield piece


def _sources(table: Table, functions: Iterable[str]) -> dict[str, str]:
    """Text of these functions, for tracebacks; those that have none are left out."""
    texts = {key: table.source(key) for key in functions}
    return {key: text for key, text in texts.items() if text}


def _without_empty(configs: dict[TaskId, bytes]) -> dict[TaskId, bytes]:
    return {task: config for task, config in configs.items() if config}
