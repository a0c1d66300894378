"""Why a task is where it is, as data and as sentences for people."""

from collections.abc import Iterable
from dataclasses import dataclass

from flowlab.model.ids import ObjectId, TaskId
from flowlab.scheduler.books import Books
from flowlab.scheduler.hosts import has_room, is_allowed, is_open, suits
from flowlab.scheduler.records import Ended, Session, Task
from flowlab.scheduler.states import GIVEN, State


@dataclass(frozen=True)
class Explanation:
    """What can be said of one task.

    state      None when the task is unknown, or its session is closed
    sentences  why it is there, the most important first
    inputs     objects it still waits for, each with the state of the task that makes it
    returns    times it was given back, or run again
    failures   engines it took down
    """

    task: TaskId
    state: State | None
    sentences: tuple[str, ...]
    inputs: tuple[tuple[ObjectId, str], ...] = ()
    returns: int = 0
    failures: int = 0


def explain(books: Books, session: Session | None, task_id: TaskId) -> Explanation:
    """Explain one task."""
    if session is None:
        return Explanation(task_id, None, ("its session is closed or was never opened",))
    task = session.tasks.get(task_id)
    if task is None:
        ended = session.ended.get(task_id)
        if ended is None:
            return Explanation(task_id, None, ("it was never submitted",))
        return _explain_ended(task_id, ended)
    waits = _inputs(task) if task.state is State.WAITING else ()
    sentences = [*_where(books, task, waits), *_history(task)]
    return Explanation(task_id, task.state, tuple(sentences), waits, task.returns, task.failures)


def _explain_ended(task_id: TaskId, ended: Ended | State) -> Explanation:
    if isinstance(ended, State):
        return Explanation(task_id, ended, ("it has finished",))
    if ended.failure is not None:
        sentence = f"it failed: {ended.failure.message}"
    elif ended.state is State.SKIPPED:
        sentence = f"it was skipped: an input depends on task {ended.cause}, which did not finish"
    else:
        sentence = f"it was cancelled: {ended.reason}"
    return Explanation(task_id, ended.state, (sentence,))


def _inputs(task: Task) -> tuple[tuple[ObjectId, str], ...]:
    return tuple(
        (thing.id, thing.producer.state.value if thing.producer else "lost")
        for thing in task.inputs
        if not thing.available
    )


def _where(books: Books, task: Task, waits: tuple[tuple[ObjectId, str], ...]) -> list[str]:
    if task.state is State.WAITING:
        shown = ", ".join(f"{thing} ({state})" for thing, state in waits[:10])
        more = f" and {len(waits) - 10} more" if len(waits) > 10 else ""
        return [f"it waits for {len(waits)} input(s): {shown}{more}"]
    if task.state is State.READY:
        return [_why_not_given(books, task)]
    if task.state in GIVEN and task.batch is not None:
        word = "runs" if task.state is State.RUNNING else "was given, and has not begun,"
        since = max(books.at - task.batch.at, 0.0)
        return [f"it {word} on engine {task.batch.engine.id}, assigned {since:.1f} s ago"]
    return ["it has finished"]


def _why_not_given(books: Books, task: Task) -> str:
    group = task.group
    cpus = group.resources.cpus
    if not books.engines:
        return "it is ready, and there is no engine yet"
    if not is_allowed(group):
        return f"it is ready, and as many run as the limit allows: {_named(group.resources.limits)}"
    if not any(suits(one, group) for one in books.engines.values()):
        return f"it is ready, and {_named(group.resources.where)} has not come yet"
    if books.reserved is not None and books.reserved[1] is group:
        return (
            f"it is ready and needs {cpus} cpus: host {books.reserved[0].id} is being freed for it"
        )
    if books.free and not any(is_open(books, one.host, group) for one in books.free.values()):
        return "it is ready, and the free engines are reserved for an older task with many cpus"
    free = [one for one in books.free.values() if suits(one, group)]
    if free and not any(has_room(books, one.host, group) for one in free):
        claimed = *(name for name, _ in group.resources.amounts), *group.resources.limits
        return f"it is ready, and no host has anything left of: {_named(claimed)}"
    if cpus > 1:
        return f"it is ready, and no host has {cpus} free cpus"
    where = f" of {_named(group.resources.where)}" if group.resources.where else ""
    return f"it is ready, and no engine{where} of {len(books.engines)} is free"


def _named(names: Iterable[object]) -> str:
    return ", ".join(map(str, names))


def _history(task: Task) -> list[str]:
    sentences = []
    if task.returns:
        sentences.append(
            f"it was given back {task.returns} time(s), the last time because {task.reason}"
        )
    if task.failures:
        sentences.append(f"{task.failures} engine(s) died while it ran; it is given out alone now")
    elif task.alone:
        sentences.append("it is suspected of having killed an engine; it is given out alone now")
    return sentences
