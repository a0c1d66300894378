"""Shared objects on real engines: counted, met at, written to, and seen from the notebook."""

# mirrors: session.shared and session.shared_logger with tasks on two engines

import re
import threading

import pytest

import flowlab
from flowlab import remote
from tests.stories.watching import wait_until

pytestmark = pytest.mark.engines


@remote()
def count_up(ctx, lock, value, times):
    for _ in range(times):
        with lock:
            value.value += 1
    return b""


@remote(auto_encode="pickle")
def produce(ctx, queue, ready, items):
    ready.wait()
    for item in range(items):
        queue.put(item)
    queue.put(None)
    return "produced"


@remote(auto_encode="pickle")
def consume(ctx, queue, ready):
    ready.set()
    found = []
    while (item := queue.get()) is not None:
        found.append(item)
    return found


@remote(auto_encode="pickle")
def meet(ctx, barrier):
    return barrier.wait()


@remote(auto_encode="pickle")
def engine(ctx, table, word):
    table[word] = ctx.info.governor
    return str(table)


@remote()
def write_group(ctx, number, log, mutex):
    with mutex:
        for line in range(4):
            log.info("task %d line %d", number, line)
    return b""


def finish(session, *tasks):
    """Submit them, and give what they made."""
    for task in tasks:
        task.keep_outputs()
    session.submit()
    session.wait(tasks)
    return [task.output.fetch().load() for task in tasks]


def test_four_tasks_of_a_thousand_increments_make_four_thousand(session):
    lock, value = session.shared("Lock", name="db"), session.shared("Value", 0)
    for _ in range(4):
        count_up(lock, value, 1000)
    session.submit()
    session.wait_all()
    assert value.value == 4000


def test_a_counter_needs_no_lock(session):
    counter = session.shared("Counter")
    results = flowlab.map(lambda _: counter.increment(), range(1000))
    results.keep()
    session.submit()
    assert sorted(results) == list(range(1, 1001))
    assert counter.value == 1000


def test_who_waits_for_another_is_never_in_its_batch(session):
    """The consumer is first, and waits for a producer that is declared after it; many times."""
    pairs = []
    for _ in range(6):
        queue, ready = session.shared("Queue", 2), session.shared("Event")
        pairs.append((consume(queue, ready), produce(queue, ready, 10)))
    made = finish(session, *[task for pair in pairs for task in pair])
    assert made == [list(range(10)), "produced"] * 6


def test_calls_of_a_map_may_wait_for_each_other(session):
    queue = session.shared("Queue")
    whole = flowlab.map(lambda n: queue.get() if n % 2 == 0 else queue.put(n), range(128))
    whole.keep()
    session.submit()
    assert sorted(each for each in whole if each) == list(range(1, 128, 2))


def test_two_meet_at_a_barrier_however_often(session):
    barrier = session.shared("Barrier", 2)
    made = finish(session, *[meet(barrier) for _ in range(10)])
    assert sorted(made) == [0] * 5 + [1] * 5


def test_what_tasks_write_is_seen_in_the_notebook_and_back(session):
    table = session.shared("dict", name="where")
    made = finish(session, engine(table, "a"), engine(table, "b"))
    assert made == ["<shared dict 'where'>"] * 2
    assert table.keys() == ["a", "b"] or sorted(table.keys()) == ["a", "b"]
    table["c"] = "notebook"
    (found,) = finish(session, engine(table, "d"))
    assert found == "<shared dict 'where'>"
    assert len(table) == 4


def test_a_proxy_comes_back_from_a_task(session):
    lock = session.shared("Lock", name="db")

    @remote(auto_encode="pickle")
    def give(ctx):
        return lock

    (again,) = finish(session, give())
    assert again == lock
    with again:
        assert lock.locked()


def test_the_notebook_and_tasks_wait_for_each_other(session):
    queue, answers = session.shared("Queue"), session.shared("Queue")

    @remote()
    def answer(ctx):
        for _ in range(3):
            answers.put(queue.get() * 2)
        return b""

    answer()
    session.submit()
    for number in (1, 2, 3):
        queue.put(number)
        assert answers.get(timeout=60) == 2 * number
    session.wait_all()


def test_lines_that_stand_together_are_never_mixed(session, tmp_path):
    log, mutex = session.shared_logger(tmp_path / "all.log", format="%(message)s")
    for number in range(50):
        write_group(number, log, mutex)
    session.submit()
    session.wait_all()
    lines = (tmp_path / "all.log").read_text().splitlines()
    assert len(lines) == 200
    groups = [lines[start : start + 4] for start in range(0, 200, 4)]
    numbers = [int(re.fullmatch(r"task (\d+) line 0", group[0])[1]) for group in groups]
    assert sorted(numbers) == list(range(50))
    assert groups == [[f"task {n} line {line}" for line in range(4)] for n in numbers]


def test_threads_of_a_task_exclude_each_other(session):
    lock, value = session.shared("Lock"), session.shared("Value", 0)

    @remote()
    def many(ctx):
        import threading

        def add():
            for _ in range(50):
                with lock:
                    value.value += 1

        threads = [threading.Thread(target=add) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        return b""

    many()
    many()
    session.submit()
    session.wait_all()
    assert value.value == 400


def test_children_of_a_task_have_it_too(session):
    counter = session.shared("Counter")

    @remote()
    def fork(ctx):
        import multiprocessing

        children = [
            multiprocessing.get_context("fork").Process(target=counter.increment) for _ in range(3)
        ]
        counter.increment()
        for each in children:
            each.start()
        for each in children:
            each.join()
        counter.increment()
        return b""

    fork()
    session.submit()
    session.wait_all()
    assert counter.value == 5


def test_a_session_that_closes_ends_the_wait_of_its_tasks(client):
    session = client.new_session("closing")
    event = session.shared("Event")

    @remote()
    def wait(ctx):
        event.wait()
        return b""

    with session.bind_only():
        task = wait()
        session.submit()
    wait_until(lambda: session.explain(task).state == "running")
    session.close()
    with client.new_session("after it") as after:
        barrier = after.shared("Barrier", 2)
        assert sorted(finish(after, meet(barrier), meet(barrier))) == [0, 1]


def test_kernel_threads_exclude_each_other(session):
    lock, value = session.shared("Lock"), session.shared("Value", 0)

    def add():
        for _ in range(100):
            with lock:
                value.value += 1

    threads = [threading.Thread(target=add) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert value.value == 400
