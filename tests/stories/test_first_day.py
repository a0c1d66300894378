"""What holds from the first day, on real engines; each in a form that could turn out false."""

import os
import signal
from contextlib import suppress

import pytest

from flowlab import TaskError, blob, pickled, remote, tasks
from flowlab.events.messages import ControllerLost, EngineLost, Noticed, Reported
from flowlab.worker.board import read_board
from tests.stories.conftest import patient
from tests.stories.watching import (
    Watcher,
    check_each_finished_once,
    controller_pids,
    engine_pids,
    run_of,
    wait_until,
)

pytestmark = pytest.mark.engines


def declare_naps(number, seconds):
    """Tasks that sleep and give their number."""

    @remote(auto_encode="pickle")
    def nap(ctx, number):
        import time

        time.sleep(seconds)
        return number

    return [nap(each) for each in range(number)]


def declare_writers(number, seconds, path):
    """Tasks that sleep, after they wrote their number and their engine's process into a file."""

    @remote(outputs=0)
    def write(ctx, number):
        import os
        import time

        line = f"{number} {os.getpid()}\n"
        file = os.open(path, os.O_WRONLY | os.O_APPEND)
        os.write(file, line.encode())
        os.close(file)
        time.sleep(seconds)

    return [write(each) for each in range(number)]


def read_lines(path):
    """(task, process) of each line of the writers."""
    return [tuple(map(int, line.split())) for line in path.read_text().splitlines()]


# --- the controller


@pytest.mark.parametrize("which", [0, -1], ids=["hub", "one of its channels"])
def test_tasks_go_on_without_the_controller_and_the_loss_is_said(new_client, which):
    client = new_client(2)
    victims = wait_until(lambda: len(controller_pids(client)) >= 9 and controller_pids(client))
    with client.new_session() as session:
        watcher = Watcher(session)
        naps = declare_naps(300, 0.01)
        naps[-1].keep_outputs()
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 20)
        os.kill(victims[which], signal.SIGKILL)
        session.wait_all()
        assert naps[-1].output.fetch().load() == 299
        (lost,) = watcher.wait_for_event(ControllerLost)
        assert "controller died" in lost.reason
        assert "make another one" in lost.reason
        assert lost.reason in [noticed.text for noticed in watcher.of(Noticed)]
        assert not watcher.of(EngineLost)


# --- what cannot be shown or read


@patient
def test_a_result_that_cannot_be_unpickled_is_an_ordinary_error(session):
    @remote(auto_encode="pickle")
    def make(ctx):
        class Bitter:
            def __reduce__(self):
                return int, ("no number",)

        return Bitter()

    @remote(auto_load=True, outputs=0)
    def read(ctx, value):
        return None

    made = make(name="maker")
    made.output.keep()
    reader = read(made, name="reader")
    session.submit()
    with pytest.raises(TaskError, match=r"'reader'(.|\n)*invalid literal for int"):
        reader.wait()
    made.wait()
    with pytest.raises(Exception, match="invalid literal for int"):
        made.output.fetch().load()
    after = tasks.Concat([blob(b"goes "), blob(b"on")])
    after.output.keep()
    session.submit()
    assert after.output.fetch().get_bytes() == b"goes on"


@patient
def test_an_exception_that_cannot_be_shown_is_an_ordinary_error(session):
    @remote(outputs=0)
    def fail(ctx):
        class Mute(Exception):
            def __str__(self):
                raise RuntimeError("never")

        raise Mute

    failed = fail(name="mute")
    session.submit()
    with pytest.raises(TaskError, match=r"Mute(.|\n)*__str__ raised"):
        failed.wait()


# --- interrupts


@patient
def test_a_thousand_interrupts_lose_no_reply_and_end_no_engine(client, session):
    watcher = Watcher(session)
    engines = sorted(engine_pids(client))
    naps = declare_naps(4_000, 0.002)
    by_id = {nap.task_id: nap for nap in naps}
    boards = list(run_of(client).boards.iterdir())
    session.submit()
    interrupts = 0

    def hits():
        return sum(len(report.cancelled) for report in watcher.of(Reported))

    # On a loaded machine most words come when their task is over: then there are more of them
    while by_id and (interrupts < 1_000 or hits() <= 100) and not session.settled(0):
        for task_id, _ in (row for board in boards for row in read_board(board) or ()):
            if task_id in by_id:  # it runs at this moment, and perhaps still when the word comes
                session.cancel([by_id.pop(task_id)])
                interrupts += 1
        for engine in engines:
            with suppress(ProcessLookupError):  # an engine that ended is told below, with why
                os.kill(engine, signal.SIGINT)
    assert session.settled(60)
    session.update(naps)
    states = [nap.state for nap in naps]
    assert interrupts >= 1_000
    assert set(states) == {"finished", "cancelled"}
    assert hits() > 100, f"only {hits()} of {interrupts} interrupts found their task running"
    assert not watcher.of(EngineLost)
    assert sorted(engine_pids(client)) == engines


