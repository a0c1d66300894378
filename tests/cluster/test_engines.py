"""Real engines that die, stand still, or do not listen."""

import os
import signal
import sys
import time

import cloudpickle
import ipyparallel
import psutil
import pytest

from flowlab.cluster import reap
from flowlab.cluster.engines import EngineCluster
from flowlab.events.messages import (
    ControllerLost,
    EngineJoined,
    EngineLost,
    EnginesUnavailable,
    Noticed,
    Reported,
)
from flowlab.scheduler.actions import Interrupt
from tests.cluster.call import Caller, command, of_run, rows, sleeping
from tests.cluster.peer import wait_until
from tests.conftest import make_engines

pytestmark = [pytest.mark.engines, pytest.mark.usefixtures("no_leaks")]
cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


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
    wait_until(lambda: not of_run(bench, b"sleep"))
    assert not [
        pid
        for pid in reap.find_marked([f"FLOWLAB_RUN={bench.run.run}".encode()])
        if _parent(pid) == 1 and b"ipyparallel.engine" in command(pid)
        and b"nanny" not in command(pid)
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
    controller = of_run(bench, b"ipyparallel.controller")
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
    os.kill(of_run(bench, b"ipyparallel.controller")[-1], signal.SIGKILL)
    bench.posted.wait(ControllerLost)
    assert not bench.posted.of(EnginesUnavailable)
    os.kill(bench.joined[0].pid, signal.SIGKILL)
    bench.posted.wait(EngineLost)
    bench.posted.wait(EnginesUnavailable)


def test_close_ends_everything_at_once_even_with_busy_engines(start):
    bench = start(2)
    caller = Caller(bench)
    caller.run(caller.task(sleeping(600)))
    wait_until(lambda: rows(bench, "started"))
    began = time.monotonic()
    bench.cluster.close()
    assert time.monotonic() - began < 2
    wait_until(lambda: not of_run(bench, b""), 1)
    bench.cluster.close()


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


def _lives(pid):
    return bool(reap.start_time(pid))


def _parent(pid):
    try:
        return psutil.Process(pid).ppid()
    except psutil.NoSuchProcess:
        return None


def test_one_that_was_never_started_is_closed():
    make_engines(1).close()
