"""Objects that come, and objects that are lost: what waits for them, and what must run again."""

from flowlab.model.ids import HostId
from flowlab.model.limits import INLINE_OBJECT
from flowlab.scheduler.books import Books
from flowlab.scheduler.endings import condemn, skip
from flowlab.scheduler.records import Object, Task
from flowlab.scheduler.states import FINAL, State

PATIENCE = 3  # times that an object may be absent, or lost, before we stop believing in it
OUTPUT_LOST = "an output that is still needed was lost"


def arrive(books: Books, thing: Object, size: int, host: HostId | None) -> None:
    """An object is there for everybody; tasks that waited for it alone are ready."""
    thing.size = size
    thing.hosts = {host: None} if host is not None and size > INLINE_OBJECT else None
    if thing.available:
        return
    thing.available = True
    for task in thing.consumers.values():
        if task.state not in FINAL:
            task.missing -= 1
            if not task.missing and task.state is State.WAITING:
                books.move(task, State.READY)
                books.say_ready(task)


def lose(books: Books, thing: Object, reason: str) -> None:
    """The bytes of an object are gone everywhere; what needs it waits, its maker runs again."""
    if not thing.available:
        return
    thing.available = False
    thing.hosts = None
    thing.losses += 1
    for task in thing.consumers.values():
        if task.state not in FINAL:
            task.missing += 1
            if task.state is State.READY:
                books.move(task, State.WAITING)
    if thing.constant or thing.losses > PATIENCE:
        what = "a constant" if thing.constant else f"an object that was lost {thing.losses} times"
        for task in list(thing.consumers.values()):
            if task.batch is None:
                condemn(books, task, f"its input {thing.label or thing.id} is {what}: {reason}")
    if thing.doomed is not None:  # its maker ran again for another output, and ended badly
        for task in [each for each in thing.consumers.values() if each.batch is None]:
            give_up(books, task, thing)
    elif thing.waiting or thing.kept:
        remake(books, thing)


def remake(books: Books, thing: Object) -> None:
    """See to it that an object comes that somebody needs: its maker may have to run again."""
    maker = thing.producer
    if maker is None or maker.state is not State.FINISHED or maker.session.failed is not None:
        return
    stack, hopeless = [maker], []
    while stack:
        task = stack.pop()
        if task.state is not State.FINISHED:
            continue
        revive(books, task)
        for source in task.inputs:
            if source.available:
                continue
            if source.producer is not None:
                stack.append(source.producer)
            else:
                hopeless.append((task, source))
    for task, source in hopeless:
        give_up(books, task, source)


def revive(books: Books, task: Task) -> None:
    """Let a finished task run again."""
    books.move(task, State.WAITING)
    task.session.unfinished[task.id] = task
    if task.group.is_choosy():
        books.choosy[task.id] = task
    task.missing = 0
    for thing in task.inputs:
        thing.waiting += 1
        if not thing.available and books.rescue(thing.id):
            thing.available = True
        task.missing += not thing.available
    task.returns += 1
    task.reason = OUTPUT_LOST
    books.say_given_back(task, OUTPUT_LOST)
    if not task.missing:
        books.move(task, State.READY)


def give_back(books: Books, task: Task, reason: str) -> None:
    """Take a task back from its engine: it is ready again, or waits for what was lost there."""
    task.batch = None
    task.returns += 1
    task.reason = reason
    books.move(task, State.WAITING)
    books.say_given_back(task, reason)
    if not task.missing:
        books.move(task, State.READY)
        return
    for thing in task.inputs:
        if not thing.available:
            if thing.producer is None:
                give_up(books, task, thing)
                return
            remake(books, thing)


def give_up(books: Books, task: Task, thing: Object) -> None:
    """A task reads an object that cannot be made again."""
    if task.state in FINAL:
        return
    if thing.doomed is not None:
        skip(books, task, thing.doomed)
    else:
        condemn(
            books, task, f"its input {thing.label or thing.id} is lost and cannot be made again"
        )
