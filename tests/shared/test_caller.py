"""Callers: what they hold comes back, and what they no longer want is undone."""

import threading

import pytest

from flowlab.shared.caller import Abandoned, Caller, Withdrawn, current_caller, serving
from flowlab.shared.wire import Holder


class Thing:
    def __init__(self):
        self.forsaken = []

    def forsake(self, caller):
        self.forsaken.append(caller)
        caller.give(self, caller.held[self])


def test_what_it_holds_is_taken_back():
    caller, thing = Caller(Holder()), Thing()
    caller.take(thing, lambda: None)
    caller.take(thing, lambda: None)
    assert caller.held[thing] == 2
    caller.give(thing)
    assert caller.forsake_all() == [thing]
    assert (thing.forsaken, dict(caller.held)) == ([caller], {})


def test_a_call_that_is_withdrawn_while_it_runs_is_undone_at_its_end():
    caller, undone = Caller(Holder()), []
    caller.begin()
    caller.withdraw()
    with pytest.raises(Withdrawn):
        caller.check()
    caller.undo = lambda: undone.append(True)
    assert not caller.end()
    assert undone == [True]


def test_a_call_that_is_withdrawn_after_it_is_undone_once():
    caller, undone = Caller(Holder()), []
    caller.begin()
    caller.undo = lambda: undone.append(True)
    assert caller.end()
    caller.withdraw()
    caller.withdraw()
    assert undone == [True]


def test_a_call_that_went_before_is_not_undone():
    caller, undone = Caller(Holder()), []
    caller.begin()
    caller.undo = lambda: undone.append(True)
    caller.end()
    caller.begin()
    caller.end()
    caller.withdraw()
    assert not undone


def test_one_that_is_dismissed_is_gone():
    caller = Caller(Holder())
    caller.check()
    caller.dismiss()
    with pytest.raises(Abandoned):
        caller.check()


def test_one_that_waits_is_woken():
    caller, place = Caller(Holder()), threading.Condition()
    caller.begin()
    with place, caller.waiting_at(place):
        threading.Timer(0.05, caller.withdraw).start()
        assert place.wait(10)


def test_a_thread_serves_one_at_a_time():
    one, other, own = Caller(Holder()), Caller(Holder()), current_caller()
    with serving(one):
        with serving(other):
            assert current_caller() is other
        assert current_caller() is one
    assert current_caller() is own


def test_one_thing_that_cannot_be_taken_back_keeps_no_other():
    class Broken(Thing):
        def forsake(self, caller):
            raise EOFError

    caller, broken, thing = Caller(Holder()), Broken(), Thing()
    caller.take(broken, lambda: None)
    caller.take(thing, lambda: None)
    assert caller.forsake_all() == [thing]
    assert (thing.forsaken, dict(caller.held)) == ([caller], {})