# --- engines that die


def test_a_task_that_kills_its_engines_fails_and_its_neighbours_succeed(new_client):
    @remote(outputs=0)
    def crash(ctx):
        import ctypes

        ctypes.string_at(0)

    with new_client(2).new_session(on_error="continue") as session:
        watcher = Watcher(session)
        naps = declare_naps(200, 0.005)
        crasher = crash(name="crasher")
        session.submit()
        with pytest.raises(TaskError, match=r"'crasher' killed 3 engines") as caught:
            crasher.wait()
        assert "died" in str(caught.value)
        session.wait(naps)
        session.update(naps)
        assert {nap.state for nap in naps} == {"finished"}
        assert len(watcher.of(EngineLost)) == 3


def test_an_engine_stopped_past_its_limit_runs_nothing_a_second_time(new_client, tmp_path):
    path = tmp_path / "lines"
    path.touch()
    client = new_client(2, {"stopped": 1.5})
    with client.new_session() as session:
        watcher = Watcher(session)
        naps = declare_writers(60, 0.05, str(path))
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 5)
        victim = engine_pids(client)[0]
        os.kill(victim, signal.SIGSTOP)
        (lost,) = watcher.wait_for_event(EngineLost)
        assert "stood still" in lost.reason
        before = read_lines(path)
        with suppress(ProcessLookupError):  # it is to be dead; if it were not, it would go on now
            os.kill(victim, signal.SIGCONT)
        session.wait_all()
        lines = read_lines(path)
        ids = [nap.task_id for nap in naps]
        check_each_finished_once(watcher.entries, ids)
        assert victim not in {process for _, process in lines[len(before) :]}
        assert {number for number, _ in lines} == set(range(60))
        told = {ids.index(row[0]) for report in told_before(watcher) for row in report.finished}
        again = [number for number, process in lines[len(before) :] if (number, victim) in before]
        assert not told & set(again), "what had been reported was done again"


def told_before(watcher):
    """Reports that came before an engine was lost."""
    events = watcher.of(Reported, EngineLost)
    return events[: next(at for at, event in enumerate(events) if isinstance(event, EngineLost))]


def test_an_engine_that_stood_still_for_a_moment_goes_on(new_client, tmp_path):
    path = tmp_path / "lines"
    path.touch()
    client = new_client(2)
    with client.new_session() as session:
        watcher = Watcher(session)
        declare_writers(60, 0.02, str(path))
        session.submit()
        watcher.wait_for(lambda me: len(me.finished()) >= 5)
        victim = engine_pids(client)[0]
        os.kill(victim, signal.SIGSTOP)
        done = len(watcher.finished())
        watcher.wait_for(lambda me: len(me.finished()) >= done + 5)  # the other one goes on
        os.kill(victim, signal.SIGCONT)
        session.wait_all()
        assert sorted(number for number, _ in read_lines(path)) == list(range(60))
        assert not watcher.of(EngineLost)


# --- keys


CANARIES = {
    "IPP_CLUSTER_ID": "canary-ipp",
    "IPP_SECRET": "canary-ipp-secret",
    "JPY_API_TOKEN": "canary-jpy",
    "JUPYTERHUB_API_TOKEN": "canary-hub",
    "JUPYTER_TOKEN": "canary-jupyter",
}


def test_no_key_is_in_the_environment_of_a_task(new_client, monkeypatch):
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("MY_OWN_VARIABLE", "stays")

    @remote(auto_encode="pickle")
    def look(ctx):
        import os
        import subprocess

        child = subprocess.run(["env"], capture_output=True, text=True, check=True)
        return dict(os.environ), child.stdout

    client = new_client(1)
    key = client._run.key
    with client.new_session() as session:
        looked, program = look(), tasks.Execute(["env"], stdout="env")
        looked.output.keep()
        program.output.keep()
        session.submit()
        environ, child = looked.output.fetch().load()
        shown = program.output.fetch().get_bytes().decode()
    for told in ("\n".join(f"{name}={value}" for name, value in environ.items()), child, shown):
        assert "MY_OWN_VARIABLE=stays" in told
        assert "canary" not in told
        assert key not in told
        assert not [line for line in told.splitlines() if line.startswith(("IPP_", "JUPYTERHUB_"))]


@patient
def test_values_go_through_unharmed_after_all_that(session):
    value = pickled({"numbers": list(range(10_000))})

    @remote(auto_load=True, auto_encode="pickle")
    def total(ctx, value):
        return sum(value["numbers"])

    made = total(value)
    made.output.keep()
    session.submit()
    assert made.output.fetch().load() == 49_995_000
