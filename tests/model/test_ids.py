"""Ids join and split without loss, and fit into a browser's numbers."""

from hypothesis import given
from hypothesis import strategies as st

from flowlab.model.ids import FIRST_LOCAL, ID, SessionId, join_id, session_of, split_id

SESSIONS = st.integers(0, 2**21 - 1)
LOCALS = st.integers(0, 2**32 - 1)


@given(SESSIONS, LOCALS)
def test_what_was_joined_comes_apart_again(session, local):
    thing = join_id(SessionId(session), local)
    assert split_id(thing) == ID(session, local)
    assert session_of(thing) == session


@given(SESSIONS, LOCALS)
def test_two_million_sessions_of_four_billion_things_fit_into_a_browser(session, local):
    assert join_id(SessionId(session), local) < 2**53


@given(st.tuples(SESSIONS, LOCALS), st.tuples(SESSIONS, LOCALS))
def test_ids_are_unique_and_in_the_order_of_sessions(one, other):
    first, second = (join_id(SessionId(session), local) for session, local in (one, other))
    assert (first < second) == (one < other)
    assert (first == second) == (one == other)


def test_people_see_session_and_number():
    shown = split_id(join_id(SessionId(3), FIRST_LOCAL))
    assert str(shown) == repr(shown) == "3/10"
    assert (shown.session_id, shown.id) == (3, 10)
