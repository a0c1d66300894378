"""Taking in a piece of a graph. What is wrong with it condemns a task; it never raises.

The user's side has checked it already (graph/checks.py); what comes here twice, because its
acknowledgement was lost, is ignored.
"""

from collections.abc import Iterable

from flowlab.events.messages import CapacityKnown, EnginesUnavailable, Submitted, TasksCancelled
from flowlab.model.ids import ObjectId, TaskId
from flowlab.model.resources import describe_hosts, is_there
from flowlab.model.specs import ObjectSpec, TaskSpec
from flowlab.scheduler.books import Books
from flowlab.scheduler.endings import CAUSE_FAILED, condemn, skip
from flowlab.scheduler.records import Cost, Ended, Group, Object, Session, Task
from flowlab.scheduler.removal import loosen
from flowlab.scheduler.states import FINAL, State

COSTS = 10_000  # functions whose times are remembered; the oldest is forgotten


def submit(books: Books, fact: Submitted) -> None:
    """Take in objects and tasks, and have ready what can run."""
    session = books.sessions.get(fact.session)
    if session is None:
        _refuse(books, fact, "its session is closed")
        return
    if session.failed is not None:
        _refuse(books, fact, CAUSE_FAILED)
        return
    specs = {spec.id: spec for spec in fact.objects}
    _add_constants(session, fact)
    new = [
        spec for spec in fact.tasks if spec.id not in session.tasks and spec.id not in session.ended
    ]
    tasks = [_new_task(books, session, spec) for spec in new]
    wrong: dict[TaskId, str] = {}
    for task, spec in zip(tasks, new, strict=True):
        _add_outputs(session, task, spec, specs, wrong)
    tangled = False
    for task, spec in zip(tasks, new, strict=True):
        tangled |= _connect(session, task, spec, wrong)
    if tangled:
        wrong.update(dict.fromkeys(_find_circle(tasks), "it waits for its own result"))
    _await(session, fact.awaited)
    for task in tasks:
        _begin(books, task, wrong)
    _catch(books, session, fact.caught)


def know_capacity(books: Books, fact: CapacityKnown) -> None:
    """Condemn what no host will ever be able to run."""
    books.largest = fact.largest
    books.wanted = fact.engines
    check_choosy(books)


def check_choosy(books: Books) -> None:
    """Condemn what none of the engines that have come, or are to come, can run."""
    for task in list(books.choosy.values()):
        message = _unfit(books, task) if task.state not in FINAL else None
        if message is not None:
            condemn(books, task, message)


def give_up_engines(books: Books, fact: EnginesUnavailable) -> None:
    """No engine can be had: everything that is unfinished fails with that said."""
    books.unavailable = fact.reason
    for session in list(books.sessions.values()):
        for task in list(session.unfinished.values()):
            condemn(books, task, f"no engine can be had: {fact.reason}")


def _refuse(books: Books, fact: Submitted, reason: str) -> None:
    session = books.sessions.get(fact.session)
    known = session.ended if session is not None else {}
    tasks = tuple(spec.id for spec in fact.tasks if spec.id not in known)
    if tasks:
        books.announce(TasksCancelled(tasks, reason))
        for task in tasks:
            books.forget(task)
            if session is not None:  # a later parcel of a submit that has failed: it is asked about
                session.ended[task] = Ended(State.CANCELLED, task, None, reason)
    books.drop(spec.id for spec in fact.objects if spec.constant and session is None)
    if session is not None:
        _catch(books, session, fact.caught)


def _add_constants(session: Session, fact: Submitted) -> None:
    sizes = dict(fact.sizes)
    for spec in fact.objects:
        if spec.constant and spec.id not in session.objects:
            thing = Object(spec.id, spec.label, spec.keep, constant=True, available=True)
            thing.size = sizes.get(spec.id, 0)
            thing.hosts = {}
            session.objects[spec.id] = thing


def _new_task(books: Books, session: Session, spec: TaskSpec) -> Task:
    group = session.groups.get(spec.resources)
    if group is None:
        group = session.groups[spec.resources] = Group(session, spec.resources)
    key = spec.function or cost_key(spec)
    cost = books.costs.get(key)
    if cost is None:
        if len(books.costs) >= COSTS:
            del books.costs[next(iter(books.costs))]
        cost = books.costs[key] = Cost()
    books.order += 1
    task = Task(spec.id, spec.name, books.order, session, group, cost, spec.retries)
    session.tasks[spec.id] = session.unfinished[spec.id] = task
    if group.is_choosy():
        books.choosy[spec.id] = task
    return task


def cost_key(spec: TaskSpec) -> str:
    """Under which name a task's time is learnt when it has no function: kind and group of names."""
    name = spec.name.rpartition("/")[0] or spec.name.rstrip("0123456789")
    return f"{spec.kind}:{name}"


