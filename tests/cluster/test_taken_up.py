"""Engines, and a controller or none, that outlive their scheduler process."""
# mirrors: cluster/engines, launch and source, when another process goes on with what one began

import os
import signal
from contextlib import suppress

import ipyparallel
import pytest

from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.engines import EngineCluster
from flowlab.events.messages import (
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
)
from tests.cluster.call import Caller, of_run, rows, sleeping
from tests.cluster.peer import Posted, wait_until
from tests.conftest import Bench, make_engines

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("no_leaks")]


def test_another_process_takes_the_engines_up_with_what_they_hold(start):
    bench = start(2)
    caller = Caller(bench)
    busy, quick = caller.task(sleeping(3)), caller.task(sleeping(0))
    caller.run(busy, engine=0)
    caller.run(quick, engine=1)
    wait_until(lambda: rows(bench, "started") and rows(bench, "finished"))
    pids = {one.engine: one.pid for one in bench.joined}
    _die(bench.cluster)
    heir = Bench(
        EngineCluster.adopt(bench.run, bench.reaper, EngineChoice(n=2), {**pids, 77: 0}), bench.run
    )
    heir.table = bench.table
    heir.cluster.start(heir.posted, heir.table)
    try:
        resumed = heir.posted.wait(EngineResumed, 2)
        assert {one.engine for one in resumed} == set(pids)
        held = {one.engine: one.held for one in resumed}
        assert held[bench.joined[0].engine] == ((busy.id, 1),)
        wait_until(lambda: [row[0] for row in rows(heir, "finished")] == [busy.id])
        assert not heir.posted.of(EngineJoined)
        (lost,) = heir.posted.wait(EngineLost)
        assert lost.engine == 77
        os.kill(pids[bench.joined[1].engine], signal.SIGKILL)
        heir.posted.wait(EngineLost, 2)
        heir.posted.wait(EngineJoined, 1, 30)  # the old controller takes a new engine
    finally:
        heir.cluster.close()


def test_another_process_starts_the_controller_that_was_not_started_yet():
    bench = make_engines(1)
    bench.cluster.start(bench.posted, bench.table)
    (joined,) = bench.posted.wait(EngineJoined, 1, 60)
    assert bench.cluster.describe()["controller"] == "starting"
    _die(bench.cluster)
    heir = Bench(
        EngineCluster.adopt(
            bench.run, bench.reaper, EngineChoice(n=1), {joined.engine: joined.pid}
        ),
        bench.run, bench.reaper,
    )  # fmt: skip
    heir.cluster.start(heir.posted, heir.table)
    try:
        heir.posted.wait(EngineResumed)
        wait_until(lambda: heir.cluster.describe()["controller"] == "up", 60)
        assert not heir.posted.of(ControllerLost)
        assert not heir.posted.of(EnginesUnavailable)
        connection = ipyparallel.Client(heir.cluster.describe()["connection_file"], timeout=10)
        assert connection[:].apply_sync(os.getpid) == [joined.pid]
        connection.close()
    finally:
        heir.close()


def test_another_process_that_finds_no_engine_and_no_controller_says_so(start):
    bench = start(1)
    _die(bench.cluster)
    (joined,) = bench.joined
    for pid in [*of_run(bench, b"ipyparallel.controller"), joined.pid]:
        os.kill(pid, signal.SIGKILL)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)  # they were started here; else they would stay as zombies
    known = {joined.engine: joined.pid}
    heir = Bench(EngineCluster.adopt(bench.run, bench.reaper, EngineChoice(n=1), known), bench.run)
    heir.cluster.start(heir.posted, heir.table)
    try:
        heir.posted.wait(ControllerLost)
        (absent,) = heir.posted.wait(EngineLost)
        assert absent.engine == joined.engine
        heir.posted.wait(EnginesUnavailable)
    finally:
        heir.cluster.close()


def _die(cluster):
    """What SIGKILL does to a scheduler process: its threads and sockets stop, nothing is said."""
    cluster._post = Posted()
    cluster._closed = True
    cluster._launcher.close(5)
    cluster._router.close(5)
    assert not cluster._router._thread.is_alive()
