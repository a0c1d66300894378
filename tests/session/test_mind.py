"""A bug of the scheduler ends in words."""

from flowlab.events.messages import (
    EngineJoined,
    Entry,
    OnError,
    SessionFailed,
    SessionOpened,
    Submitted,
)
from flowlab.model.ids import join_id
from flowlab.model.specs import TaskSpec
from flowlab.scheduler.actions import RunBatch
from flowlab.session.mind import Mind

OPENED = Entry(1, 1.0, 1, SessionOpened(1, "one", OnError.FAIL_SESSION))


def test_what_follows_is_told_apart_from_what_is_said():
    mind = Mind()
    mind.decide(OPENED)
    mind.decide(Entry(2, 1.0, None, EngineJoined(0, "host")))
    decision = mind.decide(Entry(3, 1.0, 1, Submitted(1, (), (TaskSpec(join_id(1, 10), "k"),))))
    assert [type(each).__name__ for each in decision.verdicts] == ["TasksReady", "TasksAssigned"]
    assert [type(each) for each in decision.actions] == [RunBatch]
    assert not decision.fault


def test_a_bug_breaks_the_session_concerned_or_all_that_are_open():
    mind = Mind()
    mind.decide(OPENED)
    mind.decide(Entry(2, 1.0, 2, SessionOpened(2, "two", OnError.CONTINUE)))
    nonsense = SessionFailed(1, join_id(1, 10), None)  # no fact: the scheduler cannot take it
    ours = mind.decide(Entry(3, 1.0, 1, nonsense))
    assert "Traceback" in ours.fault
    assert ours.broken == (1,)
    assert mind.decide(Entry(4, 1.0, None, nonsense)).broken == (1, 2)
