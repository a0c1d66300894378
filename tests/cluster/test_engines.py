"""Real engines that die, stand still, do not listen, or outlive their scheduler process."""

import os
import signal
import sys
import time

import cloudpickle
import ipyparallel
import psutil
import pytest

from flowlab.cluster import reap
from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.engines import EngineCluster
from flowlab.events.messages import (
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    Noticed,
    Reported,
)
from flowlab.scheduler.actions import Interrupt
from tests.cluster.call import SOURCE, Caller
from tests.cluster.peer import Posted, wait_until
from tests.conftest import Bench, make_engines

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("no_leaks")]
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


@pytest.fixture
def start():
    """Starts a bench of its own; closed at the end."""
    benches = []

    def run(number, **choice):
        bench = make_engines(number, **choice)
        benches.append(bench)
        bench.start(number)
        teach(bench)
        return bench

    yield run
    for bench in benches:
        bench.close()


def teach(bench):
    """Make the tests' kind known on all engines."""
    client = ipyparallel.Client(bench.cluster.describe()["connection_file"], timeout=10)
    wait_until(lambda: len(client.ids) >= len(bench.joined))
    client[:].execute(SOURCE, block=True)
    client.close(linger=0)


def rows(bench, column):
    return [row for fact in bench.posted.of(Reported) for row in getattr(fact, column)]


def sleeping(seconds):
    def run(ctx):
        time.sleep(seconds)
        return [ctx.blob(b"slept")]

    return run


def test_a_killed_engine_is_lost_with_its_culprit_and_replaced(start):
    bench = start(2)
    caller = Caller(bench)
    victim = bench.joined[0]
    spec = caller.task(sleeping(60))
    caller.run(spec)
    wait_until(lambda: rows(bench, "started"))
    os.kill(victim.pid, signal.SIGKILL)
    began = time.monotonic()
    (lost,) = bench.posted.wait(EngineLost)
    assert time.monotonic() - began < 2
    assert lost.engine == victim.engine
    assert lost.culprits == ((spec.id, 1),)
    assert not lost.deliberate
    joined = bench.posted.wait(EngineJoined, 3)
    assert joined[-1].engine not in {one.engine for one in bench.joined}
    assert not list(bench.run.sandboxes.glob(f"{victim.pid}-*"))


def test_programs_and_forks_of_a_dead_engines_task_end_with_it(start):
    bench = start(1)
    caller = Caller(bench)

    def spawn(ctx):
        import multiprocessing
        import subprocess

        program = subprocess.Popen(["sleep", "600"], start_new_session=True)
        fork = multiprocessing.get_context("fork").Process(target=time.sleep, args=(600,))
        fork.start()
        print(program.pid, fork.pid, flush=True)
        os.kill(os.getpid(), signal.SIGSEGV)

    caller.run(caller.task(spawn))
    bench.posted.wait(EngineLost)
    left = psutil.Process(bench.joined[0].pid).children() if _lives(bench.joined[0].pid) else []
    assert not left
    wait_until(lambda: not _of_run(bench, b"sleep"))
    assert not [
        pid
        for pid in reap.find_marked([f"FLOWLAB_RUN={bench.run.run}".encode()])
        if _parent(pid) == 1 and b"ipyparallel.engine" in _command(pid)
        and b"nanny" not in _command(pid)
    ]  # fmt: skip


def test_an_engine_that_stands_still_is_killed_and_reports_nothing_later(start):
    bench = start(1, stopped=2.0)
    caller = Caller(bench)
    spec = caller.task(sleeping(3))
    caller.run(spec)
    wait_until(lambda: rows(bench, "started"))
    pid = bench.joined[0].pid
    os.kill(pid, signal.SIGSTOP)
    (lost,) = bench.posted.wait(EngineLost)
    assert "stood still" in lost.reason
    assert not _lives(pid)
    assert lost.culprits == ((spec.id, 1),)
    assert not rows(bench, "finished")


def test_a_task_that_holds_the_lock_in_c_is_no_death_but_can_be_cancelled(start):
    bench = start(1, stopped=1.0)
    caller = Caller(bench)

    def stubborn(ctx):
        return [ctx.blob(str(sum(range(10**12))))]

    spec = caller.task(stubborn)
    engine = caller.run(spec)
    pid = bench.joined[0].pid
    wait_until(lambda: psutil.Process(pid).cpu_times().user > 3, 30)
    assert not bench.posted.of(EngineLost)  # silent for longer than `stopped`, but it runs
    bench.cluster.perform(Interrupt(engine, spec.id, 1))
    (lost,) = bench.posted.wait(EngineLost)
    assert lost.deliberate
    assert lost.culprits == ()
    assert rows(bench, "cancelled") == [(spec.id, 1)]
    events = [one for one in bench.posted.events if isinstance(one, Reported | EngineLost)]
    assert isinstance(events[-1], EngineLost)
    bench.posted.wait(EngineJoined, 2)


