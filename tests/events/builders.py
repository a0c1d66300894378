"""Entries to write, to keep and to fold."""

from flowlab.events.messages import Entry, Noticed, OnError, Said, SessionOpened, Submitted
from flowlab.model.ids import Assignment, ObjectId, SessionId, TaskId, join_id
from flowlab.model.specs import ObjectSpec, TaskSpec

SESSION = SessionId(1)


def task_id(number: int) -> TaskId:
    return TaskId(join_id(SESSION, number))


def object_id(number: int) -> ObjectId:
    return ObjectId(join_id(SESSION, number))


def opened(seq: int = 1) -> Entry:
    return Entry(seq, 0.5 * seq, SESSION, SessionOpened(SESSION, "demo", OnError.CONTINUE))


def submitted(seq: int, tasks: int = 1) -> Entry:
    """A row of tasks, each with one output."""
    numbers = range(10, 10 + tasks)
    specs = tuple(
        TaskSpec(task_id(n), "python", f"group/t{n}", outputs=(object_id(n),)) for n in numbers
    )
    objects = tuple(ObjectSpec(object_id(n), "x") for n in numbers)
    return Entry(seq, 0.5 * seq, SESSION, Submitted(SESSION, objects, specs))


def said(seq: int, text: str = "hello") -> Entry:
    event = Said(task_id(10), Assignment(1), seq, "stdout", text, 0.5 * seq)
    return Entry(seq, 0.5 * seq, SESSION, event)


def noticed(seq: int, text: str = "look") -> Entry:
    return Entry(seq, 0.5 * seq, None, Noticed(text))
