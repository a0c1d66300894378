"""The books: one way to change a state, and the order in which things are said."""

import pytest

from flowlab.errors import ProtocolError
from flowlab.events.messages import OnError, TasksCancelled, TasksGivenBack
from flowlab.model.resources import ONE_CPU
from flowlab.scheduler.actions import Announce, Drop
from flowlab.scheduler.books import Books
from flowlab.scheduler.records import Cost, Group, Session, Task
from flowlab.scheduler.states import State
from tests.scheduler.playbook import S, oid, tid


def made(count):
    session = Session(S, "s", OnError.CONTINUE)
    group = Group(session, ONE_CPU)
    return [Task(tid(one), "", one, session, group, Cost(), None) for one in range(1, count + 1)]


def test_a_way_that_the_table_does_not_have_is_our_bug():
    (task,) = made(1)
    with pytest.raises(ProtocolError, match="cannot go from waiting to running"):
        Books({}).move(task, State.RUNNING)


def test_the_oldest_ready_task_is_the_head():
    books, tasks = Books({}), made(3)
    for task in reversed(tasks):
        books.move(task, State.READY)
    group = tasks[0].group
    assert books.head(group) is tasks[0]
    books.move(tasks[0], State.WAITING)
    assert books.head(group) is tasks[1]
    for task in tasks[1:]:
        books.move(task, State.WAITING)
    assert books.head(group) is None
    assert not books.ready


def test_what_came_first_is_said_first():
    books, (task,) = Books({}), made(1)
    books.say_given_back(task, "why")
    books.announce(TasksCancelled((task.id,), "then"))
    assert [type(one.verdict) for one in books.take_actions()] == [TasksGivenBack, TasksCancelled]


def test_a_rescued_object_is_not_dropped():
    books = Books({})
    books.drop((oid(1), oid(2)))
    assert books.rescue(oid(1))
    assert not books.rescue(oid(3))
    assert books.take_actions()[0] == Drop((oid(2),))
    assert books.take_actions() == []


def test_what_is_said_is_an_announcement():
    books, (task,) = Books({}), made(1)
    books.say_ready(task)
    assert all(isinstance(one, Announce) for one in books.take_actions())