def test_a_dead_controller_is_said_once_and_tasks_go_on(start):
    bench = start(1)
    caller = Caller(bench)
    controller = _of_run(bench, b"ipyparallel.controller")
    assert len(controller) == 9
    os.kill(controller[-1], signal.SIGKILL)
    (lost,) = bench.posted.wait(ControllerLost)
    assert "Tasks go on" in lost.reason
    assert [one.level for one in bench.posted.of(Noticed) if one.text == lost.reason] == ["warning"]
    spec = caller.task(sleeping(0))
    caller.run(spec)
    wait_until(lambda: [row[0] for row in rows(bench, "finished")] == [spec.id])
    assert len(bench.posted.of(ControllerLost)) == 1


def test_when_the_last_engine_dies_without_a_controller_that_is_said(start):
    bench = start(1)
    os.kill(_of_run(bench, b"ipyparallel.controller")[-1], signal.SIGKILL)
    bench.posted.wait(ControllerLost)
    assert not bench.posted.of(EnginesUnavailable)
    os.kill(bench.joined[0].pid, signal.SIGKILL)
    bench.posted.wait(EngineLost)
    bench.posted.wait(EnginesUnavailable)


def test_another_process_that_finds_no_engine_and_no_controller_says_so(start):
    bench = start(1)
    _die(bench.cluster)
    (joined,) = bench.joined
    for pid in [*_of_run(bench, b"ipyparallel.controller"), joined.pid]:
        os.kill(pid, signal.SIGKILL)
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


def test_close_ends_everything_at_once_even_with_busy_engines(start):
    bench = start(2)
    caller = Caller(bench)
    caller.run(caller.task(sleeping(600)))
    wait_until(lambda: rows(bench, "started"))
    began = time.monotonic()
    bench.cluster.close()
    assert time.monotonic() - began < 2
    wait_until(lambda: not _of_run(bench, b""), 1)
    bench.cluster.close()


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


def test_a_running_cluster_is_used_and_left_alone(start):
    host = start(1)
    connection = ipyparallel.Client(host.cluster.describe()["connection_file"], timeout=10)
    from flowlab.cluster.choice import choose

    choice = choose(cluster=connection, listen="tcp://127.0.0.1:*")
    guest = make_engines(1)
    guest.cluster = EngineCluster(guest.run, guest.reaper, choice)
    try:
        guest.start(1)
        assert guest.joined[0].pid == host.joined[0].pid
        caller = Caller(guest)
        spec = caller.task(sleeping(0))
        caller.run(spec)
        wait_until(lambda: [row[0] for row in rows(guest, "finished")] == [spec.id])
        assert any("started elsewhere" in one.text for one in guest.posted.of(Noticed))
    finally:
        guest.close()
    assert _lives(host.joined[0].pid)
    variables = connection[:].apply_sync(lambda: dict(__import__("os").environ))
    assert [each["FLOWLAB_RUN"] for each in variables] == [host.run.run]  # not the guest's
    caller = Caller(host)
    spec = caller.task(sleeping(0))
    caller.run(spec)
    wait_until(lambda: [row[0] for row in rows(host, "finished")] == [spec.id])
    connection.close(linger=0)


def test_ten_interrupts_a_second_end_no_engine(start):
    bench = start(1)
    caller = Caller(bench)
    specs = [caller.task(sleeping(0.002)) for _ in range(100)]
    engine = bench.joined[0].engine
    for spec in specs:
        caller.run(spec)
        bench.cluster.perform(Interrupt(engine, spec.id, 1))
    wait_until(
        lambda: (
            len([*rows(bench, "finished"), *rows(bench, "cancelled"), *rows(bench, "returned")])
            >= len(specs)
        )
    )
    assert not bench.posted.of(EngineLost)


def _die(cluster):
    """What SIGKILL does to a scheduler process: its threads and sockets stop, nothing is said."""
    cluster._post = Posted()
    cluster._closed = True
    cluster._launcher.close(5)
    cluster._router.close(5)
    assert not cluster._router._thread.is_alive()


def _lives(pid):
    return bool(reap.start_time(pid))


def _parent(pid):
    try:
        return psutil.Process(pid).ppid()
    except psutil.NoSuchProcess:
        return None


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _of_run(bench, word):
    marked = reap.find_marked([f"FLOWLAB_RUN={bench.run.run}".encode()])
    return [pid for pid in marked if word in _command(pid)]
