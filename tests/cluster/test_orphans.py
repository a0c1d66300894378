"""What a dead engine's tasks had started is found by its environment, and by nothing else."""

import os
import signal
import subprocess
import sys

import pytest

from flowlab.cluster import reap
from flowlab.cluster.orphans import end_orphans, is_stopped, kill_engine
from tests.cluster.peer import wait_until

SLEEP = "import time; time.sleep(600)"
# An engine: a child that names it, a fork that does not; then it waits.
ENGINE = """
import os, subprocess, sys, time
named = {**os.environ, "FLOWLAB_ENGINE": sys.argv[1]}
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         env=named, stdout=subprocess.DEVNULL)
fork = os.fork()
if fork == 0:
    os.close(1)
    time.sleep(600)
print(child.pid, fork, flush=True)
time.sleep(600)
"""


def engine(number, run):
    process = subprocess.Popen(
        [sys.executable, "-c", ENGINE, str(number)],
        env={**os.environ, "FLOWLAB_RUN": run},
        stdout=subprocess.PIPE,
        text=True,
    )
    children = [int(word) for word in process.stdout.readline().split()]
    return process, children


@pytest.fixture
def run():
    name = f"orphans-{os.getpid()}"
    yield name
    reap.end_all({}, name)


def test_children_and_forks_of_a_dead_engine_end_and_others_live(run):
    dead, left = engine(1, run)
    living, kept = engine(2, run)
    dead.kill()
    dead.wait()
    wait_until(lambda: all(reap.start_time(pid) for pid in left + kept))
    assert end_orphans(run, 1, frozenset([living.pid])) == 2
    wait_until(lambda: not any(reap.start_time(pid) for pid in left))
    assert all(reap.start_time(pid) for pid in kept)
    assert living.poll() is None
    living.kill()
    living.wait()
    living.stdout.close()
    dead.stdout.close()


def test_kill_ends_a_stopped_process_but_no_other_with_its_number():
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    began = reap.start_time(child.pid)
    child.send_signal(signal.SIGSTOP)
    wait_until(lambda: is_stopped(child.pid))
    kill_engine(child.pid, "1")
    assert child.poll() is None
    kill_engine(child.pid, began)
    assert child.wait(10) == -signal.SIGKILL
    kill_engine(child.pid, began)
    assert not is_stopped(child.pid)
