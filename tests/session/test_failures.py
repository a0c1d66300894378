"""What a failed task does to its session, in both ways to go on; and what a process may not do."""
# mirrors: the errors that session, access and blame make together

import os
import threading
import time

import pytest

from flowlab.errors import SessionError, TaskError
from tests.session import declare
from tests.session.declare import task, wait_until


def test_a_failure_fails_the_session_for_every_access(session):
    good = task(session)
    good.output.keep()
    session.submit()
    good.wait()
    bad = task(session, "fail", name="bad/one")
    session.submit()
    for _ in range(2):
        for access in (
            bad.wait,
            good.wait,
            session.wait_all,
            good.output.fetch,
            good.output.unkeep,
            good.update,
            session.submit,
        ):
            with pytest.raises(TaskError) as caught:
                access()
            text = str(caught.value)
            assert text.startswith(f"Task {bad!r} failed\nMessage: ValueError: asked for\n")
            assert f"Task created at:\n  {declare.__file__}, line " in text
            assert text.endswith("Debug:\nsaid before")
            assert "  line 1, in asked" in text
    assert good.output.is_kept()
    assert session.state == "failed"


def test_a_failure_ends_a_wait_for_all_while_others_run(session):
    hanging, bad = task(session, "hang"), task(session, "fail")
    session.submit()
    with pytest.raises(TaskError, match="asked for"):
        session.wait_all()
    with pytest.raises(TaskError) as caught:
        hanging.wait()
    assert str(caught.value).startswith(f"Task {bad!r} failed")


def test_a_failure_ends_a_wait_for_something_else(session):
    hanging = task(session, "hang")
    session.submit()
    assert not session.settled(timeout=0.01)
    session.cancel([hanging])
    with pytest.raises(TaskError, match="was cancelled"):
        hanging.wait()


def test_a_session_that_goes_on_blames_the_task_and_its_dependents_alone(patient):
    bad = task(patient, "fail", name="bad")
    behind = task(patient, inputs=[bad.output], name="behind")
    last = task(patient, inputs=[behind.output])
    good = task(patient)
    good.output.keep()
    patient.submit()
    assert good.output.fetch().get_bytes()
    with pytest.raises(TaskError, match="Message: ValueError: asked for"):
        bad.wait()
    for skipped in (behind, last):
        with pytest.raises(TaskError) as caught:
            skipped.wait()
        assert str(caught.value).startswith(f"Task {skipped!r} was skipped")
        assert "'bad'" in str(caught.value)
    with pytest.raises(TaskError, match="asked for"):
        patient.wait_all()
    assert patient.settled()
    assert patient.state == "open"


def test_a_replaced_task_is_not_blamed_any_longer(patient):
    bad = task(patient, "fail")
    behind = task(patient, inputs=[bad.output])
    patient.submit()
    assert patient.settled(10)
    patient.discard(bad)
    patient.wait_all()
    assert (bad.state, bad.output.state) == ("failed", "unfinished")
    assert (behind.state, behind.output.state) == ("skipped", "unfinished")
    declared = task(patient)
    patient.discard(declared)
    assert patient.task_count == 0
    with pytest.raises(TaskError):
        behind.wait()


def test_everything_can_be_cancelled(patient):
    tasks = [task(patient, "hang") for _ in range(3)]
    patient.submit()
    patient.cancel()
    assert patient.settled(10)
    for each in tasks:
        with pytest.raises(TaskError, match="was cancelled"):
            each.wait()


# --- the stream, the process


def test_a_follower_gets_its_session_alone(ways):
    link = ways.local()
    reach = ways.reach(link)
    ours, theirs = ways.session(link), ways.session(link, number=2)
    ours._reach = theirs._reach = reach
    ours._access._reach = theirs._access._reach = reach
    seen = []
    ours.follow(seen.extend)
    task(theirs)
    task(ours)
    theirs.submit()
    ours.submit()
    theirs.wait_all()
    ours.wait_all()
    wait_until(lambda: any(type(entry.event).__name__ == "Reported" for entry in seen))
    assert {entry.session for entry in seen} == {1, None}


def test_why_a_task_is_where_it_is(session):
    made = task(session, "hang")
    assert "not submitted" in str(session.explain(made))
    session.submit()
    wait_until(lambda: session.explain(made).state == "running")
    assert "engine" in str(session.explain(made))


def test_a_forked_child_gets_a_clear_error(session):
    made = task(session)
    session.submit()
    made.wait()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            made.wait()
        except SessionError as error:
            os.write(writing, str(error).encode())
        finally:
            os._exit(0)
    os.close(writing)
    os.waitpid(pid, 0)
    assert b"was forked from the one that made the client" in os.read(reading, 1000)
    os.close(reading)


def test_an_interrupt_ends_a_wait_at_once(session):
    hanging = task(session, "hang")
    session.submit()
    main = threading.main_thread().ident
    timer = threading.Timer(0.2, lambda: os.kill(os.getpid(), 2))
    assert main == threading.get_ident()
    timer.start()
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        hanging.wait()
    assert time.monotonic() - began < 5
