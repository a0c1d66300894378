"""Rain's rules of a session, with a pump in this process and a cluster that only answers."""

import contextvars
import gc
import threading

import pytest

from flowlab.errors import ClusterError, NoActiveSession, SessionError, TaskError, UsageError
from flowlab.graph.active import active_session, set_default
from flowlab.graph.nodes import Task
from flowlab.model.limits import INLINE_OBJECT
from tests.session.declare import constant, task, update, wait_until


@pytest.fixture(autouse=True)
def _no_default():
    yield
    set_default(None)


# --- active, default, closed


def test_a_with_block_makes_it_active_and_closes_it(session):
    with session as inner:
        assert inner is session
        assert active_session() is session
        assert Task("answer").owner is session
    assert not session.active
    with pytest.raises(NoActiveSession, match="No active session"):
        active_session()
    with pytest.raises(SessionError, match="Session is closed"), session:
        pass


def test_an_inner_block_of_the_same_session_leaves_it_open(session):
    with session:
        with session:
            pass
        assert session.active
        assert active_session() is session
    assert not session.active


def test_an_exception_closes_it_too(session):
    with pytest.raises(KeyError), session:
        raise KeyError
    assert session.state == "closed"


def test_bind_only_leaves_it_open(session):
    for _ in range(2):
        with session.bind_only() as bound, session.bind_only():
            assert bound is session
            assert active_session() is session
    assert session.active


def test_a_closed_session_is_on_no_stack(session):
    with session:
        session.close()
        with pytest.raises(NoActiveSession):
            active_session()


def test_within_another_block_the_one_around_it_is_active_again(ways):
    outer, inner = ways.session(ways.local()), ways.session(ways.local(), number=2)
    with outer:
        with inner, inner.bind_only():
            assert active_session() is inner
            inner.close()
            assert active_session() is outer
        assert active_session() is outer
        assert outer.active


def test_a_block_that_ends_in_another_context_closes_its_session(session):
    contextvars.copy_context().run(session.__enter__)
    session.__exit__(None, None, None)
    assert not session.active


def test_the_default_is_cleared_when_it_is_closed(session):
    session.set_as_default()
    assert active_session() is session
    session.close()
    with pytest.raises(NoActiveSession):
        active_session()


def test_close_never_raises_and_everything_else_does(session):
    failing = task(session, "fail")
    session.submit()
    with pytest.raises(TaskError):
        failing.wait()
    session.close()
    session.close()
    for access in (session.wait_all, session.submit, failing.wait, failing.update):
        with pytest.raises(SessionError, match="Session is closed"):
            access()
    with pytest.raises(SessionError, match="Session is closed"):
        task(session)


def test_close_wakes_who_waits(session):
    hanging = task(session, "hang")
    session.submit()
    caught = []

    def wait():
        try:
            hanging.wait()
        except SessionError as error:
            caught.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    session.close()
    thread.join(5)
    assert caught == ["Session is closed"]


# --- submit, wait, fetch


def test_a_graph_is_computed_over_several_submits(session):
    first = task(session)
    first.output.keep()
    session.submit()
    second = task(session, inputs=[first.output, first.output])
    second.output.keep()
    session.submit()
    assert second.output.fetch().get_bytes() == b"10.10.12."
    session.wait_all()


def test_nothing_submitted_is_nothing_to_wait_for(session):
    session.wait_all()
    session.submit()
    session.wait([])
    assert session.settled()


def test_counts_are_of_what_was_not_submitted(session):
    task(session, outputs=2)
    constant(session, b"x")
    assert (session.task_count, session.dataobj_count) == (1, 3)
    session.keep_all()
    session.submit()
    assert (session.task_count, session.dataobj_count) == (0, 0)


def test_constants_come_back_small_and_large(session):
    for size in (0, 5, INLINE_OBJECT + 1):
        obj = constant(session, b"x" * size)
        obj.keep()
        session.submit()
        assert obj.fetch().get_bytes() == b"x" * size
        assert obj.info.size == size


def test_a_fetch_needs_the_keep_flag_first_and_then_a_submit(session):
    made = task(session)
    with pytest.raises(UsageError, match=r"Can't fetch object .* without keep flag"):
        made.output.fetch()
    made.output.keep()
    with pytest.raises(UsageError, match="is not submitted"):
        made.output.fetch()
    session.submit()
    assert made.output.fetch().get_bytes() == b"10."


def test_computed_objects_that_were_not_kept_cannot_be_read_later(session):
    made, data = task(session), constant(session, b"d")
    session.submit()
    with pytest.raises(UsageError, match="not kept"):
        task(session, inputs=[made.output])
    last = task(session, inputs=[data])
    last.output.keep()
    session.submit()
    assert last.output.fetch().get_bytes().startswith(b"d")


def test_waiting_for_the_wrong_thing_says_so(session):
    made = task(session)
    with pytest.raises(TypeError, match="Neither Task or DataObject: 3"):
        session.wait([3])
    with pytest.raises(UsageError, match="is not submitted"):
        session.wait([made])
    with pytest.raises(TypeError, match="only a data object can be fetched"):
        session.fetch(made)
    for thing in (made, "x"):
        with pytest.raises(TypeError, match="Not a DataObject: "):
            session.unkeep([thing])
    for mistake in (lambda: session.wait(["x"]), lambda: session.fetch("x")):
        with pytest.raises(UsageError):
            mistake()


def test_objects_can_be_waited_for_without_being_kept(session):
    made = task(session, "sleep 0.05")
    session.submit()
    made.output.wait()
    made.update()
    made.output.update()
    assert (made.state, made.output.state) == ("finished", "finished")
    assert made.info.duration >= 0.05


def test_states_are_as_fresh_as_the_last_update(session):
    made = task(session)
    assert made.state is None
    session.submit()
    assert made.state == "notAssigned"
    made.wait()
    assert made.info is None
    made.update()
    assert made.info.engine == 0


def test_a_task_larger_than_any_host_is_refused_with_the_numbers(session):
    task(session)
    session.submit()
    session.wait_all()
    with pytest.raises(UsageError, match="needs 3 cpus, and the largest host has 2"):
        task(session, cpus=3)
    session.submit()  # what was refused stands in no submit's way


# --- un-keep


def test_an_unkept_object_is_removed_everywhere(session):
    made = task(session)
    made.output.keep()
    session.submit()
    made.wait()
    made.output.unkeep()
    with pytest.raises(UsageError, match="is not kept"):
        made.output.unkeep()
    wait_until(lambda: update(made.output).state == "removed")


def test_an_object_that_nobody_can_name_is_let_go(session):
    made = task(session)
    made.output.keep()
    object_id = made.output.object_id
    session.submit()
    made.wait()
    del made
    gc.collect()
    wait_until(lambda: object_id in session._reach.mirror.removed)


def test_when_the_start_fails_all_is_still_declared(session, monkeypatch):
    made = task(session)
    made.output.keep()

    def fail():
        raise ClusterError("no room for a runtime directory")

    with monkeypatch.context() as broken:
        broken.setattr(session._reach, "start", fail)
        with pytest.raises(ClusterError, match="no room"):
            session.submit()
    assert session.task_count == 1
    assert not made.submitted
    session.wait_all()  # nothing is under way, so there is nothing to wait for
    session.submit()
    assert made.output.fetch() is not None
