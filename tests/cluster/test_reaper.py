"""Nothing outlives those who hold the reaper's pipe."""

import os
import signal
import subprocess
import sys
import time

import pytest

from flowlab.cluster import reap
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory

SLEEP = "import time; time.sleep(600)"
# A holder that starts a marked, detached grandchild, says its pid, and waits to be killed.
HOLDER = """
import os, subprocess, sys, time
from flowlab.cluster.reaper import Reaper
reaper = Reaper.attach(int(sys.argv[1]))
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"],
                         start_new_session=True, close_fds=False)
reaper.add([child.pid])
print(child.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def wait_until(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.01)


def hold(reaper):
    """A process that holds the pipe, and the pid of what it started."""
    os.set_inheritable(reaper.fd, True)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(reaper.fd)],
        pass_fds=(reaper.fd,),
        stdout=subprocess.PIPE,
        text=True,
    )
    return holder, int(holder.stdout.readline())


def test_close_ends_processes_and_removes_the_directories(run):
    reaper = Reaper.start(run)
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    reaper.add([child.pid])
    reaper.close()
    assert child.wait(5) == -signal.SIGKILL
    assert not run.path.exists()
    assert not run.store.exists()


def test_a_removed_process_is_left_alone(run):
    reaper = Reaper.start(run)
    child = subprocess.Popen([sys.executable, "-c", SLEEP])
    try:
        reaper.add([child.pid])
        reaper.remove([child.pid])
        reaper.close()
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_it_waits_for_the_last_holder_and_then_ends_what_that_one_started(run):
    reaper = Reaper.start(run)
    holder, grandchild = hold(reaper)
    reaper.close(timeout=0.2)  # the kernel is gone; the scheduler process still stands
    assert reap.start_time(grandchild)
    assert run.path.exists()
    holder.kill()
    holder.wait()
    holder.stdout.close()
    began = time.monotonic()
    wait_until(lambda: not reap.start_time(grandchild) and not run.path.exists())
    assert time.monotonic() - began < 5


def test_interrupts_do_not_end_it(run):
    reaper = Reaper.start(run)
    wait_until(lambda: _ignores(reaper.pid, signal.SIGTERM))
    os.kill(reaper.pid, signal.SIGINT)
    os.kill(reaper.pid, signal.SIGTERM)
    assert reap.start_time(reaper.pid)
    reaper.close()
    assert not run.path.exists()


def test_telling_a_dead_reaper_is_harmless(run):
    reaper = Reaper.start(run)
    os.kill(reaper.pid, signal.SIGKILL)
    wait_until(lambda: not reap.start_time(reaper.pid))
    reaper.add([os.getpid()])
    reaper.close()


def test_a_forked_child_does_not_hold_the_pipe(run):
    reaper = Reaper.start(run)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"closed" if reaper.fd < 0 else b"open")
        os._exit(0)
    assert os.read(reading, 10) == b"closed"
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    reaper.close()


def _ignores(pid, number):
    with open(f"/proc/{pid}/status") as file:
        mask = next(line.split()[1] for line in file if line.startswith("SigIgn"))
    return bool(int(mask, 16) >> (number - 1) & 1)
