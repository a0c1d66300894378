"""The scheduler process as a process: it ends with its kernel, and says why it cannot begin."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flowlab.cluster.reap import start_time
from flowlab.errors import ClusterError
from tests.session.declare import task, wait_until
from tests.session.test_remote import kill

KERNEL = """
import os, sys, time
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory
from flowlab.session.journals import journal_directory
from flowlab.session.remote import RemoteLink
from flowlab.session.start import Starter
run = RunDirectory.create()
journal = journal_directory(run.run)
starter = Starter(run, Reaper.start(run), journal, {}, "tests.session.answering:make")
link = RemoteLink(lambda: starter)
link.start()
link.describe()
child = os.fork() if "fork" in sys.argv else -1
if child:
    print(starter.process.pid, child, run.path, run.store, flush=True)
time.sleep(1000)
"""


@pytest.fixture
def kernel(request, tmp_path):
    """A process that is a kernel to a scheduler process; with what belongs to it."""
    process = subprocess.Popen(
        [sys.executable, "-c", KERNEL, *request.param], stdout=subprocess.PIPE, text=True
    )
    scheduler, child, *places = process.stdout.readline().split()
    yield process, int(scheduler), [Path(place) for place in places]
    for pid in (process.pid, int(child)):
        if pid > 0 and start_time(pid):
            os.kill(pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("kernel", [[], ["fork"]], indirect=True)
def test_it_ends_when_its_kernel_is_killed(kernel):
    process, scheduler, places = kernel
    process.kill()
    process.wait()
    wait_until(lambda: not start_time(scheduler), 5)
    wait_until(lambda: not any(place.exists() for place in places), 5)


@pytest.mark.parametrize("kernel", [[]], indirect=True)
def test_both_killed_leave_nothing(kernel):
    process, scheduler, places = kernel
    os.kill(scheduler, signal.SIGSTOP)  # so that it can neither end itself nor be replaced
    process.kill()
    os.kill(scheduler, signal.SIGKILL)
    process.wait()
    wait_until(lambda: not any(place.exists() for place in places), 5)


def test_an_interrupt_of_the_terminal_is_not_its_business(ways):
    link = ways.remote()
    link.start()
    link.describe()
    os.kill(link._launcher.process.pid, signal.SIGINT)
    assert link.describe()["kind"] == "answering"


def test_a_polite_end_is_taken_for_one_of_its_own(ways):
    link = ways.remote()
    link.start()
    link.describe()
    process = link._launcher.process
    process.terminate()
    assert process.wait(5) == 0


def test_nobody_takes_over_from_a_journal_that_lacks_something(ways):
    link = ways.remote()
    session = ways.session(link)
    made = task(session)
    session.submit()
    made.wait()
    journal = next(Path(os.environ["FLOWLAB_DATA"]).glob("journals/*/journal.jsonl"))
    lines = journal.read_bytes().splitlines(keepends=True)
    os.truncate(journal, len(b"".join(lines[:3])))
    kill(link)
    with pytest.raises(ClusterError, match="is not complete"):
        wait_until(lambda: session.submit() or False, 30)