def _add_outputs(
    session: Session,
    task: Task,
    spec: TaskSpec,
    specs: dict[ObjectId, ObjectSpec],
    wrong: dict[TaskId, str],
) -> None:
    outputs = []
    for object_id in spec.outputs:
        if object_id in session.objects:
            wrong[task.id] = f"its output {object_id} is made by another task already"
            continue
        declared = specs.get(object_id)
        label, kept = (declared.label, declared.keep) if declared else ("", False)
        thing = session.objects[object_id] = Object(object_id, label, kept, producer=task)
        outputs.append(thing)
    task.outputs = tuple(outputs)
    task.live = len(outputs)


def _connect(session: Session, task: Task, spec: TaskSpec, wrong: dict[TaskId, str]) -> bool:
    """Join a task to its inputs; True when one is made by a task that stands behind it."""
    inputs: list[Object] = []
    tangled = False
    for object_id in spec.inputs if len(spec.inputs) == 1 else dict.fromkeys(spec.inputs):
        thing = session.objects.get(object_id)
        if thing is None or not (thing.available or _can_come(thing)):
            wrong[task.id] = (
                f"its input {object_id} is not there (any longer): it is unknown, or was dropped "
                "because nobody needed it; keep() an object that a later submit reads"
            )
            continue
        inputs.append(thing)
        thing.waiting += 1
        thing.consumers[task.id] = task
        if not thing.available:
            task.missing += 1
            producer = thing.producer
            tangled |= producer is not None and producer.order >= task.order
    task.inputs = tuple(inputs)
    return tangled


def _can_come(thing: Object) -> bool:
    """Whether an object is there, will be made, or its end has a cause that can be named."""
    if thing.available or thing.doomed is not None:
        return True
    return thing.producer is not None and thing.producer.state not in FINAL


def _await(session: Session, objects: Iterable[ObjectId]) -> None:
    """Hold objects for readers that are still to come, as if each had one more."""
    for object_id in objects:
        thing = session.objects.get(object_id)
        if thing is not None and object_id not in session.awaited:
            session.awaited.add(object_id)
            thing.waiting += 1


def _catch(books: Books, session: Session, objects: Iterable[ObjectId]) -> None:
    """All their readers have come."""
    for object_id in objects:
        if object_id in session.awaited:
            session.awaited.remove(object_id)
            thing = session.objects[object_id]  # it is waited for, so it was held
            thing.waiting -= 1
            loosen(books, session, thing)


def _find_circle(tasks: list[Task]) -> list[TaskId]:
    """Tasks that can never run because they wait for each other, or for such."""
    left = {task.id: 0 for task in tasks}
    for task in tasks:
        left[task.id] = sum(_is_made_by(thing, left) for thing in task.inputs)
    runnable = [task for task in tasks if not left[task.id]]
    while runnable:
        task = runnable.pop()
        del left[task.id]
        readers = [one for thing in task.outputs for one in thing.consumers.values()]
        for reader in [one for one in readers if one.id in left]:
            left[reader.id] -= 1
            if not left[reader.id]:
                runnable.append(reader)
    return list(left)


def _is_made_by(thing: Object, tasks: dict[TaskId, int]) -> bool:
    return thing.producer is not None and thing.producer.id in tasks


def _begin(books: Books, task: Task, wrong: dict[TaskId, str]) -> None:
    if task.state in FINAL:  # its session failed, or an input of it, a moment ago
        return
    doomed = next((one.doomed for one in task.inputs if one.doomed and not one.available), None)
    if task.id in wrong:
        condemn(books, task, f"task {task.name or task.id!r} cannot run: {wrong[task.id]}")
    elif (message := _unfit(books, task)) is not None:
        condemn(books, task, message)
    elif doomed is not None:
        skip(books, task, doomed)
    elif not task.missing and task.state is State.WAITING:
        books.move(task, State.READY)
        books.say_ready(task)


def _unfit(books: Books, task: Task) -> str | None:
    """Why no engine will ever run this task, or None."""
    resources = task.group.resources
    if books.unavailable is not None and not books.engines:
        return f"no engine can be had: {books.unavailable}"
    if books.largest is not None and resources.cpus > books.largest:
        return _too_wide(task, books.largest)
    for name, amount in resources.amounts:
        most = books.amounts.get(name, 0)
        if amount > most:
            shown = task.name or task.id
            return f"task {shown!r} needs {amount:g} of {name!r}, but a host has {most:g}"
    return _nowhere(books, task)


def _nowhere(books: Books, task: Task) -> str | None:
    """Why no engine that is named by its `where` will ever come, or None."""
    where = task.group.resources.where
    if not where or books.wanted is None or len(books.engines) < books.wanted:
        return None
    engines = [(one.id, one.host.name) for one in books.engines.values()]
    if any(is_there(where, *each) for each in engines):
        return None
    return (
        f"task {task.name or task.id!r} may run on {', '.join(map(str, where))} only, and there is "
        f"no such host or engine; known are {describe_hosts(engines)}"
    )


def _too_wide(task: Task, largest: int) -> str:
    cpus = task.group.resources.cpus
    return (
        f"task {task.name or task.id!r} needs {cpus} cpus, but the largest host has {largest}; "
        "ask for fewer cpus, or start more engines on one host"
    )
