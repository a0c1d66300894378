"""The session in which jobs run."""

import pytest

from flowlab.compat.lofar.sessions import session_for_jobs, session_of
from flowlab.errors import NoActiveSession, WrongKind, WrongValue


class Owner:
    session = None


def test_the_session_is_the_owner_s_or_the_active_one(here):
    owner = Owner()
    with here.new_session("outer") as outer, here.new_session("inner") as inner:
        assert session_of(owner) is inner
        owner.session = outer
        assert session_of(owner) is outer


def test_without_a_session_it_says_so():
    with pytest.raises(NoActiveSession):
        session_of(Owner())


def test_what_is_no_session_is_refused():
    owner = Owner()
    owner.session = "mine"
    with pytest.raises(WrongKind, match="session is a flowlab session, not 'mine'"):
        session_of(owner)


def test_a_session_that_one_job_can_end_is_refused_for_jobs(here):
    told = r"'ends' ends.*new_session\(on_error='continue'\)"
    with here.new_session("ends"), pytest.raises(WrongValue, match=told):
        session_for_jobs(Owner())
    with here.new_session("goes on", on_error="continue") as session:
        assert session_for_jobs(Owner()) is session
