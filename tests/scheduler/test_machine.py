"""The scheduler as a whole, in plays.   1 ──▶ 101 ──▶ 2 ──▶ 102"""

import pytest

from flowlab.events.messages import (
    ControllerLost,
    ObjectsDropped,
    OnError,
    SessionClosed,
    TasksAssigned,
    TasksReady,
)
from flowlab.model.ids import Assignment, BatchId, EngineId
from flowlab.scheduler.actions import Announce, Drop, EndSession, Forget, RunBatch
from flowlab.scheduler.machine import Scheduler
from tests.scheduler.playbook import (
    Playbook,
    S,
    done,
    engine,
    given,
    oid,
    opened,
    replay,
    reported,
    submitted,
    task,
    tid,
)

A, B = task(1), task(2, [101], keep=True)


def assigned(number, batch, *tasks, assignment=1):
    ids = tuple(tid(one) for one in tasks)
    return Announce(
        TasksAssigned(EngineId(number), BatchId(batch), ids, (Assignment(assignment),) * len(ids))
    )


def run(number, batch, *rows, cpus=1):
    return RunBatch(EngineId(number), BatchId(batch), S, rows, cpus, OnError.CONTINUE)


def test_a_chain_travels_as_one_batch_and_only_its_end_comes_back():
    assert (
        Playbook()
        >> opened()
        >> engine(0)
        >> submitted(A, B)
        << [
            Announce(TasksReady((tid(1),))),
            assigned(0, 1, 1, 2),
            run(0, 1, given(1), given(2, [102])),
        ]
        >> reported(0, finished=(done(1), done(2, [102])))
        >> SessionClosed(S)
        << [
            Drop((oid(102),)),
            Announce(ObjectsDropped((oid(102),))),
            EndSession(S),
        ]
    )


def test_a_reader_that_comes_later_has_its_input_made_again():
    play = Playbook()
    play.let(opened(), engine(0), submitted(A))
    play.let(submitted(B))
    # B came when A was given out already: nobody had asked for its output, so A runs again.
    play.let(reported(0, finished=(done(1),)))
    again = play.let(reported(0, finished=(done(1),)))  # said twice: nothing more happens
    assert again == []
    play.let(reported(0, finished=(done(1, [101], 2),)))
    found = play.let(reported(0, finished=(done(2, [102], 1),)))
    assert Drop((oid(101),)) in found
    assert not any(isinstance(one, Forget) for one in found)  # 102 may have to be made again
    assert play.state(2).value == "finished"


def test_a_lost_controller_changes_no_task():
    play = Playbook()
    play.let(opened(), engine(0), submitted(A, B))
    before = play.scheduler.snapshot()
    play >> ControllerLost("no answer") << []
    after = play.scheduler.snapshot()
    assert {**before, "counters": None} == {**after, "counters": None}


def test_the_same_facts_give_the_same_state():
    play = Playbook()
    play.let(opened(), engine(0), submitted(A, B), reported(0, finished=(done(1),)))
    assert replay(play.facts) == play.scheduler.snapshot()


def test_an_action_that_nobody_claimed_fails_the_play():
    play = Playbook() >> opened() >> engine(0) >> submitted(A)
    with pytest.raises(AssertionError, match="nobody claimed"):
        bool(play)


def test_a_fact_that_is_none_is_refused():
    with pytest.raises(AssertionError):
        Scheduler().handle("not a fact", 0.0)
