"""Which session a new task belongs to."""

import contextvars
from concurrent.futures import ThreadPoolExecutor

import pytest

from flowlab.errors import NoActiveSession
from flowlab.graph import active
from tests.graph.owner import NoEngines


@pytest.fixture(autouse=True)
def _nothing_left():
    yield
    active.set_default(None)
    active.set_default_maker(None)


def test_without_a_session_it_says_so():
    with pytest.raises(NoActiveSession, match=r"^No active session$"):
        active.active_session()


def test_the_innermost_block_wins_over_the_default():
    default, outer, inner = NoEngines(1), NoEngines(2), NoEngines(3)
    active.set_default(default)
    active.push(outer)
    active.push(inner)
    assert active.active_session() is inner
    active.pop(inner)
    assert active.active_session() is outer
    active.pop(outer)
    assert active.get_active_session() is default


def test_a_session_may_be_bound_twice():
    session, other = NoEngines(1), NoEngines(2)
    for each in (session, other, session):
        active.push(each)
    active.pop(session)
    assert active.is_bound(session)
    assert active.active_session() is other
    active.pop(session)
    assert active.active_session() is other
    active.pop(other)
    assert not active.is_bound(session)


def test_what_is_not_bound_cannot_be_popped():
    with pytest.raises(NoActiveSession, match="'lonely' is not bound"):
        active.pop(NoEngines(1, "lonely"))


def test_a_closed_session_leaves_the_stack_wherever_it_stands():
    session, other = NoEngines(1), NoEngines(2)
    for each in (session, other, session):
        active.push(each)
    active.leave(session)
    active.leave(session)
    assert active.active_session() is other
    active.pop(other)
    assert not active.is_bound(session)


def test_a_new_default_replaces_the_old_and_a_closed_one_is_cleared():
    old, new = NoEngines(1), NoEngines(2)
    active.set_default(old)
    active.set_default(new)
    active.clear_default(old)
    assert active.default_session() is new
    active.clear_default(new)
    assert active.default_session() is None


def test_a_thread_sees_the_default_but_not_the_blocks_of_others():
    default, mine = NoEngines(1), NoEngines(2)
    active.set_default(default)
    active.push(mine)
    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(active.active_session).result() is default
        held = contextvars.copy_context()
        assert thread.submit(held.run, active.active_session).result() is mine
    active.pop(mine)


def test_the_maker_is_asked_only_when_nothing_else_is_there():
    made, default = NoEngines(1), NoEngines(2)
    active.set_default_maker(lambda: made)
    assert active.active_session() is made
    active.set_default(default)
    assert active.active_session() is default
