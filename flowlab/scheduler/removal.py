"""When nobody needs a thing any longer: bytes are dropped, records of tasks and objects cut loose.

The bytes of an object go as soon as it is not kept and no unfinished task reads it. Its record,
and the task that made it, stay as long as a later loss could ask for them again: while a task that
reads it may have to run again itself. Constants stay until their session closes.
"""

from flowlab.scheduler.books import Books
from flowlab.scheduler.records import Ended, Object, Session, Task
from flowlab.scheduler.states import FINAL, State


def loosen(books: Books, session: Session, thing: Object) -> None:
    """Somebody stopped needing this object: drop its bytes if that was the last."""
    if thing.kept or thing.waiting or thing.constant:
        return
    if thing.available:
        thing.available = False
        books.drop((thing.id,))
    if not thing.consumers:
        _release(books, session, [thing])


def finish_reading(books: Books, session: Session, inputs: tuple[Object, ...]) -> None:
    """A task has finished: it needs its inputs no longer."""
    for thing in inputs:
        thing.waiting -= 1
        if not thing.waiting:
            loosen(books, session, thing)


def forget_if_unneeded(books: Books, task: Task) -> None:
    """Shrink a finished task of which no output is held."""
    if not task.live and task.state is State.FINISHED and task.id in task.session.tasks:
        stack: list[Object] = []
        _forget(books, task, State.FINISHED, stack)
        _release(books, task.session, stack)


def bury(books: Books, task: Task, ended: Ended) -> tuple[Object, ...]:
    """Shrink a task that ended badly; gives the outputs that will never come."""
    outputs = task.outputs
    session = task.session
    unread = [thing for thing in task.inputs if thing.waiting == 1]
    for thing in task.inputs:
        thing.waiting -= 1
    stack: list[Object] = []
    _forget(books, task, ended, stack)
    for thing in unread:
        loosen(books, session, thing)
    for thing in outputs:
        thing.producer = None
        thing.doomed = ended.cause
        stack.append(thing)
    _release(books, session, stack)
    return tuple(thing for thing in outputs if not thing.available)


def _forget(books: Books, task: Task, ended: Ended | State, stack: list[Object]) -> None:
    session, task_id = task.session, task.id
    session.tasks.pop(task_id, None)
    session.ended[task_id] = ended
    books.forget(task_id)
    for thing in task.inputs:
        del thing.consumers[task_id]
        stack.append(thing)
    task.inputs = task.outputs = ()


def _release(books: Books, session: Session, stack: list[Object]) -> None:
    # A loop and not a recursion: a chain of 100,000 tasks comes loose at once.
    while stack:
        thing = stack.pop()
        if thing.kept or thing.constant or thing.consumers or thing.waiting:
            continue
        producer = thing.producer
        if producer is not None and producer.state not in FINAL:
            continue
        if session.objects.pop(thing.id, None) is None or producer is None:
            continue
        producer.live -= 1
        if not producer.live:
            _forget(books, producer, producer.state, stack)
