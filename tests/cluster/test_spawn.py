"""Our own engines are started with all they must know, and nothing of it for others to read."""

import json
import sys
from pathlib import Path

import pytest

from flowlab.cluster import reap, spawn
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.spawn import OwnEngines
from tests.cluster.peer import wait_until

TELLS_AND_STAYS = "import sys, time; print(sys.stdin.read(), flush=True); time.sleep(600)"


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    reap.end_all({}, here.run)
    here.remove()


def log(run, number):
    return run.profile / "log" / f"engine-{number}.log"


def test_it_is_told_by_its_input_alone(run, monkeypatch):
    monkeypatch.setattr(spawn, "PROGRAM", TELLS_AND_STAYS)
    (pid,) = OwnEngines(run).start(1, {"key": run.key})
    told = json.loads(wait_until(lambda: log(run, 0).read_text()))
    assert told == {"key": run.key, "engine": 0, "profile": str(run.profile)}
    assert log(run, 0).stat().st_mode & 0o077 == 0
    process = Path(f"/proc/{pid}")
    assert run.key.encode() not in process.joinpath("cmdline").read_bytes()
    assert run.key.encode() not in process.joinpath("environ").read_bytes()
    assert reap.find_marked([f"FLOWLAB_RUN={run.run}".encode()]) == [pid]


def test_a_number_is_never_used_again_by_another_scheduler_process_neither(run, monkeypatch):
    monkeypatch.setattr(spawn, "PROGRAM", TELLS_AND_STAYS)
    assert len(OwnEngines(run).start(2, {})) == 2
    OwnEngines(run).start(1, {})
    told = json.loads(wait_until(lambda: log(run, 2).read_text()))
    assert told["engine"] == 2


def test_one_that_failed_is_no_zombie_and_what_it_said_is_kept(run, monkeypatch):
    monkeypatch.setattr(spawn, "PROGRAM", "raise SystemExit('no engine here')")
    engines = OwnEngines(run)
    (pid,) = engines.start(1, {})

    def gone():
        engines.look()
        return not Path(f"/proc/{pid}").exists()

    wait_until(gone)
    assert engines.said == "no engine here"


def test_one_that_was_killed_has_not_failed(run, monkeypatch):
    monkeypatch.setattr(spawn, "PROGRAM", TELLS_AND_STAYS)
    engines = OwnEngines(run)
    (pid,) = engines.start(1, {})
    wait_until(lambda: log(run, 0).read_text())
    reap.kill(pid)

    def gone():
        engines.look()
        return not Path(f"/proc/{pid}").exists()

    wait_until(gone)
    assert engines.said == ""


def test_a_module_of_the_users_does_not_become_ours(run, tmp_path, monkeypatch):
    (tmp_path / "flowlab.py").write_text("raise SystemExit('not ours')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(spawn, "PROGRAM", spawn.PROGRAM.replace("; main()", "; print(main)"))
    assert sys.path[0] != ""
    engines = OwnEngines(run)
    engines.start(1, {})
    wait_until(lambda: "function main" in log(run, 0).read_text())
