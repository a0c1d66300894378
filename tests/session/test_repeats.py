"""What engines say again."""

from flowlab.events.messages import EngineLost, Logged, Said, SessionClosed
from flowlab.model.ids import EngineId, SessionId, TaskId, join_id
from flowlab.session.repeats import Repeats


def said(number, assignment=1, task=7):
    return Said(TaskId(task), assignment, number, "stdout", "x", 1.0)


def logged(number, assignment=1, task=7):
    return Logged(TaskId(task), assignment, number, EngineId(0), (), 0)


def test_chunks_of_an_assignment_are_known_up_to_the_last_that_was_noted():
    repeats = Repeats()
    assert not repeats.has(said(1))
    for event in (said(1), logged(2), EngineLost(EngineId(0), "gone")):
        repeats.note(event)
    assert [repeats.has(each) for each in (said(1), logged(2), said(3))] == [True, True, False]
    assert not repeats.has(said(1, assignment=2))
    assert not repeats.has(logged(1, task=8))
    assert not repeats.has(EngineLost(EngineId(0), "gone"))


def test_what_is_known_of_a_session_goes_with_it():
    repeats = Repeats()
    for session in (1, 2):
        repeats.note(logged(5, task=join_id(session, 7)))
    repeats.drop(EngineLost(EngineId(0), "gone"))
    assert repeats.has(logged(5, task=join_id(1, 7)))
    repeats.drop(SessionClosed(SessionId(1)))
    assert repeats._last.keys() == {2}
    assert not repeats.has(logged(5, task=join_id(1, 7)))
    assert repeats.has(logged(5, task=join_id(2, 7)))
