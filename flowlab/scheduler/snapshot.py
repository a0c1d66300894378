"""The scheduler's whole state as plain data: two schedulers that agree have equal snapshots."""

from flowlab.scheduler.books import Books
from flowlab.scheduler.records import Batch, Engine, Object, Session, Task
from flowlab.scheduler.states import State


def take_snapshot(books: Books) -> dict[str, object]:
    """All that is known."""
    return {
        "sessions": {one.id: _session(one) for one in books.sessions.values()},
        "engines": {one.id: _engine(one) for one in books.engines.values()},
        "hosts": {
            one.id: (one.name, one.slots, sorted(one.engines), dict(one.amounts), dict(one.held))
            for one in books.hosts.values()
        },
        "ready": sorted(
            (task.order, task.id)
            for group in books.ready
            for task in group.session.unfinished.values()
            if task.state is State.READY and task.group is group
        ),
        "costs": {key: (one.seconds, one.selfish) for key, one in books.costs.items()},
        "free": sorted(books.free),
        "short": sorted(books.short),
        "stealable": sorted(books.stealable),
        "reserved": books.reserved
        and (books.reserved[0].id, books.reserved[1].session.id, books.reserved[1].resources),
        "capacity": (books.largest, books.wanted, books.unavailable),
        "counters": (books.order, books.batch, books.at),
    }


def _session(session: Session) -> dict[str, object]:
    return {
        "said": (session.name, session.on_error, session.failed),
        "tasks": {one.id: _task(one) for one in session.tasks.values()},
        "unfinished": sorted(session.unfinished),
        "awaited": sorted(session.awaited),
        "limits": (dict(session.limits), {key: n for key, n in session.held.items() if n}),
        "objects": {one.id: _object(one) for one in session.objects.values()},
        "ended": dict(session.ended),
        "groups": {one.resources: one.count for one in session.groups.values()},
    }


def _task(task: Task) -> tuple[object, ...]:
    batch = task.batch.id if task.batch is not None else None
    return (
        task.name, task.order, task.state, task.missing, task.live, task.assignment, batch,
        task.engine, task.failures, task.alone, task.absent, task.returns, task.reason,
        tuple(thing.id for thing in task.inputs), tuple(thing.id for thing in task.outputs),
    )  # fmt: skip


def _object(thing: Object) -> tuple[object, ...]:
    return (
        thing.kept, thing.constant, thing.size, thing.available, thing.waiting, thing.asked,
        thing.doomed, thing.losses, sorted(thing.consumers), sorted(thing.hosts or ()),
        thing.producer.id if thing.producer is not None else None,
    )  # fmt: skip


def _engine(engine: Engine) -> dict[str, object]:
    return {
        "slots": (engine.host.id, engine.slots, engine.used),
        "open": {key: (one[0], one[1].id) for key, one in engine.open.items()},
        "batches": {one.id: _batch(one) for one in engine.batches.values()},
        "waiting": engine.waiting.id if engine.waiting is not None else None,
    }


def _batch(batch: Batch) -> tuple[object, ...]:
    claims = tuple((engine.id, count) for engine, count in batch.claims)
    return (tuple(task.id for task in batch.tasks), batch.open, batch.expected, claims)
