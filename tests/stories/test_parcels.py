"""A submit that travels in many parcels, slower than engines run what is in them."""

# mirrors: flowlab/session/parcel.py with real engines; its rows are tested in tests/session

import gc
import random
import time
import weakref

import pytest

from flowlab import remote
from flowlab.errors import TaskError
from flowlab.session import parcel as room
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines

TASKS = 300


@pytest.fixture(autouse=True)
def slow_parcels(monkeypatch):
    """Of ten tasks each, so that what the first ones made is old when the last ones come."""
    make = room._Submit.parcel

    def late(*args):
        time.sleep(0.01)
        return make(*args)

    monkeypatch.setattr(room, "PARCEL", 10)
    monkeypatch.setattr(room._Submit, "parcel", late)


@remote(auto_load=True, auto_encode="pickle")
def add(ctx, *values):
    return sum(values) % 1_000_003 + 1


def test_a_random_graph_gives_what_one_process_gives(session):
    pick = random.Random(5)
    tasks, expected = [add(1), add(2)], [2, 3]
    while len(tasks) < TASKS:
        parents = [pick.randrange(len(tasks)) for _ in range(3)]
        tasks.append(add(*(tasks[one] for one in parents)))
        expected.append(sum(expected[one] for one in parents) % 1_000_003 + 1)
    for task in tasks[::7]:
        task.keep_outputs()
    session.submit()
    assert [task.output.fetch().load() for task in tasks[::7]] == expected[::7]
    session.wait_all()


def test_a_chain_goes_on_from_parcel_to_parcel(session):
    last = add(0)
    for _ in range(TASKS):
        last = add(last)
    last.keep_outputs()
    session.submit()
    assert last.output.fetch().load() == TASKS + 1


@pytest.mark.parametrize("session", ["continue"], indirect=True)
def test_what_failed_before_its_reader_came_skips_it(session):
    @remote(auto_load=True, auto_encode="pickle")
    def broken(ctx):
        raise ValueError("on purpose")

    first = broken()
    others = [add(number) for number in range(50)]
    reader = add(first, others[-1])
    session.submit()
    session.wait(others)
    with pytest.raises(TaskError, match="on purpose"):
        reader.wait()


def test_what_is_said_after_a_submit_comes_after_all_of_it(session):
    @remote(outputs=0)
    def long(ctx):
        time.sleep(60)

    quick = [add(number) for number in range(50)]
    slow = [long() for _ in range(50)]
    session.submit()
    session.cancel(slow)
    session.wait(quick)
    for task in slow:
        with pytest.raises(TaskError, match="was cancelled"):
            task.wait()


def test_nothing_of_a_submit_is_held_once_it_is_done(session):
    tasks = [add(number) for number in range(30)]
    left = [weakref.ref(task) for task in tasks]
    session.submit()
    session.wait_all()
    del tasks
    gc.collect()
    assert wait_until(lambda: not any(each() for each in left), 5)
