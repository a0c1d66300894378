"""When an engine counts as lost. Engines here are plain processes; time is a number."""

import os
import signal
import subprocess
import sys

import pytest

from flowlab.cluster import reap
from flowlab.cluster.members import Members
from flowlab.cluster.orphans import is_stopped
from flowlab.cluster.watch import LAST_WORDS, RETURN_SECONDS, Limits, Request, Watch
from flowlab.events.messages import Reported
from flowlab.model.ids import Assignment, EngineId, TaskId, join_id
from flowlab.model.limits import CANCEL_GRACE
from flowlab.staging.host import host_id
from flowlab.worker.board import Board
from tests.cluster.peer import SESSION, hello, wait_until

E0, ONE = EngineId(0), Assignment(1)
TASK = TaskId(join_id(SESSION, 5))


class Crew:
    """Remembers what it was told."""

    def __init__(self, members):
        self.members = members
        self.lost, self.absent, self.cancelled, self.killed = [], [], [], []
        self.registered = set()

    def is_registered(self, engine):
        return engine in self.registered

    def kill_remote(self, engine):
        self.killed.append(engine)

    def say_cancelled(self, reported):
        self.cancelled.append(reported)

    def lose(self, member):
        self.members.fence(member.engine, member.reason)
        self.lost.append(member)

    def lose_absent(self, engine, pid, reason):
        self.absent.append((engine, pid))


class World:
    def __init__(self, tmp_path, known):
        self.time = 0.0
        self.members = Members("epoch", host_id(), known)
        self.crew = Crew(self.members)
        self.watch = Watch(self.members, self.crew, Limits(10, 60), lambda: self.time)
        self.board = Board(tmp_path / "board")
        self.path = str(tmp_path / "board")

    def pass_time(self, seconds):
        """Tick ten times a second."""
        for _ in range(round(seconds * 10)):
            self.time += 0.1
            self.watch.tick(self.time)

    def join(self, process, **more):
        self.members.greet(hello("k", pid=process.pid, board=self.path, **more))
        self.members.now[E0].heard = self.time
        return self.members.now[E0]


@pytest.fixture
def world(tmp_path):
    return World(tmp_path, {})


@pytest.fixture
def process():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield child
    child.kill()
    child.wait()


def test_one_that_is_silent_but_runs_is_alive(world, process):
    world.join(process)
    world.pass_time(100)
    assert not world.crew.lost
    assert reap.start_time(process.pid)


def test_a_dead_one_is_lost_after_its_last_words(world, process):
    world.join(process)
    process.kill()
    process.wait()
    world.pass_time(0.1)
    assert not world.crew.lost
    world.pass_time(LAST_WORDS + 0.1)
    assert [member.engine for member in world.crew.lost] == [E0]
    assert "died" in world.crew.lost[0].reason


def test_one_that_stands_still_too_long_is_killed_before_it_is_lost(world, process):
    world.join(process)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: is_stopped(process.pid))
    world.pass_time(9.5)
    assert process.poll() is None
    world.pass_time(1)
    assert process.wait(10) == -signal.SIGKILL
    world.pass_time(1)
    assert "stood still" in world.crew.lost[0].reason


def test_one_that_is_resumed_in_time_is_unharmed(world, process):
    world.join(process)
    process.send_signal(signal.SIGSTOP)
    world.pass_time(8)
    process.send_signal(signal.SIGCONT)
    wait_until(lambda: not is_stopped(process.pid))
    world.pass_time(20)
    assert process.poll() is None


def test_our_own_pause_is_no_death_of_others(world, process):
    world.join(process)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: is_stopped(process.pid))
    world.time += 1000  # the laptop slept
    world.watch.tick(world.time)
    assert process.poll() is None


def test_an_interrupt_that_is_not_answered_kills_and_reports_cancelled_first(world, process):
    world.join(process)
    world.board.write(TASK, ONE)
    world.watch.expect_answer(Request(E0, TASK, ONE))
    world.pass_time(CANCEL_GRACE - 0.2)
    assert process.poll() is None
    world.pass_time(0.4)
    assert process.wait(10) == -signal.SIGKILL
    assert [one.cancelled for one in world.crew.cancelled] == [((TASK, ONE),)]
    assert world.crew.cancelled[0].session == SESSION
    world.pass_time(1)
    assert world.crew.lost[0].deliberate


@pytest.mark.parametrize("column", ["cancelled", "finished", "failed", "returned"])
def test_an_interrupt_that_is_answered_kills_nobody(world, process, column):
    world.join(process)
    world.board.write(TASK, ONE)
    world.watch.expect_answer(Request(E0, TASK, ONE))
    row = (TASK, ONE) if column == "cancelled" else (TASK, ONE, 0, 0, ())
    world.watch.answered(Reported(E0, SESSION, **{column: (row,)}))
    world.pass_time(10)
    assert process.poll() is None


def test_an_interrupt_of_a_task_that_waits_behind_another_one_waits_too(world, process):
    world.join(process)
    world.board.write(TASK + 1, ONE)
    world.watch.expect_answer(Request(E0, TASK, ONE))
    world.pass_time(10)
    assert process.poll() is None
    world.board.write(TASK, ONE)
    world.pass_time(CANCEL_GRACE + 0.2)
    assert process.wait(10) == -signal.SIGKILL


def test_one_of_another_host_is_lost_only_when_the_hub_lost_it_as_well(world, process):
    world.join(process, host="elsewhere")
    world.crew.registered.add(E0)
    world.pass_time(100)
    assert not world.crew.lost
    world.crew.registered.clear()
    world.pass_time(1)
    assert world.crew.killed == [E0]
    assert isinstance(world.members.fenced[E0], str)


def test_engines_of_the_process_before_have_a_while_to_come_back(tmp_path, process):
    world = World(tmp_path, {E0: process.pid, EngineId(1): os.getpid()})
    world.join(process)
    world.members.awaited.pop(E0)
    world.pass_time(RETURN_SECONDS - 0.5)
    assert not world.crew.absent
    world.pass_time(1)
    assert world.crew.absent == [(EngineId(1), os.getpid())]
