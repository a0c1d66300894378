"""What is shared when something ends: tasks, engines, the manager; and who is not let in."""

# mirrors: what is held, keys and errors of shared objects on real engines

import os
import signal
import sys
import time
from pathlib import Path

import cloudpickle
import pytest

from flowlab import SharedObjectError, TaskError, remote
from flowlab.shared.channel import connect
from flowlab.shared.keys import key_of
from flowlab.shared.proxy import reference_of
from tests.stories.watching import engine_pids, pass_engines, processes_of, run_of, wait_until

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests
pytestmark = pytest.mark.engines


@remote()
def hold(ctx, lock, held):
    """Take the lock, say so, and never give it back."""
    import time

    lock.acquire()
    held.set()
    while True:
        time.sleep(0.01)


@remote()
def take(ctx, lock, began):
    began.set()
    lock.acquire()
    return b""


@remote(auto_encode="pickle")
def get(ctx, queue, began):
    began.set()
    return queue.get()


@remote()
def fail(ctx, lock):
    lock.acquire()
    raise LookupError("with the lock")


@remote()
def count_up(ctx, lock, value, tries, times):
    """The first of all dies in the middle, with the lock."""
    import os

    for number in range(times):
        with lock:
            if number == 3 and tries.increment() == 1:
                os.kill(os.getpid(), 9)
            if number >= 0:
                value[ctx.spec.id[1]] = number + 1
    return b""


@remote(auto_encode="pickle")
def meet(ctx, barrier, tries):
    import os
    import threading

    if tries.increment() == 1:
        threading.Timer(0.2, os.kill, (os.getpid(), 9)).start()
    return barrier.wait()


@pytest.fixture
def heard():
    """What sessions warn of."""
    return []


@pytest.fixture
def open_session(heard):
    """Makes sessions that go on after errors, and hears them."""

    def opened(client, name="shared"):
        session = client.new_session(name, on_error="continue")
        session.logger.addFilter(lambda record: heard.append(record.getMessage()) or True)
        return session

    return opened


@pytest.fixture
def safe(client, open_session):
    """A session on engines that come to no harm."""
    with open_session(client) as session:
        yield session


def free(lock):
    """Take a lock that comes back soon."""
    assert lock.acquire(timeout=10), "it was not released"
    lock.release()


def test_a_task_that_fails_gives_its_lock_back(safe, heard):
    lock = safe.shared("Lock", name="db")
    task = fail(lock)
    safe.submit()
    with pytest.raises(TaskError, match="with the lock"):
        task.wait()
    free(lock)
    wait_until(lambda: heard)
    safe.update([task])
    who = f"task 'fail' {tuple(task.id)} on engine {task.info.governor}"
    assert heard == [f"{who} ended while it held <shared Lock 'db'>: released"]


def test_a_task_that_is_cancelled_gives_its_lock_back(safe):
    lock, held = safe.shared("Lock"), safe.shared("Event")
    task = hold(lock, held)
    safe.submit()
    assert held.wait(60)
    assert not lock.acquire(blocking=False)
    safe.cancel([task])
    free(lock)


def test_a_task_that_is_cancelled_while_it_waits_takes_nothing(safe, heard):
    lock, queue, began = safe.shared("Lock"), safe.shared("Queue"), safe.shared("Event")
    lock.acquire()
    for task in (take(lock, began), get(queue, began)):
        began.clear()
        safe.submit([task])
        assert began.wait(60)
        wait_until(lambda task=task: safe.explain(task).state == "running")
        safe.cancel([task])
        with pytest.raises(TaskError, match="cancelled"):
            task.wait()
    pass_engines(safe)  # the wait tells of it at once; until its engine has ended it, it may take
    lock.release()
    free(lock)
    queue.put("item")
    assert queue.get(timeout=10) == "item"
    told = [line for line in heard if "proved the key" not in line]  # interrupted as it connected
    assert not told


def test_an_engine_that_is_killed_gives_all_back(new_client, open_session, heard):
    client = new_client(2)
    session = open_session(client)
    lock, held = session.shared("Lock", name="db"), session.shared("Event")
    waits, began, queue = session.shared("Lock"), session.shared("Event"), session.shared("Queue")
    waits.acquire()
    with session.bind_only():
        holder, waiter = hold(lock, held), take(waits, began)
    session.submit()
    assert held.wait(60)
    assert began.wait(60)
    for pid in engine_pids(client):
        os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    free(lock)
    # No other time is asserted: this number is what has been promised
    assert time.monotonic() - killed < 2
    session.cancel([holder, waiter])
    waits.release()
    free(waits)
    wait_until(lambda: heard)
    assert "ended while it held <shared Lock 'db'>: released" in heard[0]
    queue.put("a")
    assert queue.get() == "a"


