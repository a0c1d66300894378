"""In which session a pipeline runs."""

import pytest

from flowlab import WrongValue
from flowlab.compat.ruffus import sessions
from flowlab.compat.ruffus.sessions import find_session


def test_the_active_session_is_used_or_the_one_that_is_given(inline, here):
    assert find_session() is inline
    with here.new_session(on_error="continue") as other, inline.bind_only():
        assert find_session(other) is other


def test_a_session_that_ends_with_the_first_error_is_refused(here):
    told = "session 'strict' ends with the first job that fails"
    with here.new_session("strict"), pytest.raises(WrongValue, match=told):
        find_session()


@pytest.mark.engines
def test_without_any_it_has_one_of_its_own_and_makes_it_again():
    first = find_session()
    client = sessions._own[0][0]
    assert find_session() is first
    first.close()
    again = find_session()
    assert again.active
    assert client.closed
    assert len(sessions._own) == 1
    assert again is not first
    again.close()
