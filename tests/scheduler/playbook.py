"""A play: facts go in by `>>`, and `<<` says which actions must come of the last one.

An action that nobody claimed fails the play, at the next fact or when it is asserted. `unsaid`
drops verdicts, for plays that are about something else.
"""

from flowlab.events.messages import (
    EngineJoined,
    OnError,
    Reported,
    SessionOpened,
    Submitted,
)
from flowlab.model.ids import Assignment, EngineId, HostId, ObjectId, SessionId, TaskId, join_id
from flowlab.model.resources import ONE_CPU, Resources
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import Announce, Forget, Given, RunBatch
from flowlab.scheduler.machine import Scheduler

S = SessionId(1)


class Playbook:
    """A scheduler, and the actions of its last fact that nobody has claimed yet."""

    def __init__(self, scheduler=None, *, unsaid=False):
        self.scheduler = scheduler or Scheduler()
        self.facts = []
        self.at = 0.0
        self._unsaid = unsaid
        self._actions = []

    def __rshift__(self, fact):
        self._check()
        self.at += 1.0
        self.facts.append((fact, self.at))
        self._actions = self.scheduler.handle(fact, self.at)
        if self._unsaid:
            self._actions = [one for one in self._actions if not isinstance(one, Announce | Forget)]
        return self

    def __lshift__(self, expected):
        assert self._actions == expected, f"\nactions:  {self._actions}\nexpected: {expected}"
        self._actions = []
        return self

    def __bool__(self):
        self._check()
        return True

    def let(self, *facts):
        """Take facts whose actions are beside the point; gives all those actions."""
        self._check()
        found = []
        for fact in facts:
            self >> fact
            found += self._actions
            self._actions = []
        return found

    def state(self, number):
        return self.scheduler.explain(tid(number)).state

    def _check(self):
        assert not self._actions, f"nobody claimed {self._actions}"


def tid(number):
    return TaskId(join_id(S, number))


def oid(number):
    return ObjectId(join_id(S, number))


def opened(on_error=OnError.CONTINUE, session=S):
    return SessionOpened(session, "play", on_error)


def engine(number, host="h", slots=1):
    return EngineJoined(EngineId(number), HostId(host), slots)


def task(number, inputs=(), outputs=None, *, keep=False, cpus=1, **rest):
    """Task `number` makes object 100 + number, unless told otherwise; gives (spec, objects)."""
    made = [100 + number] if outputs is None else list(outputs)
    resources = rest.pop("resources", ONE_CPU if cpus == 1 else Resources(cpus=cpus))
    spec = TaskSpec(
        tid(number),
        rest.pop("kind", "python"),
        rest.pop("name", f"t{number}"),
        inputs=tuple(oid(one) for one in inputs),
        outputs=tuple(oid(one) for one in made),
        resources=resources,
        function=rest.pop("function", "f"),
        **rest,
    )
    return spec, tuple(ObjectSpec(oid(one), keep=keep) for one in made)


def submitted(*tasks, constants=(), sizes=()):
    objects = tuple(ObjectSpec(oid(one), constant=True) for one in constants)
    made = tuple(thing for _, things in tasks for thing in things)
    pairs = tuple((oid(number), size) for number, size in sizes)
    return Submitted(S, objects + made, tuple(spec for spec, _ in tasks), pairs)


def done(number, made=(), assignment=1, *, seconds=1.0, size=1):
    """A row of Reported.finished."""
    infos = tuple(ObjectInfo(oid(one), size) for one in made)
    return (tid(number), Assignment(assignment), 0.0, seconds, infos)


def reported(engine_number, **columns):
    return Reported(EngineId(engine_number), S, **columns)


def begun(engine_number, *numbers, assignment=1):
    rows = tuple((tid(one), Assignment(assignment), 0.0) for one in numbers)
    return reported(engine_number, started=rows)


def returned(engine_number, *numbers, reason="revoked", assignment=1, **columns):
    rows = tuple((tid(one), Assignment(assignment), reason) for one in numbers)
    return reported(engine_number, returned=rows, **columns)


def given(number, publish=(), assignment=1, *, urgent=False):
    return Given(tid(number), Assignment(assignment), tuple(oid(one) for one in publish), urgent)


def batches(actions):
    """(engine, tasks) of each batch that these actions give out, as plain numbers."""
    return [
        (one.engine, [row.task & 0xFFFF for row in one.tasks])
        for one in actions
        if isinstance(one, RunBatch)
    ]


def verdicts(actions, kind):
    return [
        one.verdict
        for one in actions
        if isinstance(one, Announce) and isinstance(one.verdict, kind)
    ]


def replay(facts):
    fresh = Scheduler()
    for fact, at in facts:
        fresh.handle(fact, at)
    return fresh.snapshot()
