"""Claims: the slots and amounts that a batch holds while it runs, and the limits it counts for.

A batch of tasks with `cpus=n` runs on one engine and holds n-1 further slots of its host, which
are slots of other engines. A claim is given back when each of the batch's assignments was settled.
"""

from flowlab.model.resources import is_there
from flowlab.scheduler.actions import HandBack
from flowlab.scheduler.books import Books
from flowlab.scheduler.records import Batch, Engine, Group, Host, Limit, Task

_ONE = Limit(1)


def free_slots(host: Host) -> int:
    """Slots of a host that nobody claims."""
    return sum(engine.slots - engine.used for engine in host.engines.values())


def is_allowed(group: Group) -> bool:
    """Whether the limits of its session leave room for one more batch of this group."""
    session = group.session
    for name in group.resources.limits:
        limit = session.limits.get(name, _ONE)
        if not limit.per_host and session.held.get(name, 0) >= limit.count:
            return False
    return True


def has_room(books: Books, host: Host, group: Group) -> bool:
    """Whether a host has what a batch of the group needs beside slots, within its limits."""
    session = group.session
    for name, amount in group.resources.amounts:
        if host.amounts.get(name, 0) + amount > books.amounts.get(name, 0):
            return False
    for name in group.resources.limits:
        limit = session.limits.get(name, _ONE)
        if limit.per_host and host.held.get((session.id, name), 0) >= limit.count:
            return False
    return True


def lacks_slots_only(books: Books, group: Group) -> bool:
    """Whether the group's tasks would run if slots were free, and nothing else were missing."""
    return group.is_plain() or any(
        suits(one, group) and has_room(books, one.host, group) for one in books.engines.values()
    )


def suits(engine: Engine, group: Group) -> bool:
    """Whether the group's tasks may run on this engine."""
    where = group.resources.where
    return not where or is_there(where, engine.id, engine.host.name)


def is_open(books: Books, host: Host, group: Group) -> bool:
    """Whether a host takes new work of this group: it is not kept free for another."""
    return books.reserved is None or books.reserved[0] is not host or books.reserved[1] is group


def claim(books: Books, batch: Batch) -> None:
    """Take what a batch needs: its engine's slot first, then the host's lowest free ones."""
    engine, resources = batch.engine, batch.group.resources
    _take(books, batch, engine, 1)
    wanted = resources.cpus - 1
    if wanted:
        for other in sorted(engine.host.engines.values(), key=lambda one: one.id):
            count = min(wanted, other.slots - other.used)
            if count > 0:
                _take(books, batch, other, count)
                wanted -= count
    for name, amount in resources.amounts:
        engine.host.amounts[name] = engine.host.amounts.get(name, 0) + amount
    _count(batch, 1)


def settle(books: Books, engine: Engine, task: Task) -> None:
    """One assignment of a batch is dealt with; the last one frees the batch's claim."""
    batch = engine.open.pop(task.id)[1]
    batch.open -= 1
    if batch.open == 1:
        books.stealable.pop(batch.id, None)
    if batch.open:
        return
    release(books, batch)
    behind = engine.waiting
    if behind is batch:
        engine.waiting = None
    elif behind is not None and engine.used < engine.slots:
        engine.waiting = None
        claim(books, behind)
        books.short[engine.id] = engine


def release(books: Books, batch: Batch) -> None:
    """Free what a batch holds, and strike it off."""
    engine = batch.engine
    engine.batches.pop(batch.id, None)
    books.stealable.pop(batch.id, None)
    books.short.pop(engine.id, None)
    if not batch.claims:
        return
    for other, count in batch.claims:
        other.used -= count
        if books.engines.get(other.id) is other:
            books.free[other.id] = other
    batch.claims = []
    resources = batch.group.resources
    for name, amount in resources.amounts:
        engine.host.amounts[name] -= amount
    _count(batch, -1)


def reserve(books: Books, group: Group) -> None:
    """Keep one host free until the group's oldest task fits: the one with the most free slots.

    Only narrower batches are handed back: two wide tasks would take each other's slots for ever.
    """
    cpus = group.resources.cpus
    fitting = [
        host
        for host in books.hosts.values()
        if host.slots >= cpus and any(suits(one, group) for one in host.engines.values())
    ]
    if not fitting or books.reserved is not None:
        return
    host = min(fitting, key=lambda one: (-free_slots(one), min(one.engines)))
    books.reserved = (host, group)
    for engine in host.engines.values():
        books.short.pop(engine.id, None)
        if any(one.group.resources.cpus < cpus for one in engine.batches.values()):
            books.act(HandBack(engine.id))


def check_reservation(books: Books) -> None:
    """Give a reserved host free again when nobody waits for it, or it has become too small."""
    if books.reserved is not None:
        host, group = books.reserved
        if not group.count or host.slots < group.resources.cpus:
            books.reserved = None


def _count(batch: Batch, one: int) -> None:
    """Count a batch for its limits, in all and on its host, whichever of them hold now."""
    session, held = batch.group.session, batch.engine.host.held
    for name in batch.group.resources.limits:
        session.held[name] = session.held.get(name, 0) + one
        here = (session.id, name)
        held[here] = held.get(here, 0) + one
        if not held[here]:
            del held[here]


def _take(books: Books, batch: Batch, engine: Engine, count: int) -> None:
    engine.used += count
    batch.claims.append((engine, count))
    if engine.used >= engine.slots:
        books.free.pop(engine.id, None)
