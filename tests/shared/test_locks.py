"""Locks and semaphores: like those of `threading`, and they come back."""

import pytest

from flowlab.shared.caller import Abandoned
from flowlab.shared.locks import BoundedSemaphore, Lock, RLock, Semaphore
from tests.shared.conftest import Person

KINDS = [Lock, RLock, Semaphore, BoundedSemaphore]


@pytest.mark.parametrize("kind", KINDS)
def test_one_holds_it_and_the_next_waits(kind):
    lock, one, other = kind(), Person(), Person()
    assert one.now(lock.acquire)
    assert not other.now(lock.acquire, False)
    assert not other.now(lock.acquire, True, 0.02)
    other.soon(lock.acquire)
    one.now(lock.release)
    assert other.result() is True


@pytest.mark.parametrize("kind", KINDS)
def test_it_comes_back_from_one_that_is_gone(kind):
    lock, dead, alive = kind(), Person(), Person()
    dead.now(lock.acquire)
    alive.soon(lock.acquire)
    assert dead.caller.forsake_all() == [lock]
    assert alive.result() is True
    assert not dead.caller.held
    assert alive.caller.held[lock] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_who_dies_while_it_waits_never_has_it(kind):
    lock, holder, dead = kind(), Person(), Person()
    holder.now(lock.acquire)
    dead.soon(lock.acquire)
    dead.gone = True
    holder.now(lock.release)
    assert isinstance(dead.result(), Abandoned)
    assert Person().now(lock.acquire, False)


@pytest.mark.parametrize("kind", KINDS)
def test_what_nobody_wants_any_longer_is_given_back(kind):
    lock, person = kind(), Person()
    person.now(lock.acquire)
    person.caller.withdraw()  # its answer was on the way
    assert not person.caller.held
    assert Person().now(lock.acquire, False)


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_a_context(kind):
    lock, one, other = kind(), Person(), Person()
    with lock:
        assert not other.now(lock.acquire, False)
    assert one.now(lock.acquire, False)


def test_anybody_may_release_a_lock():
    lock, one, other = Lock(), Person(), Person()
    one.now(lock.acquire)
    other.now(lock.release)
    assert not one.caller.held
    assert not lock.locked()
    with pytest.raises(RuntimeError, match="release unlocked lock"):
        lock.release()


def test_a_holder_takes_an_rlock_again():
    lock, one, other = RLock(), Person(), Person()
    one.now(lock.acquire)
    one.now(lock.acquire)
    one.now(lock.release)
    assert not other.now(lock.acquire, False)
    with pytest.raises(RuntimeError, match="cannot release un-acquired lock"):
        other.now(lock.release)
    one.now(lock.release)
    assert other.now(lock.acquire, False)


def test_an_rlock_comes_back_however_often_it_was_taken():
    lock, one = RLock(), Person()
    for _ in range(3):
        one.now(lock.acquire)
    one.caller.forsake_all()
    assert not one.caller.held
    assert Person().now(lock.acquire, False)


def test_so_many_hold_a_semaphore():
    semaphore, people = Semaphore(2), [Person() for _ in range(3)]
    assert [each.now(semaphore.acquire, False) for each in people] == [True, True, False]
    assert semaphore.get_value() == 0
    people[0].now(semaphore.release)
    assert semaphore.get_value() == 1


def test_one_who_holds_none_gives_back_for_another():
    """A semaphore as a signal: one task takes, another gives."""
    semaphore, taker, giver = Semaphore(0), Person(), Person()
    giver.now(semaphore.release)
    taker.now(semaphore.acquire)
    giver.now(semaphore.release)
    taker.caller.forsake_all()
    assert semaphore.get_value() == 1


def test_a_semaphore_is_forsaken_as_often_as_it_was_taken():
    semaphore, one = Semaphore(3), Person()
    for _ in range(3):
        one.now(semaphore.acquire)
    one.caller.forsake_all()
    assert semaphore.get_value() == 3


def test_a_bounded_one_never_has_more():
    semaphore = BoundedSemaphore(1)
    with pytest.raises(ValueError, match="released too many times"):
        semaphore.release()


@pytest.mark.parametrize(
    "wrong", [lambda: Semaphore(-1), lambda: Semaphore().release(0)], ids=["value", "release"]
)
def test_wrong_numbers_are_refused(wrong):
    with pytest.raises(ValueError, match="must be"):
        wrong()
