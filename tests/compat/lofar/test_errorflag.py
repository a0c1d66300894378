"""The event of whoever runs jobs."""

import threading
import warnings

import pytest

from flowlab.compat.lofar.errorflag import ErrorFlag, HasError
from flowlab.errors import WrongKind


class Owner(HasError):
    pass


def test_both_names_of_the_question_answer_alike_and_nobody_complains():
    flag = ErrorFlag()
    assert isinstance(flag, threading.Event)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert not flag.isSet()
        flag.set()
        assert flag.isSet()


def test_each_owner_has_a_flag_of_its_own():
    one, other = Owner(), Owner()
    assert one.error is one.error
    one.error.set()
    assert not other.error.is_set()


def test_another_event_may_stand_for_it_and_nothing_else():
    owner, event = Owner(), threading.Event()
    owner.error = event
    assert owner.error is event
    with pytest.raises(WrongKind, match=r"error is a threading\.Event, not False"):
        owner.error = False
