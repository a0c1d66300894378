"""The scheduler process is killed amid a graph; another one goes on from the journal."""

import os
import signal
from pathlib import Path

import pytest

from flowlab import remote
from flowlab.events.messages import EngineJoined, EngineLost, EngineResumed
from tests.stories.dag import declare, evaluate, make_shape
from tests.stories.watching import (
    Watcher,
    check_each_finished_once,
    engine_pids,
    scheduler_pid,
    wait_until,
)

pytestmark = pytest.mark.engines


def test_nothing_is_done_twice_and_the_results_are_right(new_client, tmp_path):
    path = tmp_path / "lines"
    path.touch()
    name = str(path)

    @remote(auto_load=True, auto_encode="pickle")
    def write(ctx, number, before):
        import os
        import time

        file = os.open(name, os.O_WRONLY | os.O_APPEND)
        os.write(file, f"{number}\n".encode())
        os.close(file)
        time.sleep(0.005)
        return number + (before or 0)

    client = new_client(2)
    with client.new_session() as session:
        watcher = Watcher(session)
        made = []
        for number in range(600):  # 20 chains side by side
            made.append(write(number, made[number - 20] if number >= 20 else None))
        for task in made[-20:]:
            task.output.keep()
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 100)
        engines, first = engine_pids(client), scheduler_pid(client)
        os.kill(first, signal.SIGKILL)
        values = [task.output.fetch().load() for task in made[-20:]]
        assert values == [sum(range(column, 600, 20)) for column in range(20)]
        assert scheduler_pid(client) != first
        assert engine_pids(client) == engines
        check_each_finished_once(watcher.entries, [task.task_id for task in made])
        assert not watcher.of(EngineLost)
        assert len(watcher.of(EngineResumed)) == 2
        lines = [int(line) for line in path.read_text().split()]
        assert sorted(lines) == list(range(600)), "something was done twice, or never"
        check_stream(watcher.entries)


def check_stream(entries):
    """The kernel's stream has no gap and nothing twice: it began here before any session."""
    numbers = [entry.seq for entry in entries]
    assert numbers == sorted(set(numbers))


def test_it_may_be_killed_again_and_again(new_client):
    shape = make_shape(5, 1_500)
    client = new_client(2)
    with client.new_session() as session:
        watcher = Watcher(session)
        tasks = declare(shape, 0.01)
        for task in tasks:
            task.output.keep()
        session.submit()
        for part in (200, 500, 800):
            watcher.wait_for(lambda me, part=part: len(me.finished()) >= part)
            before = scheduler_pid(client)
            os.kill(before, signal.SIGKILL)
            assert wait_until(lambda before=before: _is_another(client, before), 30)
        session.wait_all()
        values = [task.output.fetch().load()[0] for task in tasks]
        assert values == evaluate(shape)
        check_each_finished_once(watcher.entries, [task.task_id for task in tasks])


def _is_another(client, before):
    listed = [each["pid"] for each in client.describe()["engines"]]
    return len(listed) == 2 and scheduler_pid(client) != before


def test_engines_that_die_meanwhile_are_replaced(new_client):
    client = new_client(2)
    with client.new_session() as session:
        watcher = Watcher(session)
        tasks = declare(make_shape(6, 300), 0.01)
        for task in tasks:
            task.output.keep()
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 50)
        victim = engine_pids(client)[0]
        os.kill(scheduler_pid(client), signal.SIGKILL)
        os.kill(victim, signal.SIGKILL)
        session.wait_all()
        values = [task.output.fetch().load()[0] for task in tasks]
        assert values == evaluate(make_shape(6, 300))
        watcher.wait_for_event(EngineLost)
        watcher.wait_for_event(EngineJoined, 1)


def test_a_takeover_without_its_journal_says_so(new_client):
    client = new_client(1)
    with client.new_session() as session:
        watcher = Watcher(session)
        declare(make_shape(7, 400), 0.01)
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 50)
        for journal in Path(os.environ["FLOWLAB_DATA"]).glob(f"journals/*-{client._run.run}/*"):
            os.truncate(journal, 0)
        os.kill(scheduler_pid(client), signal.SIGKILL)
        with pytest.raises(Exception, match=r"journal .* is not complete(.|\n)*make a new Client"):
            session.wait_all()


def test_an_engine_whose_link_breaks_ends_and_its_tasks_run_elsewhere(new_client, tmp_path):
    """A bug of ours in the link's thread: a silent engine would keep what it was given for ever."""
    once = str(tmp_path / "once")

    @remote(auto_load=True, auto_encode="pickle")
    def work(ctx, number):
        import contextlib
        import time

        from flowlab.worker import boot

        with contextlib.suppress(FileExistsError), open(once, "x"):
            (worker,) = boot._workers.values()
            worker._loop.accept = None  # the next message for this engine cannot be taken
        time.sleep(0.01)
        return number

    client = new_client(2)
    before = set(engine_pids(client))
    with client.new_session() as session:
        tasks = [work(number) for number in range(200)]
        session.keep_all()
        session.submit()
        assert [task.output.fetch().load() for task in tasks] == list(range(200))
    assert wait_until(lambda: len(engine_pids(client)) == 2, 20)
    assert len(before & set(engine_pids(client))) == 1
