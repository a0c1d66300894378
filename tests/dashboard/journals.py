"""Journals to look at: written by the test itself, line by line."""

import os

from flowlab.events.journal import JournalWriter
from flowlab.events.messages import (
    Entry,
    Noticed,
    OnError,
    Said,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    Submitted,
    TasksReady,
)
from flowlab.events.owner import describe_owner
from flowlab.model.ids import Assignment, ObjectId, SessionId, TaskId, join_id
from flowlab.model.specs import Failure, ObjectSpec, TaskSpec

ONE, TWO = SessionId(1), SessionId(2)


class Written:
    """A journal that grows as the test says; its client is this process, unless `meta` differs."""

    def __init__(self, home, name="20260101-120000-abc", meta=None, **limits):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.path = home / name
        self.meta = describe_owner(os.getpid()) if meta is None else meta
        self.seq = 0
        self._writer = JournalWriter(self.path, self.meta, **limits)

    def write(self, *events, session=ONE):
        """Append a batch of events."""
        entries = []
        for event in events:
            self.seq += 1
            entries.append(Entry(self.seq, 1000.0 + self.seq, session, event))
        self._writer.write(entries)
        return self

    def close(self):
        self._writer.close()


def dead(meta):
    """The header of the same client after its end."""
    return {**meta, "processes": [[pid, began - 60] for pid, began in meta["processes"]]}


def opened(session=ONE, name="demo"):
    return SessionOpened(session, name, OnError.CONTINUE)


def closed(session=ONE):
    return SessionClosed(session)


def submitted(number, session=ONE, first=10):
    """A row of tasks, each with one output."""
    ids = [join_id(session, each) for each in range(first, first + number)]
    return Submitted(
        session,
        tuple(ObjectSpec(ObjectId(each), "out") for each in ids),
        tuple(TaskSpec(TaskId(each), "python", f"g/t{each}", outputs=(each,)) for each in ids),
    )


def ready(number, session=ONE, first=10):
    return TasksReady(tuple(TaskId(join_id(session, first + each)) for each in range(number)))


def said(text, number=1, session=ONE):
    task = TaskId(join_id(session, 10))
    return Said(task, Assignment(1), number, "stdout", text, 1000.0)


def failed(session=ONE):
    return SessionFailed(session, TaskId(join_id(session, 10)), Failure("ValueError: no"))


def noticed(text="look"):
    return Noticed(text)
