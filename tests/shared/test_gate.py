"""Gates: in the order of coming, and never for who is gone."""

import threading

import pytest

from flowlab.shared.caller import Abandoned, Withdrawn
from flowlab.shared.gate import Gate, patience
from tests.shared.conftest import Person


class Door:
    """Lets through as many as it has room for."""

    def __init__(self):
        self.gate = Gate()
        self.room = 0
        self.passed = []

    def enter(self, name="", timeout=None, in_order=True):
        with self.gate.changed:
            went = self.gate.wait(lambda: self.room > 0, timeout, in_order=in_order)
            if went:
                self.room -= in_order
                self.passed.append(name)
            return went

    def open(self, room=1):
        with self.gate.changed:
            self.room += room
            self.gate.changed.notify_all()


def test_they_go_in_the_order_of_their_coming():
    door = Door()
    people = [Person().soon(door.enter, name) for name in "abc"]
    for _ in people:
        door.open()
    assert [each.result() for each in people] == [True] * 3
    assert door.passed == ["a", "b", "c"]


def test_who_comes_last_does_not_pass_who_waits():
    door = Door()
    first = Person().soon(door.enter, "first")
    assert not Person().now(door.enter, "last", 0)
    door.open()
    assert first.result()


def test_all_go_where_there_is_no_order():
    door = Door()
    people = [Person().soon(door.enter, name, None, False) for name in "ab"]
    door.open()
    assert [each.result() for each in people] == [True, True]


def test_the_time_is_over():
    door = Door()
    assert not Person().now(door.enter, "", 0.02)
    assert not door.gate._queue


def test_who_is_gone_takes_nothing():
    door = Door()
    dead, alive = Person().soon(door.enter, "dead"), Person().soon(door.enter, "alive")
    dead.gone = True
    door.open()
    assert isinstance(dead.result(), Abandoned)
    assert alive.result()
    assert door.passed == ["alive"]


def test_who_is_gone_holds_up_nobody_who_does_not_wait():
    door = Door()
    dead = Person().soon(door.enter)
    dead.gone = True
    door.room = 1
    assert Person().now(door.enter, "at once", 0)
    assert isinstance(dead.result(), Abandoned)


def test_who_withdraws_goes_at_once():
    door = Door()
    person = Person().soon(door.enter)
    person.caller.withdraw()
    assert isinstance(person.result(), Withdrawn)


def test_a_lock_can_be_shared():
    lock = threading.RLock()
    one, other = Gate(lock), Gate(lock)
    with one.changed, other.changed:
        assert one.wait(lambda: True)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [((True, None), None), ((True, -1), None), ((False, None), 0.0), ((True, 2), 2)],
)
def test_patience_is_said_as_threading_says_it(said, seconds):
    assert patience(*said) == seconds
