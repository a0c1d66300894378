"""The kernel's picture, folded from entries that are given here one by one."""

import threading
import time

import pytest

from flowlab.events.messages import (
    Entry,
    ObjectsDropped,
    OnError,
    Reported,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    Submitted,
    TaskCondemned,
    TasksAssigned,
    TasksCancelled,
    TasksGivenBack,
    TasksReady,
    TasksSkipped,
)
from flowlab.model.ids import join_id
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, TaskSpec
from flowlab.session import mirror as mirror_room
from flowlab.session.mirror import Mirror

A, B, X = join_id(1, 10), join_id(1, 11), join_id(1, 12)


@pytest.fixture
def mirror():
    """A session with two tasks."""
    made = Mirror()
    tasks = (TaskSpec(A, "k", outputs=(X,)), TaskSpec(B, "k", inputs=(X,)))
    tell(
        made, SessionOpened(1, "one", OnError.CONTINUE), Submitted(1, (ObjectSpec(X, "x"),), tasks)
    )
    return made


def tell(mirror, *events):
    mirror.take([Entry(1, 1.0, None, event) for event in events])


def give(mirror, task, assignment, engine=0):
    tell(mirror, TasksAssigned(engine, 1, (task,), (assignment,)))


def test_a_task_goes_its_way(mirror):
    states = [mirror.task(A).state]
    for event in (
        TasksReady((A,)),
        TasksAssigned(3, 1, (A,), (1,)),
        Reported(3, 1, started=((A, 1, 5.0),)),
        Reported(
            3,
            1,
            finished=((A, 1, 5.0, 7.5, (ObjectInfo(X, 9),)),),
            notes=((A, "said", {"score": "[1, 2]"}),),
        ),
    ):
        tell(mirror, event)
        states.append(mirror.task(A).state)
    assert states == ["notAssigned", "ready", "assigned", "running", "finished"]
    info = mirror.task_info(A, print)
    assert (info.duration, info.engine, info.debug, info.user) == (
        2.5,
        3,
        "said",
        {"score": [1, 2]},
    )
    assert mirror.infos[X].size == 9
    assert mirror.sessions[1].unfinished == 1


def test_what_a_task_said_is_taken_once_though_its_report_comes_again(mirror):
    give(mirror, A, 1)
    report = Reported(0, 1, finished=((A, 1, 0.0, 1.0, ()),), notes=((A, "said", {}),))
    tell(mirror, report)
    tell(mirror, report)  # a scheduler process took over, and had not acknowledged it
    tell(mirror, Reported(0, 1, notes=((A, ", and more", {}),)))  # the user, afterwards
    assert mirror.task_info(A, print).debug == "said, and more"


def test_a_report_of_an_older_assignment_is_left_out(mirror):
    give(mirror, A, 1)
    tell(mirror, TasksGivenBack((A,), "its engine died"))
    late = Reported(0, 1, finished=((A, 1, 0.0, 1.0, ()),))
    tell(mirror, late)
    assert mirror.task(A).state == "ready"
    give(mirror, A, 2)
    tell(mirror, late)
    assert mirror.task(A).state == "assigned"
    assert mirror.sessions[1].unfinished == 2


def test_a_finished_task_may_have_to_run_again(mirror):
    give(mirror, A, 1)
    tell(mirror, Reported(0, 1, finished=((A, 1, 0.0, 1.0, ()),)))
    assert mirror.is_ended(A)
    tell(mirror, TasksReady((A,)))
    assert not mirror.is_ended(A)
    assert mirror.sessions[1].unfinished == 2
    assert mirror.task_info(A, print) is None


def test_ends_other_than_good_are_remembered(mirror):
    give(mirror, A, 1)
    failure = Failure("no")
    tell(mirror, Reported(0, 1, failed=((A, 1, 0.0, 1.0, failure),)), TasksSkipped((B,), A))
    record = mirror.sessions[1]
    assert (mirror.task(A).failure, mirror.task(B).cause) == (failure, A)
    assert (list(record.failures), record.unfinished) == ([A, B], 0)
    tell(mirror, TasksCancelled((B,), "x"), TaskCondemned(A, Failure("worse")))
    assert (mirror.task(B).state, mirror.task(A).failure.message) == ("cancelled", "worse")
    tell(mirror, SessionFailed(1, A, failure), SessionClosed(1, "over"))
    assert (record.failed, record.closed) == ((A, failure), "over")


def test_sizes_of_constants_are_known_and_dropped_objects_stay_known(mirror):
    constant = join_id(1, 13)
    spec = ObjectSpec(constant, content_type="text", constant=True)
    tell(mirror, Submitted(1, (spec,), (), ((constant, 4),)))
    assert mirror.infos[constant] == ObjectInfo(constant, 4, "text")
    tell(mirror, ObjectsDropped((constant,)))
    assert mirror.object_info(constant, None).size == 4
    assert constant in mirror.removed


def test_an_object_that_stayed_with_its_engine_is_known(mirror):
    assert mirror.object_info(X, A) is None
    tell(mirror, Reported(0, 1, stayed=(ObjectInfo(X, 9, "json", {"by": "me"}),)))
    known = mirror.object_info(X, A)
    assert (known.size, known.content_type, known.user, known.error) == (
        9,
        "json",
        {"by": "me"},
        "",
    )


def test_an_object_that_was_never_made_says_why(mirror):
    give(mirror, A, 1)
    tell(mirror, Reported(0, 1, failed=((A, 1, 0.0, 1.0, Failure("no corn")),)))
    known = mirror.object_info(X, A)
    assert (known.error, known.size) == ("no corn", None)


def test_a_forgotten_session_leaves_nothing(mirror):
    tell(mirror, ObjectsDropped((X,)))
    mirror.forget(1)
    tell(mirror, TasksReady((A,)), Reported(0, 1, started=((A, 1, 0.0),)), SessionClosed(1))
    assert (mirror.sessions, mirror.infos, mirror.removed) == ({}, {}, set())


def test_a_large_session_is_forgotten_and_no_other(mirror, monkeypatch):
    monkeypatch.setattr(mirror_room, "_BIT", 3)
    other = join_id(2, 10)
    made = [join_id(1, 100 + number) for number in range(10)]
    infos = tuple(ObjectInfo(each, 1, "", {}) for each in made)
    tell(mirror, Reported(0, 1, published=infos), ObjectsDropped((*made, other)))
    mirror.infos[other] = ObjectInfo(other, 1, "", {})
    mirror.forget(1)
    assert (set(mirror.infos), mirror.removed) == ({other}, {other})


def test_a_wait_wakes_when_entries_come_and_ends_in_time(mirror):
    assert not mirror.wait(lambda: mirror.is_ended(A), timeout=0.01)
    give(mirror, A, 1)
    timer = threading.Timer(0.05, tell, (mirror, TasksCancelled((A,), "")))
    timer.start()
    assert mirror.wait(lambda: mirror.is_ended(A), timeout=10)
    timer.join()


def test_a_wait_may_end_by_an_error(mirror):
    began = time.monotonic()
    with pytest.raises(KeyError):
        mirror.wait(lambda: {}["x"])
    assert time.monotonic() - began < 5


def test_a_task_that_is_told_twice_is_counted_once(mirror):
    tell(mirror, Submitted(1, (), (TaskSpec(A, "k", outputs=(X,)),)))
    assert mirror.sessions[1].unfinished == 2
