"""What stands in the way of an access, and how a session waits; see also test_session.py."""

import gc
import threading

import pytest

from flowlab.errors import ClusterError, SessionError, TaskError, UsageError
from flowlab.events.messages import SessionClosed
from flowlab.session.access import Why
from tests.session.declare import constant, task, update, wait_until


def test_a_link_that_is_gone_for_good_ends_every_wait(session):
    hanging = task(session, "hang")
    session.submit()
    session._reach.link.fault = "it burned down"
    for access in (hanging.wait, session.wait_all, session.submit):
        with pytest.raises(ClusterError, match="burned down"):
            access()
    with pytest.raises(ClusterError, match="burned down"):
        session.settled()


def test_a_session_that_the_other_side_closed_says_why(session):
    hanging = task(session, "hang")
    session.submit()
    session._reach.link.post(SessionClosed(1, "a bug in flowlab's scheduler: KeyError"))
    with pytest.raises(SessionError, match=r"Session is closed: a bug .* KeyError"):
        hanging.wait()
    assert session.state == "closed"
    assert session.settled()


def test_a_task_taken_for_unfinished_is_waited_for_again(session):
    made = task(session)
    session.submit()
    made.wait()
    session._access.reopen(made.task_id)
    assert session._access.unfinished() == (made.task_id,)
    assert not session.settled(timeout=0.01)


def test_some_are_waited_for_and_those_that_are_finished_are_given(session):
    hanging, quick, data = task(session, "hang"), task(session), constant(session, b"x")
    slow = task(session, "sleep 0.05", inputs=[quick])
    with pytest.raises(UsageError, match="is not submitted"):
        session.wait_some([quick])
    session.submit()
    assert session.wait_some([]) == ([], [])
    tasks, objects = session.wait_some([hanging, slow.output, hanging.output])
    assert (tasks, objects) == ([], [slow.output])
    assert session.wait_some([hanging, quick, slow.output, data]) == ([quick], [slow.output, data])
    with pytest.raises(TypeError, match="Neither Task or DataObject"):
        session.wait_some([7])


def test_some_that_failed_are_an_error_only_when_none_is_finished(patient):
    bad, good = task(patient, "fail"), task(patient)
    patient.submit()
    patient.settled(10)
    assert patient.wait_some([bad, good]) == ([good], [])
    for item in (bad, bad.output):
        with pytest.raises(TaskError, match="asked for"):
            patient.wait_some([item])


def test_waiting_for_some_of_a_failed_session_raises(session):
    good, bad = task(session), task(session, "fail")
    session.submit()
    with pytest.raises(TaskError):
        bad.wait()
    with pytest.raises(TaskError, match="asked for"):
        session.wait_some([good])


def test_why_is_shown_in_sentences(session):
    assert str(Why("ready", ("it is ready", "no engine is free"))) == (
        "it is ready; no engine is free"
    )
    made = task(session, "hang")
    session.submit()
    wait_until(lambda: session.explain(made).state == "running")
    assert "on engine 0" in str(session.explain(made))


def test_after_a_wait_for_all_the_states_of_all_are_known(session):
    first = task(session)
    first.output.keep()
    given = constant(session, b"x")
    session.submit()
    first.wait()
    later = task(session)
    session.submit([later])
    session.wait_all()
    not_sent = task(session)
    everything = (first, first.output, later, later.output, given)
    assert {each.state for each in everything} == {"finished"}
    assert (not_sent.state, not_sent.output.state) == (None, None)
    first.output.unkeep()
    wait_until(lambda: update(first.output).state == "removed")
    assert first.state == "finished"
    session.submit()
    assert (not_sent.state, not_sent.output.state) == ("notAssigned", "unfinished")
    session.close()
    assert (first.state, first.output.state, later.state) == ("finished", "removed", "finished")


def test_what_is_submitted_while_another_thread_waits_is_waited_for_too(session):
    slow = task(session, "sleep 2")
    session.submit()
    waiting = threading.Thread(target=session.wait_all)
    waiting.start()
    later = task(session, "sleep 2.1")
    session.submit()
    waiting.join(20)
    assert (slow.state, later.state) == ("finished", "finished")


def test_what_is_dropped_with_its_session_is_let_go(ways):
    """The session is not closed: nobody can name it any longer."""
    link = ways.local()
    session = ways.session(link)
    made = task(session)
    made.output.keep()
    session.submit()
    made.wait()
    mirror, object_id = session._reach.mirror, made.output.object_id
    assert object_id not in mirror.removed
    del session, made
    gc.collect()
    wait_until(lambda: object_id in mirror.removed)
