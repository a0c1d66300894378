"""However it ends, 5 s later no process, socket, shared memory or sandbox of ours is left."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

from flowlab import Client, SessionError, TaskError, tasks
from flowlab.cluster import reap
from flowlab.cluster.run import RunDirectory, remove_tree
from tests.stories.watching import (
    leaks_of_closed,
    processes_of,
    run_of,
    scheduler_pid,
    wait_for_engines,
    wait_until,
)

PROGRAM = Path(__file__).with_name("busy_kernel.py")
SECONDS = 5.0

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def base(monkeypatch):
    """Run directories lie in a place of their own, and processes carry a mark; nothing is left."""
    place, mark = Path(tempfile.mkdtemp(prefix="fl-")), secrets.token_hex(8)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(place))
    monkeypatch.setenv("FLOWLAB_STORY", mark)

    def left():
        marked = reap.find_marked([f"FLOWLAB_STORY={mark}".encode()])
        return [*marked, *place.glob("flowlab/*")]

    yield place
    try:
        assert wait_until(lambda: not left(), SECONDS), left()
    finally:
        remove_tree(place)


@pytest.fixture
def kernel(base):
    """A process like a notebook's kernel with both engines busy, and its run directory."""
    process = subprocess.Popen([sys.executable, PROGRAM], stdout=subprocess.PIPE, text=True)
    run = RunDirectory.open(Path(json.loads(process.stdout.readline())["path"]))
    assert_is_busy(run)
    yield process, run
    process.kill()
    process.wait()
    process.stdout.close()
    assert_gone(run)


def assert_is_busy(run):
    """There is something that could be left: else these tests would prove nothing."""
    commands = [command for _, command in processes_of(run.run)]
    assert sum(command == "sleep 3600" for command in commands) == 2
    assert any("flowlab.session.main" in command for command in commands)
    assert list(run.store.glob("*/*"))
    assert [path for path in run.sandboxes.rglob("*") if path.is_file()]
    assert run.link_socket.exists()


def assert_gone(run):
    """Nothing of this run is left, in time."""
    assert wait_until(lambda: not leaks_of_closed(run), SECONDS), leaks_of_closed(run)


def scheduler_of(run):
    """The scheduler process of a run."""
    (pid,) = [pid for pid, command in processes_of(run.run) if "flowlab.session.main" in command]
    return pid


def test_the_kernel_is_killed(kernel):
    process, run = kernel
    process.kill()
    assert_gone(run)


def test_the_kernel_and_the_scheduler_process_are_killed(kernel):
    process, run = kernel
    os.kill(scheduler_of(run), signal.SIGKILL)
    process.kill()
    assert_gone(run)


def test_the_kernel_is_killed_in_a_second_life_of_the_scheduler_process(kernel):
    process, run = kernel
    first = scheduler_of(run)
    os.kill(first, signal.SIGKILL)
    assert wait_until(lambda: _another(run, first), 30)
    process.kill()
    assert_gone(run)


def _another(run, first):
    found = [pid for pid, command in processes_of(run.run) if "flowlab.session.main" in command]
    return found and first not in found and reap.start_time(found[0])


def test_the_kernel_ends_by_itself(kernel):
    process, run = kernel
    process.send_signal(signal.SIGINT)
    assert process.wait(20) != 0
    assert_gone(run)


def test_the_scheduler_process_is_killed_and_then_the_client_closed():
    client = Client(n=2)
    wait_for_engines(client, 2)
    run = run_of(client)
    with client.new_session() as session:
        task = tasks.Execute(["sleep", "3600"])
        session.submit()
        assert wait_until(lambda: _sleeps(run))
        os.kill(scheduler_pid(client), signal.SIGKILL)
    client.close()
    with pytest.raises(SessionError):
        task.wait()
    assert_gone(run)


def test_a_cancelled_program_ends_with_what_it_started():
    with Client(n=1) as client, client.new_session(on_error="continue") as session:
        task = tasks.Execute("sleep 3600 & sleep 3600", shell=True)
        session.submit()
        run = run_of(client)
        assert wait_until(lambda: len(_sleeps(run)) == 2, 30)
        session.cancel([task])
        with pytest.raises(TaskError, match="cancelled"):
            task.wait()
        assert wait_until(lambda: not _sleeps(run), SECONDS)
    assert_gone(run)


def _sleeps(run):
    return [pid for pid, command in processes_of(run.run) if command == "sleep 3600"]


@pytest.mark.parametrize("now", [True, False], ids=["at once", "asked to end"])
def test_a_real_kernel_is_restarted_with_busy_engines(now):
    manager = KernelManager()
    manager.start_kernel(cwd=str(PROGRAM.parents[2]))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        said = []
        client.execute_interactive(PROGRAM.read_text(), timeout=90, output_hook=said.append)
        texts = [each["content"]["text"] for each in said if each["msg_type"] == "stream"]
        assert texts, [each["content"] for each in said if each["msg_type"] == "error"]
        run = RunDirectory.open(Path(json.loads(texts[-1])["path"]))
        assert_is_busy(run)
        manager.restart_kernel(now=now)
        assert_gone(run)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
