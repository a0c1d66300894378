"""Engines are killed at random while a graph runs: the results are those of plain Python."""

import os
import random
import signal
from contextlib import suppress

import pytest

from tests.stories.conftest import LEAK_SECONDS
from tests.stories.dag import declare, evaluate, make_shape
from tests.stories.watching import (
    Watcher,
    check_each_finished_once,
    engine_pids,
    leaks_of_living,
    wait_until,
)

TASKS = 5_000
ENGINES = 4
PAUSE = 2.0  # s between two kills on average
SLEEP = 0.012  # s that a task sleeps: with the deaths it lasts some 25 s on two cores

pytestmark = [pytest.mark.engines, pytest.mark.timeout(300)]  # 25 s of work, and slow machines


def run_under_fire(client, seed):
    """A random graph whose engines die; gives how many were killed."""
    rng = random.Random(seed)
    shape = make_shape(seed, TASKS)
    kills = 0
    with client.new_session("chaos") as session:
        watcher = Watcher(session)
        tasks = declare(shape, SLEEP)
        kept = [number for number in range(TASKS) if rng.random() < 0.5]
        for number in kept:
            tasks[number].output.keep()
        session.submit()
        while not session.settled(rng.expovariate(1 / PAUSE)):
            kills += kill_one(client, rng)
        session.wait_all()
        expected = evaluate(shape)
        for number in kept:
            assert tasks[number].output.fetch().load()[0] == expected[number], f"node {number}"
        check_each_finished_once(watcher.entries, [task.task_id for task in tasks])
        watcher.stop()
    assert wait_until(lambda: not leaks_of_living(client), LEAK_SECONDS), leaks_of_living(client)
    return kills


def kill_one(client, rng):
    """Kill an engine, if there is one; gives how many were killed."""
    pids = engine_pids(client)
    if not pids:
        return 0
    with suppress(ProcessLookupError):  # it may have died meanwhile
        os.kill(rng.choice(pids), signal.SIGKILL)
    return 1


def test_a_random_graph_survives_the_death_of_its_engines(new_client):
    assert run_under_fire(new_client(ENGINES), seed=1) > 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_random_graphs_survive_the_death_of_their_engines(new_client, seed):
    assert run_under_fire(new_client(ENGINES), seed) > 0
