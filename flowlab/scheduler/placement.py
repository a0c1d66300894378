"""Which engine gets the next batch.

The free engine that must fetch the fewest bytes; ties go to the least busy, then to the lowest id,
so the same facts give the same choice. Older tasks come first. A task that needs many slots and
finds none reserves a host when it is the oldest. After Rain's ReactiveScheduler
(rain_server/src/server/scheduler.rs), without its bonus for cpus.
"""

from math import ceil

from flowlab.model.ids import HostId
from flowlab.model.limits import INLINE_OBJECT
from flowlab.scheduler.batches import give
from flowlab.scheduler.books import Books
from flowlab.scheduler.hosts import (
    check_reservation,
    free_slots,
    has_room,
    is_allowed,
    is_open,
    lacks_slots_only,
    reserve,
    suits,
)
from flowlab.scheduler.records import Batch, Engine, Group, Task
from flowlab.scheduler.states import State

STEAL_SECONDS = 0.005  # expected work below this is not worth being taken back


def place(books: Books) -> None:
    """Give out all that can be given out."""
    check_reservation(books)
    if books.ready and books.engines:
        shares: dict[Group, int] = {}
        _place_free(books, shares)
        if books.ready and books.short:
            _place_behind(books, shares)
    if books.stealable and books.free:
        _steal(books)


def _place_free(books: Books, shares: dict[Group, int]) -> None:
    blocked: set[Group] = set()
    headed = False  # the oldest group that only lacks slots was met
    while (found := _oldest(books, blocked)) is not None:
        group, task = found
        allowed = is_allowed(group)
        engine = choose(books, group, task) if allowed and books.free else None
        if engine is not None:
            if books.reserved is not None and books.reserved[1] is group:
                books.reserved = None
                blocked.clear()  # older tasks may have the host again
                headed = False
            give(books, engine, group, _share(books, shares, group))
            continue
        blocked.add(group)
        if allowed and not headed and lacks_slots_only(books, group):
            headed = True
            if group.resources.cpus > 1:
                reserve(books, group)
        if headed and not books.free:
            return


def _share(books: Books, shares: dict[Group, int], group: Group) -> int:
    """Ready tasks of a group that one engine may take; the same for all engines of one round."""
    if group not in shares:
        shares[group] = ceil(group.count / len(books.engines))
    return shares[group]


def _oldest(books: Books, blocked: set[Group]) -> tuple[Group, Task] | None:
    best: tuple[Group, Task] | None = None
    for group in books.ready:
        if group not in blocked:
            task = books.head(group)
            if task is not None and (best is None or task.order < best[1].order):
                best = (group, task)
    return best


def choose(books: Books, group: Group, task: Task) -> Engine | None:
    """The free engine that suits, and must fetch the fewest bytes for this task; or None."""
    cpus = group.resources.cpus
    best: tuple[tuple[int, int, int], Engine] | None = None
    fetches: dict[HostId, int | None] = {}  # None: the host does not take it
    for engine in books.free.values():
        host = engine.host
        if not suits(engine, group):
            continue
        if host.id not in fetches:
            fits = (
                is_open(books, host, group)
                and (cpus == 1 or free_slots(host) >= cpus)
                and has_room(books, host, group)
            )
            fetches[host.id] = fetched_bytes(task, host.id) if fits else None
        fetched = fetches[host.id]
        if fetched is not None:
            rank = (fetched, engine.used, engine.id)
            if best is None or rank < best[0]:
                best = (rank, engine)
    return best[1] if best else None


def fetched_bytes(task: Task, host: HostId) -> int:
    """Bytes that a host must fetch before it can run the task; small objects do not count."""
    return sum(
        thing.size
        for thing in task.inputs
        if thing.size > INLINE_OBJECT and (thing.hosts is None or host not in thing.hosts)
    )


def _place_behind(books: Books, shares: dict[Group, int]) -> None:
    """Let a second batch wait on engines whose first one will be over in a moment."""
    for engine in list(books.short.values()):
        plain = {group for group in books.ready if not group.is_plain()}
        found = _oldest(books, plain)
        if found is None:
            return
        group, task = found
        if task.cost.seconds is None or task.is_solitary():
            return
        if is_open(books, engine.host, group):
            give(books, engine, group, _share(books, shares, group), behind=True)


def _steal(books: Books) -> None:
    """Some engines are idle: ask for a part of the batch that has the most left to do."""
    idle = sum(
        books.reserved is None or engine.host is not books.reserved[0]
        for engine in books.free.values()
        if not engine.open
    )
    if not idle:
        return
    batch = max(books.stealable.values(), key=lambda one: (one.expected, one.open, -one.id))
    del books.stealable[batch.id]  # each batch is asked once
    for task in _loot(batch, idle):
        books.stop(task)


def _loot(batch: Batch, idle: int) -> list[Task]:
    """The share to take back, with what inside the batch reads from it; from the end."""
    mine = [task for task in batch.tasks if task.batch is batch]
    roots = [task for task in mine if task.state is State.ASSIGNED and not task.missing]
    if batch.claims and not any(task.state is State.RUNNING for task in mine):
        roots = roots[1:]  # it has very likely begun
    take = ceil(len(roots) * idle / (idle + 1)) if roots else 0
    taken = dict.fromkeys(roots[len(roots) - take :])
    seconds = [task.cost.seconds for task in taken]
    known = sum(one for one in seconds if one is not None)
    if None not in seconds and known < STEAL_SECONDS:
        return []
    for task in mine:
        if task.state is State.ASSIGNED and any(one.producer in taken for one in task.inputs):
            taken[task] = None
    return list(taken)
