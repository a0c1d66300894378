"""A controller's processes are watched, and its loss is said once."""

import subprocess
import sys

import pytest

from flowlab.cluster.controller import HUB_SECONDS, ControllerWatch
from tests.cluster.peer import wait_until

PARENT = """
import subprocess, sys, time
sleep = "import time; time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", sleep], stdout=subprocess.DEVNULL)
print(child.pid, flush=True)
child.wait()
time.sleep(600)
"""


class Hub:
    """A client whose hub answers or does not."""

    _query_stream = None

    def __init__(self):
        self.answers = False

    def _send(self, stream, kind, content):
        return self

    def done(self):
        return self.answers


@pytest.fixture
def parent():
    process = subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE, text=True)
    process.child = int(process.stdout.readline())
    yield process
    subprocess.run(["kill", "-9", str(process.child)], check=False, stderr=subprocess.DEVNULL)
    process.kill()
    process.wait()
    process.stdout.close()


def test_the_death_of_any_process_is_said_once(parent):
    watch = ControllerWatch()
    assert sorted(watch.follow(parent.pid)) == sorted([parent.pid, parent.child])
    assert watch.check() == ""
    subprocess.run(["kill", "-9", str(parent.child)], check=True)
    assert f"process {parent.child}" in wait_until(watch.check)
    assert watch.check() == ""
    assert watch.lost


def test_a_hub_that_does_not_answer_in_time_is_lost():
    watch, hub = ControllerWatch(), Hub()
    assert watch.ask(hub, 100) == ""
    assert watch.ask(hub, 100 + HUB_SECONDS - 1) == ""
    assert "has not answered" in watch.ask(hub, 100 + HUB_SECONDS + 1)
    assert watch.ask(hub, 100 + HUB_SECONDS + 2) == ""


def test_a_hub_that_answers_is_asked_again_later():
    watch, hub = ControllerWatch(), Hub()
    hub.answers = True
    for now in range(100, 400, 5):
        assert watch.ask(hub, now) == ""
    assert watch.lost == ""


def test_a_controller_elsewhere_has_no_processes_here():
    watch = ControllerWatch()
    assert watch.follow(2**22 + 7) == []
    assert watch.check() == ""