def test_no_increment_is_lost_when_one_dies_with_the_lock(new_client, open_session):
    session = open_session(new_client(2))
    lock, tries = session.shared("Lock"), session.shared("Counter")
    value = session.shared("dict")
    with session.bind_only():
        tasks = [count_up(lock, value, tries, 200) for _ in range(4)]
    session.submit()
    session.wait(tasks)
    assert sorted(value.values()) == [200] * 4
    assert tries.value == 5, "one of them was tried again"


def test_who_died_at_a_barrier_comes_again(new_client, open_session):
    session = open_session(new_client(2))
    barrier, tries = session.shared("Barrier", 2), session.shared("Counter", 0)
    with session.bind_only():
        first = meet(barrier, tries)
        session.submit()
        wait_until(lambda: tries.value == 2, 60)
        second = meet(barrier, tries)
    for task in (first, second):
        task.keep_outputs() if not task.submitted else None
    session.submit()
    session.wait([first, second])
    assert tries.value == 3


def test_a_manager_that_is_killed_is_an_error_that_names_the_object(safe, tmp_path):
    lock, event = safe.shared("Lock", name="db"), safe.shared("Event", name="start")
    lock.acquire()
    began = tmp_path / "began"  # a shared one might be what is called as its manager dies

    @remote()
    def wait(ctx):
        began.touch()
        lock.acquire()
        return b""

    waiting = wait()
    safe.submit()
    wait_until(began.exists, 60)
    time.sleep(0.1)  # until it waits, most times
    os.kill(safe._shared._manager.pid, signal.SIGKILL)
    with pytest.raises(
        TaskError, match="<shared Lock 'db'> cannot be reached: its process is gone"
    ):
        waiting.wait()
    late = take(lock, event)
    safe.submit()
    with pytest.raises(TaskError, match="<shared Event 'start'> cannot be reached"):
        late.wait()
    with pytest.raises(SharedObjectError, match="'start'> cannot be reached"):
        event.set()
    with pytest.raises(SharedObjectError):
        safe.shared("Lock")


def test_no_key_is_anywhere(new_client, open_session, heard, tmp_path):
    client = new_client(2)
    session = open_session(client)
    lock, held = session.shared("Lock", name="db"), session.shared("Event")
    log, mutex = session.shared_logger(tmp_path / "a.log")
    with session.bind_only():
        task, wrong = hold(lock, held), fail(mutex)
    session.submit()
    assert held.wait(60)
    with pytest.raises(TaskError) as failed:
        wrong.wait()
    with pytest.raises((SharedObjectError, OSError, EOFError)):
        connect(reference_of(lock).where.near, b"wrong")
    wait_until(lambda: len(heard) >= 2)
    log.info("a line")
    run = run_of(client)
    manager = reference_of(lock).where.manager
    keys = [key_of(run.run, manager), run.key.encode()]
    secrets = [form for key in keys for form in (key, key.hex().encode(), repr(key).encode()[2:-1])]
    seen = _all_that_others_see(run)
    seen += repr([lock, reference_of(lock), session, client, task, failed.value]).encode()
    seen += "\n".join(heard).encode() + cloudpickle.dumps([lock, log, mutex])
    assert b"lock" in seen.lower()
    assert [form for form in secrets if form in seen] == []
    assert any("refused a connection from 127.0.0.1" in each for each in heard)


def _all_that_others_see(run):
    """Arguments and environments of all processes, and all files but the key's own."""
    seen = b""
    for pid, _ in processes_of(run.run):
        process = Path(f"/proc/{pid}")
        seen += (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
    places = [run.path, Path(os.environ["FLOWLAB_DATA"])]
    for path in (each for place in places for each in place.rglob("*")):
        if path.is_file() and path.name != "key":
            seen += path.read_bytes()
    return seen


def test_engines_of_other_hosts_use_them_too(islands_of):
    islands = islands_of(listen="tcp://127.0.0.1:*")
    session = islands.session
    value, lock = session.shared("dict"), session.shared("Lock")
    tries = session.shared("Counter", 1)  # nobody dies
    for host in ("", "b", "c"):
        islands.free(host)
    home, *others = sorted(islands.client.hosts().items(), key=lambda each: each[0] in "bc")
    with session.bind_only():
        tasks = [count_up(lock, value, tries, 100, where=where) for _, (where,) in (home, *others)]
    session.submit()
    session.wait(tasks)
    assert sorted(value.values()) == [100] * 3
    session.update(tasks)
    assert {task.info.governor for task in tasks} == {n for _, (n,) in (home, *others)}


def test_without_an_address_engines_of_other_hosts_say_what_is_missing(islands_of):
    islands = islands_of(hosts=("b",), on_error="continue")
    lock = islands.session.shared("Lock", name="db")
    islands.free("b")
    task = islands.submit(fail, lock)
    with pytest.raises(TaskError, match=r"'db'> cannot be reached.*give Client\(listen="):
        task.wait()
