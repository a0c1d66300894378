"""ipyparallel's part: what is started, what is known of it, and what fails."""

import logging
import time

import psutil
import pytest

from flowlab.cluster import reap
from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.launch import REST, Launcher
from flowlab.cluster.run import RunDirectory
from flowlab.events.messages import (
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EnginesUnavailable,
    Noticed,
)
from tests.cluster.peer import wait_until
from tests.conftest import make_engines


class Office:
    def __init__(self):
        self.notices, self.reasons = [], []

    def notice(self, text, level="info"):
        self.notices.append(text)

    def unavailable(self, reason):
        self.reasons.append(reason)

    def controller_lost(self, reason):
        self.reasons.append(reason)

    def capacity(self, engines):
        self.engines = engines

    def started(self, pids):
        self.pids = pids


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def test_closed_before_it_began_it_is_no_thread_and_no_process(run):
    launcher = Launcher(run, EngineChoice(n=1), Office())
    launcher.close()
    assert launcher.pids() == []
    assert launcher.connection_file() == ""
    assert launcher.expected() == 1


def test_a_controller_that_is_gone_is_an_error_in_time(run):
    connection = {
        "interface": "tcp://127.0.0.1",
        "location": "localhost",
        "key": "k",
        "ssh": "",
        "pack": "json",
        "unpack": "json",
        "signature_scheme": "hmac-sha256",
        "task_scheme": "leastload",
        **dict.fromkeys(
            ("control", "task", "mux", "iopub", "notification", "registration", "broadcast"), 1
        ),
    }
    office = Office()
    launcher = Launcher(run, EngineChoice(connection=tuple(connection.items())), office)
    began = time.monotonic()
    launcher.start({"address": "", "remote": ""})
    wait_until(lambda: office.reasons, 30)
    launcher.close()
    assert time.monotonic() - began < 20
    assert "inline=True" in office.reasons[0]
    assert "no engine can be had" not in office.reasons[0]  # the scheduler says that


@pytest.mark.engines
def test_engines_are_registered_with_their_processes(engines):
    launcher = engines.cluster._launcher
    assert sorted(launcher.pids()) == sorted(one.pid for one in engines.joined)
    for one in engines.joined:
        assert launcher.is_registered(one.engine)
        mark = f"FLOWLAB_RUN={engines.run.run}".encode()
        assert one.pid in reap.find_marked([mark])


@pytest.mark.engines
def test_progress_and_capacity_are_said_and_nothing_is_logged(no_leaks, caplog):
    bench = make_engines(1)
    try:
        with caplog.at_level(logging.DEBUG):
            bench.start(1)
        assert any("starting 1 engine" in one.text for one in bench.posted.of(Noticed))
        assert bench.posted.of(CapacityKnown) == [CapacityKnown(1, 1)]
        assert bench.run.key not in caplog.text
    finally:
        bench.close()


@pytest.mark.engines
def test_engines_that_cannot_be_started_are_an_error_with_the_reason(no_leaks, monkeypatch):
    monkeypatch.setattr("flowlab.cluster.spawn.PROGRAM", "raise SystemExit('no engine here')")
    monkeypatch.setattr("flowlab.cluster.starts.MOST_FAILURES", 1)
    bench = make_engines(1)
    try:
        bench.cluster.start(bench.posted, bench.table)
        (fact,) = bench.posted.wait(EnginesUnavailable, 1, 30)
        assert "could not be started" in fact.reason
        assert "no engine here" in fact.reason  # what the engine itself said
    finally:
        bench.close()


@pytest.mark.engines
def test_engines_that_never_link_are_given_up_once(no_leaks, monkeypatch):
    monkeypatch.setattr("flowlab.cluster.spawn.PROGRAM", "import time; time.sleep(600)")
    bench = make_engines(1, start_seconds=1.0)
    try:
        bench.cluster.start(bench.posted, bench.table)
        (fact,) = bench.posted.wait(EnginesUnavailable, 1, 30)
        assert "no engine came in 1 s" in fact.reason
        time.sleep(3 * REST)
        assert bench.posted.of(EnginesUnavailable) == [fact]
    finally:
        bench.close()


@pytest.mark.engines
def test_engines_run_tasks_while_the_controller_starts(no_leaks):
    bench = make_engines(1)
    try:
        bench.cluster.start(bench.posted, bench.table)
        (joined,) = bench.posted.wait(EngineJoined, 1, 60)
        assert bench.cluster.describe()["controller"] == "starting"
        assert bench.cluster.describe()["connection_file"] == ""
        wait_until(lambda: bench.cluster.describe()["controller"] == "up")
        assert bench.cluster.describe()["connection_file"].endswith("client.json")
        controller = psutil.Process(bench.cluster._launcher._source.controller_pid())
        assert controller.create_time() > psutil.Process(joined.pid).create_time()
        assert len(bench.posted.of(EngineJoined)) == 1
    finally:
        bench.close()


@pytest.mark.engines
def test_a_controller_that_cannot_be_started_is_said_and_engines_go_on(no_leaks, monkeypatch):
    monkeypatch.setattr("flowlab.cluster.own.CONTROLLER_ARGS", ["--no-such-option=1"])
    bench = make_engines(1)
    try:
        bench.start(1)
        (lost,) = bench.posted.wait(ControllerLost, 1, 60)
        assert "Tasks go on" in lost.reason
        assert "no-such-option" in lost.reason
        assert not bench.posted.of(EnginesUnavailable)
        assert bench.cluster.describe()["controller"] == lost.reason
        assert bench.posted.of(EngineLost) == []
    finally:
        bench.close()
