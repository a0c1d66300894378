"""Mistakes, each answered by an error that names what, where and the remedy; none hangs."""

import json
import os
import signal
import socket
import threading

import pytest

from flowlab import (
    Client,
    ClusterError,
    NoActiveSession,
    TaskError,
    UsageError,
    blob,
    pickled,
    remote,
)
from flowlab import tasks as kinds
from flowlab.events.messages import EngineLost
from flowlab.tasks.cell import declare_cell
from tests.stories.conftest import patient
from tests.stories.watching import Watcher, engine_pids, wait_until

pytestmark = [pytest.mark.engines, pytest.mark.timeout(60)]  # a hang is to be seen early


def cell(source, outputs=(), reads=None, captured=None):
    """A cell as the notebook would declare it."""
    return declare_cell(
        name="prepare",
        source=source,
        filename="In [3]",
        reads=reads or {},
        captured=captured or {},
        outputs=list(outputs),
    )


# --- cells


@patient
def test_an_output_that_is_never_assigned(session):
    task = cell("if False:\n    table = 1\n", ["table"])
    session.submit()
    with pytest.raises(TaskError, match=r"'prepare' \(In \[3\]\) never assigned .*'table'.*-o"):
        task.wait()


@patient
def test_an_output_that_cannot_be_pickled(session):
    task = cell("import threading\nlock = threading.Lock()\n", ["lock"])
    session.submit()
    with pytest.raises(TaskError, match=r"In \[3\].*'lock' of type 'lock' cannot be pickled"):
        task.wait()


@patient
def test_a_name_that_is_undefined_on_the_engine(session):
    task = cell("first = 1\nsecond = first + undefined_name\n", ["second"])
    session.submit()
    with pytest.raises(TaskError) as caught:
        task.wait()
    text = str(caught.value)
    assert "name 'undefined_name' is not defined" in text
    assert "second = first + undefined_name" in text
    assert "In [3]" in text
    assert "line 2" in text


def test_a_value_of_the_notebook_that_cannot_be_pickled(session):
    with pytest.raises(UsageError, match=r"'prepare' \(In \[3\]\) reads 'lock', a lock"):
        cell("x = lock\n", ["x"], captured={"lock": threading.Lock()})


def test_a_value_of_the_notebook_that_is_too_large(session):
    with pytest.raises(UsageError, match=r"'prepare'.*'data'.*pickled\(data\)"):
        cell("x = len(data)\n", ["x"], captured={"data": bytes(10_000_000)})


# --- functions and objects


def test_arguments_and_constants_that_cannot_be_pickled(session):
    @remote
    def use(ctx, lock):
        return b""

    with pytest.raises(UsageError, match=r"argument 1 \(lock\) of use\(\).*pass plain data"):
        use(threading.Lock())
    with pytest.raises(UsageError, match="pickle"):
        pickled(threading.Lock())
    assert session.task_count == 0


@patient
def test_a_result_of_a_wrong_kind(session):
    @remote
    def use(ctx):
        return object()

    task = use(name="odd")
    session.submit()
    with pytest.raises(TaskError, match=r"'odd'(.|\n)*Invalid result object(.|\n)*auto_encode"):
        task.wait()


def test_a_task_outside_of_any_session():
    with pytest.raises(NoActiveSession, match="No active session"):
        blob("x")


def test_a_task_larger_than_any_host(session):
    with pytest.raises(UsageError, match=r"'large'.*needs 64 cpus.*largest host has 2.*n=64"):
        kinds.Sleep(blob("x"), 0.1, cpus=64, name="large")


def test_a_task_larger_than_any_host_before_engines_are_known():
    refused = pytest.raises(UsageError, match=r"needs 2 cpus.*Client\(n=2\)")
    with Client(n=1) as client, client.new_session(), refused:
        kinds.Sleep(blob("x"), 0.1, cpus=2)


# --- no engines


def test_a_cluster_file_that_is_absent():
    with pytest.raises(ClusterError, match=r"missing\.json(.|\n)*ipcluster start(.|\n)*cluster="):
        Client(cluster="missing.json")


def test_a_profile_that_is_absent(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with pytest.raises(ClusterError, match=r"'does-not-exist'.*ipython profile create"):
        Client(profile="does-not-exist")


def test_a_cluster_that_does_not_answer(tmp_path):
    """Its file is there, and nobody listens any more."""
    channels = ("registration", "control", "mux", "task", "iopub", "notification", "broadcast")
    file = tmp_path / "ipcontroller-client.json"
    with socket.socket() as held:  # bound and not listening: whoever connects is refused
        held.bind(("127.0.0.1", 0))
        connection = {
            **dict.fromkeys(channels, held.getsockname()[1]),
            **dict.fromkeys(("pack", "unpack"), "json"),
            "interface": "tcp://127.0.0.1",
            "location": "localhost",
            "signature_scheme": "hmac-sha256",
            "task_scheme": "leastload",
            "key": "k",
        }
        file.write_text(json.dumps(connection))
        client = Client(cluster=str(file), engine_timeout=3)
        with client, client.new_session() as session:
            task = kinds.Concat([blob("x")])
            session.submit()
            with pytest.raises((ClusterError, TaskError), match="no engine can be had"):
                task.wait()


def test_an_engine_that_dies_is_replaced_and_named(client, session):
    watcher = Watcher(session)
    before = sorted(engine_pids(client))
    task = kinds.Sleep(blob("x"), 1.0)
    task.output.keep()
    session.submit()
    os.kill(before[0], signal.SIGKILL)
    assert task.output.fetch().get_bytes() == b"x"
    (lost,) = watcher.wait_for_event(EngineLost)
    assert f"its process {before[0]} died" in lost.reason
    assert wait_until(lambda: len(engine_pids(client)) == 2, 30)
    assert before[0] not in engine_pids(client)


def test_a_wait_is_interrupted_at_once(session):
    task = kinds.Sleep(blob("x"), 3600)
    session.submit()
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        task.wait()
    session.cancel([task])
    with pytest.raises(TaskError, match="cancelled"):
        task.wait()
