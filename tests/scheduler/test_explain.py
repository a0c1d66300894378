"""Why a task is where it is, in words.   1 ──▶ 101 ──▶ 2"""

from flowlab.events.messages import CancelRequested, SessionClosed
from tests.scheduler.playbook import (
    Playbook,
    S,
    begun,
    engine,
    oid,
    opened,
    returned,
    submitted,
    task,
    tid,
)  # fmt: skip


def started(*engines):
    play = Playbook()
    play.let(opened(), *engines, submitted(task(1), task(2, [101]), task(3)))
    return play


def explain(play, number):
    return play.scheduler.explain(tid(number))


def test_no_engine_yet():
    assert explain(started(), 1).sentences == ("it is ready, and there is no engine yet",)


def test_waiting_names_the_inputs_and_how_far_they_are():
    found = explain(started(), 2)
    assert found.inputs == ((oid(101), "ready"),)
    assert found.sentences == (f"it waits for 1 input(s): {oid(101)} (ready)",)


def test_no_engine_is_free():
    play = started(engine(0))
    play.let(submitted(task(4)))
    assert explain(play, 4).sentences == ("it is ready, and no engine of 1 is free",)


def test_on_an_engine_and_given_back_before():
    play = started(engine(0))
    play.let(returned(0, 1, reason="over budget"))
    play.let(begun(0, 3))
    play.let(returned(0, 2, 3, reason="over budget"), begun(0, 1, assignment=2))
    found = explain(play, 1)
    assert found.sentences == (
        "it runs on engine 0, assigned 1.0 s ago",
        "it was given back 1 time(s), the last time because over budget",
    )
    assert found.returns == 1


def test_skipped_and_cancelled():
    play = started()
    play.let(CancelRequested(S, (tid(1),)))
    assert explain(play, 1).sentences == ("it was cancelled: cancelled on request",)
    assert (
        explain(play, 2)
        .sentences[0]
        .startswith(f"it was skipped: an input depends on task {tid(1)}")
    )


def test_unknown():
    play = started()
    assert explain(play, 77).sentences == ("it was never submitted",)
    play.let(SessionClosed(S))
    assert explain(play, 1).state is None
