"""Joins the scheduler's actions with the object table into messages for one engine.

One rule: nothing is sent to an engine that it has already. What it has is remembered here, bounded;
what was forgotten, here or there, is sent again. A large object that lies on another host does not
travel in a message: the batch that reads it is given out as one that waits (waiting.py).
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import assert_never

import msgspec

from flowlab.cluster.port import Table
from flowlab.cluster.waiting import Waiting
from flowlab.errors import StoreError
from flowlab.events.messages import Reported
from flowlab.model.ids import EngineId, HostId, ObjectId, TaskId
from flowlab.model.limits import INLINE_OBJECT, MESSAGE, MIB
from flowlab.model.payload import AnyValue, Inline, Payload, Resting, Stored
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
    Dropped,
    HandedBack,
    Interrupted,
    Job,
    Revoked,
    Work,
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
    dropped: dict[ObjectId, None] = field(default_factory=dict)  # it was not told of these yet

    def add(self, object_id: ObjectId, size: int) -> None:
        """Remember a value; the oldest are forgotten when there are too many."""
        self.dropped.pop(object_id, None)
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
        self._host = host  # of this process
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

    def reported(self, engine: EngineId, reported: Reported) -> None:
        """Take note of what the engine has made, and of what it turned out not to have."""
        with self._lock:
            has = self._engines.get(engine)
            if has is None:
                return
            for row in reported.finished:
                for info in row[4]:
                    has.add(info.id, info.size if info.size <= INLINE_OBJECT else 0)
            for object_id in reported.missing:
                has.discard(object_id)
            if any(reason == FUNCTION_ABSENT for _, _, reason in reported.returned):
                has.functions.clear()

    def messages(self, action: ClusterAction) -> list[tuple[EngineId, Work | Waiting]]:
        """What to say to whom; what waits is not to be said yet."""
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
                self._note_dropped(action.objects)
                return []
            case EndSession():
                with self._lock:
                    engines = tuple(self._engines)
                return [(engine, Dropped(sessions=(action.session,))) for engine in engines]
            case _:
                assert_never(action)

    def batches(self, action: RunBatch) -> list[Batch | Waiting]:
        """The messages of one batch: values beyond the limit of a message go ahead of it."""
        with self._lock:
            has = self._engines.get(action.engine)
            if has is None:
                return []  # lost meanwhile: EngineLost is on its way to the scheduler
            jobs = tuple(self._job(given) for given in action.tasks)
            dropped = tuple(has.dropped)
            has.dropped.clear()
            values, wants = self._values(jobs, has)
            functions = self._functions(jobs, has)
        configs = {job.spec.id: self._table.config(job.spec.id) for job in jobs}
        parts = list(_split(values))
        last = parts.pop() if parts else {}
        ahead = [self._message(action, (), Payload(values=part)) for part in parts]
        payload = Payload(
            functions, _without_empty(configs), _sources(self._table, functions), last
        )
        first, *rest = [*ahead, self._message(action, jobs, payload)]
        made = [msgspec.structs.replace(first, dropped=dropped) if dropped else first, *rest]
        if not wants:
            return [*made]
        brought = {one: self._brought(one) for one in wants}
        points = {one: point for one in wants if (point := self._table.stage_point(one))}
        return [*made[:-1], Waiting(made[-1], wants, brought, points)]

    def given(self, engine: EngineId, objects: Iterable[ObjectId]) -> None:
        """An engine was told where large objects lie on its host."""
        with self._lock:
            if engine in self._engines:
                for object_id in objects:
                    self._engines[engine].add(object_id, 0)

    def stored(self, objects: Iterable[ObjectId]) -> list[ObjectId]:
        """Those of these objects that lie in a store."""
        return [one for one in objects if self._is_stored(one)]

    def sweep(self) -> list[tuple[EngineId, Work]]:
        """Tell engines what nobody needs any longer, as far as no batch has told them."""
        with self._lock:
            found: list[tuple[EngineId, Work]] = []
            for engine, has in self._engines.items():
                if has.dropped:
                    found.append((engine, Dropped(objects=tuple(has.dropped))))
                    has.dropped.clear()
            return found

    def _note_dropped(self, objects: Iterable[ObjectId]) -> None:
        """Who has them hears of it with its next batch, or by `sweep`: it is in no hurry."""
        with self._lock:
            for has in self._engines.values():
                has.dropped.update((one, None) for one in objects if has.discard(one))

    def _message(self, action: RunBatch, jobs: tuple[Job, ...], payload: Payload) -> Batch:
        brought = tuple(map(self._brought, payload.values))
        level = self._table.log_level(action.session)
        return Batch(
            action.batch, action.session, jobs, action.on_error, payload, brought, level=level
        )

    def _brought(self, object_id: ObjectId) -> Brought:
        return Brought(self._table.object(object_id), self._table.info(object_id))

    def _is_stored(self, object_id: ObjectId) -> bool:
        try:
            return not isinstance(self._table.value(object_id), Inline)
        except (KeyError, StoreError):
            return False  # it never left its engine, which removes it

    def _job(self, given: Given) -> Job:
        spec = self._table.task(given.task)
        outputs = tuple(self._table.object(object_id) for object_id in spec.outputs)
        return Job(spec, given.assignment, outputs, given.publish, given.urgent)

    def _functions(self, jobs: Iterable[Job], has: Possessions) -> dict[str, bytes]:
        wanted = {job.spec.function for job in jobs if job.spec.function} - has.functions
        has.functions |= wanted
        return {key: self._table.function(key) for key in wanted}

    def _values(
        self, jobs: Iterable[Job], has: Possessions
    ) -> tuple[dict[ObjectId, AnyValue], dict[ObjectId, Resting]]:
        """What an engine lacks: what it can be given now, and what is not on its host."""
        found: dict[ObjectId, AnyValue] = {}
        wants: dict[ObjectId, Resting] = {}
        for object_id in _foreign_inputs(job.spec for job in jobs):
            if object_id in has.values:
                has.values.move_to_end(object_id)
                continue
            try:
                value = self._table.value(object_id)
            except (KeyError, StoreError):
                continue  # the engine returns what needs it, and says what is missing
            if not isinstance(value, Inline) and not _lies_on(value, has.host):
                wants[object_id] = value
                continue
            found[object_id] = value
            has.add(object_id, len(value.data) if isinstance(value, Inline) else 0)
        return found, wants


def _lies_on(value: Resting, host: HostId) -> bool:
    return isinstance(value, Stored) and value.host == host


def _foreign_inputs(specs: Iterable[TaskSpec]) -> Iterator[ObjectId]:
    """Inputs that are not made by a task before, each once."""
    seen: set[ObjectId] = set()
    for spec in specs:
        for object_id in spec.inputs:
            if object_id not in seen:
                seen.add(object_id)
                yield object_id
        seen.update(spec.outputs)


def _split(values: dict[ObjectId, AnyValue]) -> Iterator[dict[ObjectId, AnyValue]]:
    """Pieces of at most the bytes that one message may carry; a larger value goes alone."""
    piece: dict[ObjectId, AnyValue] = {}
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
