"""Engines that come, go and come back, and bytes that vanish.

When an engine died while it ran something, the board names the culprit. Without a board whatever
may have run is suspect: it is given out again, each alone, so that the next death names it.
"""

from flowlab.events.messages import EngineJoined, EngineLost, EngineResumed, ObjectsLost
from flowlab.model.ids import TaskId, session_of
from flowlab.model.limits import KILLED_ENGINES
from flowlab.scheduler.actions import Interrupt
from flowlab.scheduler.books import Books
from flowlab.scheduler.endings import condemn
from flowlab.scheduler.hosts import release, settle
from flowlab.scheduler.lineage import give_back, lose
from flowlab.scheduler.records import Engine, Host, Task
from flowlab.scheduler.states import GIVEN, State

NEVER_REACHED = "it never reached its engine"


def join(books: Books, fact: EngineJoined) -> None:
    """An engine can be given work."""
    books.unavailable = None
    if fact.engine in books.engines:
        return
    host = books.hosts.get(fact.host)
    if host is None:
        host = books.hosts[fact.host] = Host(fact.host, fact.name or fact.host)
    engine = Engine(fact.engine, host, fact.slots)
    host.engines[engine.id] = engine
    host.slots += engine.slots
    books.engines[engine.id] = engine
    if engine.slots > 0:
        books.free[engine.id] = engine


def lose_engine(books: Books, fact: EngineLost) -> None:
    """Take back all that a dead engine had, and blame who killed it."""
    engine = books.engines.get(fact.engine)
    if engine is None:
        return
    lost = [
        task
        for assignment, _, task in engine.open.values()
        if task.state in GIVEN and task.assignment == assignment
    ]
    culprits, suspects = _find_guilty(fact, lost)
    _remove(books, engine)
    for task in lost:
        task.batch = None  # there is nobody left who could be asked to stop it
    for task in culprits:
        task.failures += 1
    for task in suspects:
        task.alone = True
    for task in lost:
        if task.state not in GIVEN:  # its session failed because of another one of these
            continue
        message = _verdict(task, fact.reason)
        if message is not None:
            condemn(books, task, message)
        else:
            give_back(books, task, f"engine {engine.id} was lost: {fact.reason}")


def resume(books: Books, fact: EngineResumed) -> None:
    """An engine's link is up again: what it does not hold never reached it."""
    engine = books.engines.get(fact.engine)
    if engine is None:
        return
    held = dict(fact.held)
    for task_id, (assignment, _, task) in list(engine.open.items()):
        if held.pop(task_id, None) == assignment:
            continue
        settle(books, engine, task)
        if task.state in GIVEN and task.assignment == assignment:
            give_back(books, task, NEVER_REACHED)
    for task_id, assignment in held.items():  # it holds what is no longer wanted of it
        if task_id not in engine.open:
            books.act(Interrupt(engine.id, task_id, assignment))


def lose_objects(books: Books, fact: ObjectsLost) -> None:
    """Bytes vanished from a store."""
    for object_id in fact.objects:
        session = books.sessions.get(session_of(object_id))
        thing = session.objects.get(object_id) if session is not None else None
        if thing is not None:
            lose(books, thing, fact.reason)


def _find_guilty(fact: EngineLost, lost: list[Task]) -> tuple[list[Task], list[Task]]:
    """Culprits and suspects among the tasks of a dead engine."""
    if fact.deliberate:
        return [], []
    if fact.culprits is not None:
        named: set[tuple[TaskId, int]] = set(fact.culprits)
        return [task for task in lost if (task.id, task.assignment) in named], []
    suspects = [task for task in lost if task.state is State.RUNNING]
    if not suspects:
        # None was reported to have begun, and reports lag: all of the running batch is suspect.
        suspects = [task for task in lost if task.batch is not None and task.batch.claims]
    return (suspects, []) if len(suspects) == 1 else ([], suspects)


def _remove(books: Books, engine: Engine) -> None:
    for batch in list(engine.batches.values()):
        release(books, batch)
    engine.open.clear()
    engine.waiting = None
    del books.engines[engine.id]
    books.free.pop(engine.id, None)
    books.short.pop(engine.id, None)
    host = engine.host
    del host.engines[engine.id]
    host.slots -= engine.slots
    if not host.engines:
        del books.hosts[host.id]
        if books.reserved is not None and books.reserved[0] is host:
            books.reserved = None


def _verdict(task: Task, reason: str) -> str | None:
    """Why a task that was on a dead engine may not run again, or None."""
    name = task.name or task.id
    if task.retries == 0:
        return f"task {name!r} may run at most once (retries=0), and its engine was lost: {reason}"
    if task.retries is None:
        too_many = task.failures >= KILLED_ENGINES
    else:
        too_many = task.failures > task.retries
    if not too_many:
        return None
    engines = "an engine" if task.failures == 1 else f"{task.failures} engines"
    return f"task {name!r} killed {engines}; the last one: {reason}"
