"""What an engine says it did.

The fence against late, double and false reports: a row counts only if this very assignment is
open on this very engine. Then it settles its batch, and it changes the task unless the task has
ended meanwhile.
"""

from collections.abc import Iterable

from flowlab.events.messages import Reported
from flowlab.model.ids import Assignment, ObjectId, TaskId
from flowlab.model.limits import BUDGET_SECONDS
from flowlab.model.specs import ObjectInfo
from flowlab.scheduler.actions import Interrupt
from flowlab.scheduler.books import Books
from flowlab.scheduler.endings import cancel, condemn, fail
from flowlab.scheduler.hosts import settle
from flowlab.scheduler.lineage import PATIENCE, arrive, give_back, lose, remake
from flowlab.scheduler.records import Batch, Cost, Engine, Object, Session, Task
from flowlab.scheduler.removal import finish_reading, forget_if_unneeded, loosen
from flowlab.scheduler.states import FINAL, GIVEN, State

INPUT_ABSENT = "input absent"
_WEIGHT = 0.3  # of the newest time in the running mean
FORGIVEN = 20  # short tasks after which a function is not thought to hold the GIL any longer


def report(books: Books, fact: Reported) -> None:
    """Take in what an engine did, in an order that lets what came be there for what goes back."""
    engine = books.engines.get(fact.engine)
    session = books.sessions.get(fact.session)
    if engine is None:
        _discard(books, session, (info for row in fact.finished for info in row[4]))
        _discard(books, session, fact.published)
        return
    _learn_selfish(engine, session, fact.held_gil)
    for task_id, assignment, _ in fact.started:
        _start(books, engine, task_id, assignment)
    for row in fact.finished:
        task = _settled(books, engine, row[0], row[1])
        if task is None:
            _discard(books, session, row[4])
        else:
            _finish(books, engine, task, row[3] - row[2], row[4])
    _publish(books, engine, session, fact.published)
    for task_id, assignment, _, _, failure in fact.failed:
        if (task := _settled(books, engine, task_id, assignment)) is not None:
            fail(books, task, failure)
    for task_id, assignment in fact.cancelled:
        if (task := _settled(books, engine, task_id, assignment)) is not None:
            cancel(books, [task], "interrupted on its engine")
    for task_id, assignment, reason in fact.returned:
        if (task := _settled(books, engine, task_id, assignment)) is not None:
            _return(books, task, reason, fact.missing)


def _settled(books: Books, engine: Engine, task_id: TaskId, assignment: Assignment) -> Task | None:
    """The task of an open assignment that is hereby settled; None when the row is to be ignored."""
    entry = engine.open.get(task_id)
    if entry is None or entry[0] != assignment:
        return None
    task = entry[2]
    settle(books, engine, task)
    return task if task.state in GIVEN and task.assignment == assignment else None


def _start(books: Books, engine: Engine, task_id: TaskId, assignment: Assignment) -> None:
    entry = engine.open.get(task_id)
    if entry is None or entry[0] != assignment:
        return
    task = entry[2]
    if task.state is State.ASSIGNED:
        books.move(task, State.RUNNING)
    elif task.state is not State.RUNNING:
        # It had begun when it was cancelled, and that could not be known: revoking came too late.
        books.act(Interrupt(engine.id, task_id, assignment))


def _learn_selfish(engine: Engine, session: Session | None, tasks: Iterable[TaskId]) -> None:
    for task_id in tasks:
        entry = engine.open.get(task_id)
        if entry is not None:
            entry[2].cost.selfish = FORGIVEN
        elif session is not None and (task := session.tasks.get(task_id)) is not None:
            task.cost.selfish = FORGIVEN


def _learn(cost: Cost, seconds: float) -> None:
    known = cost.seconds
    seconds = max(seconds, 0.0)
    if cost.selfish and seconds < BUDGET_SECONDS:
        cost.selfish -= 1
    cost.seconds = seconds if known is None else known + _WEIGHT * (seconds - known)


def _finish(
    books: Books, engine: Engine, task: Task, seconds: float, infos: tuple[ObjectInfo, ...]
) -> None:
    _learn(task.cost, seconds)
    batch = task.batch
    books.move(task, State.FINISHED)
    task.batch = None
    task.alone = False
    session = task.session
    session.unfinished.pop(task.id, None)
    if books.choosy:
        books.choosy.pop(task.id, None)
    inputs, outputs = task.inputs, task.outputs
    if infos:
        _arrive(books, engine, task, infos)
    for thing in outputs:
        if not thing.available and (thing.kept or thing.asked or thing.waiting):
            _check_unpublished(books, task, thing, batch)
    finish_reading(books, session, inputs)  # after the check: the task may have to run again
    for thing in outputs:
        loosen(books, session, thing)
    forget_if_unneeded(books, task)


def _arrive(books: Books, engine: Engine, task: Task, infos: tuple[ObjectInfo, ...]) -> None:
    mine = {thing.id: thing for thing in task.outputs}
    for info in infos:
        thing = mine.get(info.id)
        if thing is None:
            _discard(books, task.session, (info,))
        else:
            arrive(books, thing, info.size, engine.host.id)


def _check_unpublished(books: Books, task: Task, thing: Object, batch: Batch | None) -> None:
    """An output stayed on the engine: make it again if somebody outside the batch reads it."""
    if thing.available or task.state is not State.FINISHED:
        return
    if thing.asked:
        task.absent += 1
    elif not thing.kept and not _has_reader_outside(task.session, thing, batch):
        return
    if task.absent >= PATIENCE:
        remake(books, thing)
        condemn(
            books, task, f"its output {thing.label or thing.id} never came, though it ended well"
        )
    elif thing.kept or thing.waiting:
        remake(books, thing)


def _has_reader_outside(session: Session, thing: Object, batch: Batch | None) -> bool:
    return thing.id in session.awaited or any(
        reader.batch is not batch
        for reader in thing.consumers.values()
        if reader.state not in FINAL
    )


def _publish(
    books: Books, engine: Engine, session: Session | None, infos: Iterable[ObjectInfo]
) -> None:
    """Objects that had stayed in a batch, and that its returned tail needs."""
    for info in infos:
        thing = session.objects.get(info.id) if session is not None else None
        producer = thing.producer if thing is not None else None
        if (
            session is None
            or thing is None
            or producer is None
            or producer.engine != engine.id
            or producer.state is not State.FINISHED
        ):
            _discard(books, session, (info,))
            continue
        arrive(books, thing, info.size, engine.host.id)
        loosen(books, session, thing)


def _return(books: Books, task: Task, reason: str, missing: tuple[ObjectId, ...]) -> None:
    if not reason.startswith(INPUT_ABSENT):
        give_back(books, task, reason)
        return
    absent = set(missing)
    believed = [thing for thing in task.inputs if thing.available and thing.id in absent]
    task.absent += bool(believed)
    give_back(books, task, reason)
    if task.absent >= PATIENCE:
        task.absent = 0
        for thing in believed:
            lose(books, thing, f"it was absent {PATIENCE} times where it was read")


def _discard(books: Books, session: Session | None, infos: Iterable[ObjectInfo]) -> None:
    """Values of a report that does not count: remove those that nobody will ever need."""
    for info in infos:
        if session is None or info.id not in session.objects:
            books.drop((info.id,))
