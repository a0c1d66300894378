"""Batches that wait until what they read is on their engine's host. Pure.

A batch is cut into parts that hang together. Those that lack nothing go at once, with all that the
batch brings; each other part goes when the last object that it reads has come. The one rule: what
waits here counts as being on its engine, so whatever takes tasks back from there asks here as well.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import msgspec

from flowlab.cluster.relay import Why
from flowlab.events.messages import Reported
from flowlab.model.ids import Assignment, EngineId, HostId, ObjectId, SessionId, TaskId
from flowlab.model.payload import Payload, Resting, Stored
from flowlab.model.specs import Failure
from flowlab.worker.ledger import INPUT_ABSENT
from flowlab.worker.messages import Batch, Brought, Job

Key = tuple[TaskId, Assignment]


class Waiting(NamedTuple):
    """A batch with objects that are not on its engine's host.

    wants    where their makers left them
    brought  what its engine must know of them
    points   stage points that they are to go by; those that go in pieces are left out
    """

    batch: Batch
    wants: dict[ObjectId, Resting]
    brought: dict[ObjectId, Brought]
    points: Mapping[ObjectId, str] = {}


@dataclass(slots=True)
class _Part:
    """Tasks that read what others of them make, and the objects that they lack."""

    jobs: list[Job]
    lacks: set[ObjectId]


@dataclass(slots=True)
class _Guest:
    """A batch of which some parts wait; `came` are objects that they read and that are there."""

    engine: EngineId
    host: HostId
    waiting: Waiting
    parts: list[_Part]
    came: dict[ObjectId, Stored] = field(default_factory=dict)


class WaitingRoom:
    """All batches that wait, by engine."""

    def __init__(self) -> None:
        self._guests: dict[EngineId, list[_Guest]] = {}

    def hold(self, engine: EngineId, host: HostId, waiting: Waiting) -> Batch:
        """Keep what must wait; gives what goes at once, which may be nothing but what it brings."""
        batch, wants = waiting.batch, waiting.wants
        parts = _cut(batch.jobs, wants)
        ready = [job for part in parts if not part.lacks for job in part.jobs]
        guest = _Guest(engine, host, waiting, [part for part in parts if part.lacks])
        if guest.parts:
            self._guests.setdefault(engine, []).append(guest)
        configs = _configs(batch, ready)
        payload = msgspec.structs.replace(batch.payload, configs=configs)
        return msgspec.structs.replace(batch, jobs=_in_order(batch, ready), payload=payload)

    def came(self, object_id: ObjectId, host: HostId, value: Stored) -> None:
        """An object is there."""
        for guest in self._on(host):
            if object_id in guest.waiting.wants:
                guest.came[object_id] = value
                for part in guest.parts:
                    part.lacks.discard(object_id)

    def failed(
        self, object_id: ObjectId, host: HostId, why: Why, fault: str, at: float
    ) -> list[Reported]:
        """An object does not come: what reads it fails where its host refused it, else goes back.

        at  now, s since the epoch
        """
        facts = []
        for guest in self._on(host):
            readers = [
                job
                for part in guest.parts
                if object_id in part.lacks
                for job in part.jobs
                if object_id in job.spec.inputs
            ]
            for part in guest.parts:
                part.lacks.discard(object_id)
            keys = _take_out(guest, {_key(job) for job in readers})
            if keys and why is Why.REFUSED:
                label = guest.waiting.brought[object_id].spec.label or str(object_id)
                failure = Failure(f"its input {label} cannot be brought to its host: {fault}")
                rows = tuple((*key, at, at, failure) for key in keys)
                facts.append(Reported(guest.engine, guest.waiting.batch.session, failed=rows))
            elif keys:
                facts.append(_returned(guest, keys, INPUT_ABSENT, (object_id,)))
        return facts

    def leave(self) -> Iterator[tuple[EngineId, Batch]]:
        """What lacks nothing any longer goes to its engine."""
        for engine, guests in list(self._guests.items()):
            for guest in guests:
                ready = [job for part in guest.parts if not part.lacks for job in part.jobs]
                guest.parts = [part for part in guest.parts if part.lacks]
                if ready:
                    yield engine, _release(guest, ready)
            self._tidy(engine)

    def take_back(
        self, engine: EngineId, keys: Iterable[Key] | None, reason: str
    ) -> list[Reported]:
        """Return these tasks, or all that wait for this engine."""
        wanted = None if keys is None else set(keys)
        facts = [
            _returned(guest, taken, reason)
            for guest in self._guests.get(engine, ())
            if (taken := _take_out(guest, wanted))
        ]
        self._tidy(engine)
        return facts

    def end_session(self, session: SessionId, reason: str) -> list[Reported]:
        """Return all tasks of a session."""
        facts = [
            _returned(guest, _take_out(guest, None), reason)
            for guests in self._guests.values()
            for guest in guests
            if guest.waiting.batch.session == session
        ]
        for engine in list(self._guests):
            self._tidy(engine)
        return facts

    def gone(self, engine: EngineId) -> None:
        """An engine is lost, and what waited for it was given back by that."""
        self._guests.pop(engine, None)

    def __len__(self) -> int:
        """Tasks that wait."""
        return sum(
            len(part.jobs)
            for guests in self._guests.values()
            for guest in guests
            for part in guest.parts
        )

    def _on(self, host: HostId) -> list[_Guest]:
        return [guest for guests in self._guests.values() for guest in guests if guest.host == host]

    def _tidy(self, engine: EngineId) -> None:
        left = [guest for guest in self._guests.pop(engine, ()) if guest.parts]
        if left:
            self._guests[engine] = left


def _cut(jobs: Iterable[Job], wants: Iterable[ObjectId]) -> list[_Part]:
    """Parts of a batch that have nothing to do with each other."""
    wanted = set(wants)
    makers: dict[ObjectId, _Part] = {}
    parts: dict[int, _Part] = {}
    for job in jobs:
        mine = {id(makers[one]): makers[one] for one in job.spec.inputs if one in makers}
        part, *others = sorted(mine.values(), key=lambda one: -len(one.jobs)) or [_Part([], set())]
        parts[id(part)] = part
        part.jobs.append(job)
        part.lacks |= wanted.intersection(job.spec.inputs)
        makers.update(dict.fromkeys(job.spec.outputs, part))
        for other in others:  # the smaller ones into the largest
            _merge(part, other, makers)
            del parts[id(other)]
    return list(parts.values())


def _merge(part: _Part, other: _Part, makers: dict[ObjectId, _Part]) -> None:
    part.jobs += other.jobs
    part.lacks |= other.lacks
    for job in other.jobs:
        makers.update(dict.fromkeys(job.spec.outputs, part))


def _take_out(guest: _Guest, keys: set[Key] | None) -> list[Key]:
    """Strike these tasks off, or all; gives those that were there."""
    taken = []
    for part in guest.parts:
        mine = [_key(job) for job in part.jobs if keys is None or _key(job) in keys]
        taken += mine
        gone = set(mine)
        part.jobs = [job for job in part.jobs if _key(job) not in gone]
    guest.parts = [part for part in guest.parts if part.jobs]
    return taken


def _release(guest: _Guest, jobs: list[Job]) -> Batch:
    batch = guest.waiting.batch
    read = {one for job in jobs for one in job.spec.inputs}
    values = {one: value for one, value in guest.came.items() if one in read}
    payload = Payload(configs=_configs(batch, jobs), values=dict(values))
    brought = tuple(guest.waiting.brought[one] for one in values)
    jobs_now = _in_order(batch, jobs)  # `dropped` went with what went at once
    return msgspec.structs.replace(
        batch, jobs=jobs_now, payload=payload, brought=brought, dropped=()
    )


def _in_order(batch: Batch, jobs: Iterable[Job]) -> tuple[Job, ...]:
    chosen = {_key(job) for job in jobs}
    return tuple(job for job in batch.jobs if _key(job) in chosen)


def _configs(batch: Batch, jobs: Iterable[Job]) -> dict[TaskId, bytes]:
    configs = batch.payload.configs
    return {job.spec.id: configs[job.spec.id] for job in jobs if job.spec.id in configs}


def _returned(
    guest: _Guest, keys: list[Key], reason: str, missing: tuple[ObjectId, ...] = ()
) -> Reported:
    rows = tuple((*key, reason) for key in keys)
    session = guest.waiting.batch.session
    return Reported(guest.engine, session, returned=rows, missing=missing)


def _key(job: Job) -> Key:
    return job.spec.id, job.assignment
