"""Events, barriers, queues."""

from queue import Empty, Full
from threading import BrokenBarrierError

import pytest

from flowlab.shared.caller import Abandoned
from flowlab.shared.meetings import Barrier, Event, Queue
from tests.shared.conftest import Person


def test_an_event_lets_all_go():
    event = Event()
    people = [Person().soon(event.wait) for _ in range(3)]
    event.set()
    assert [each.result() for each in people] == [True] * 3
    assert event.is_set()
    event.clear()
    assert not event.wait(0.02)


def test_all_go_on_together_each_with_another_number():
    barrier = Barrier(3)
    people = [Person().soon(barrier.wait) for _ in range(2)]
    assert barrier.n_waiting == 2
    people.append(Person().soon(barrier.wait))
    assert sorted(each.result() for each in people) == [0, 1, 2]
    assert barrier.n_waiting == 0


def test_a_barrier_can_be_met_at_again():
    barrier = Barrier(2)
    for _ in range(3):
        one = Person().soon(barrier.wait)
        assert {Person().now(barrier.wait), one.result()} == {0, 1}


def test_who_is_gone_does_not_count_at_a_barrier():
    barrier = Barrier(2)
    dead = Person().soon(barrier.wait)
    dead.gone = True
    again = Person().soon(barrier.wait)  # its task, tried again
    assert not again.outcome
    assert {Person().now(barrier.wait), again.result()} == {0, 1}
    assert isinstance(dead.result(), Abandoned)


def test_who_is_gone_takes_no_place_with_it_that_is_anothers_by_now():
    barrier = Barrier(2)
    dead = Person().soon(barrier.wait)
    dead.gone = True
    again = Person().soon(barrier.wait)  # has the place of the dead one
    assert isinstance(dead.result(), Abandoned)  # whose call ends only now
    assert barrier.n_waiting == 1
    assert {Person().now(barrier.wait), again.result()} == {0, 1}


def test_a_barrier_breaks_when_the_time_is_over():
    barrier = Barrier(2)
    patient = Person().soon(barrier.wait)
    with pytest.raises(BrokenBarrierError):
        Person().now(Barrier(2, 0.02).wait)
    barrier.abort()
    assert isinstance(patient.result(), BrokenBarrierError)
    assert barrier.broken
    with pytest.raises(BrokenBarrierError):
        barrier.wait()
    barrier.reset()
    one = Person().soon(barrier.wait)
    barrier.reset()
    assert isinstance(one.result(), BrokenBarrierError)
    assert not barrier.broken


def test_a_barrier_has_parties():
    assert Barrier(4).parties == 4
    with pytest.raises(ValueError, match="parties must be"):
        Barrier(0)


def test_items_come_out_as_they_went_in():
    queue = Queue()
    for item in "abc":
        queue.put(item)
    assert queue.qsize() == 3
    assert [queue.get() for _ in range(3)] == ["a", "b", "c"]
    assert queue.empty()
    with pytest.raises(Empty):
        queue.get_nowait()
    with pytest.raises(Empty):
        queue.get(timeout=0.02)


def test_a_full_queue_holds_up_who_puts():
    queue = Queue(1)
    queue.put("a")
    assert queue.full()
    with pytest.raises(Full):
        queue.put_nowait("b")
    with pytest.raises(Full):
        queue.put("b", timeout=0.02)
    person = Person().soon(queue.put, "b")
    assert queue.get() == "a"
    person.result()
    assert queue.get() == "b"


def test_an_item_is_not_lost_with_who_waits_for_it():
    queue = Queue()
    dead, alive = Person().soon(queue.get), Person().soon(queue.get)
    dead.gone = True
    queue.put("a")
    assert alive.result() == "a"
    assert isinstance(dead.result(), Abandoned)


def test_an_item_that_nobody_wants_any_longer_is_the_first_again():
    queue, person = Queue(), Person()
    queue.put("a")
    queue.put("b")
    assert person.now(queue.get) == "a"
    person.caller.withdraw()
    assert [queue.get(), queue.get()] == ["a", "b"]


def test_a_queue_knows_what_is_done():
    queue = Queue()
    queue.put("a")
    person = Person().soon(queue.join)
    queue.get()
    queue.task_done()
    assert person.result() is None
    with pytest.raises(ValueError, match="called too many times"):
        queue.task_done()
