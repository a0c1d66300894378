"""A session in which the first failure is the end is refused, with the remedy."""

import pytest

from flowlab.compat.goes_on import check_goes_on
from flowlab.errors import WrongValue


def test_one_that_goes_on_is_fine(here):
    with here.new_session(on_error="continue") as session:
        check_goes_on(session, "anything")


def test_one_that_ends_is_refused(here):
    told = r"'strict' ends with the first job: use client.new_session\(on_error='continue'\)"
    with (
        here.new_session("strict", on_error="fail-session") as session,
        pytest.raises(WrongValue, match=told),
    ):
        check_goes_on(session, "the first job")
