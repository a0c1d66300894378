"""How many engines to start, and when."""

import subprocess
import sys
import time

import pytest

from flowlab.cluster import reap
from flowlab.cluster.starts import MOST_FAILURES, Starts
from tests.cluster.peer import wait_until


@pytest.fixture
def process():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield child
    child.kill()
    child.wait()


def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_as_many_as_are_wanted_and_no_more():
    starts = Starts(2, 60)
    assert starts.due(0) == 2
    assert starts.due(0) == 0  # they are on their way


def test_one_that_had_joined_is_replaced_at_once(process):
    starts = Starts(1, 60)
    starts.began(starts.due(0), [process.pid], 0)
    starts.joined(0, process.pid)
    assert starts.due(1) == 0
    starts.lost(0)
    assert starts.due(1) == 1


def test_failures_are_tried_again_after_1_2_4_s_and_not_for_ever():
    starts = Starts(1, 60)
    now, waits = 0.0, []
    while not starts.exhausted():
        while not starts.due(now):
            now += 0.5
        starts.began(1, [dead_pid()], now)
        assert len(starts.failed(now)) == 1
        waits.append(starts._not_before - now)
    assert waits == [1, 2, 4, 8, 16]
    assert starts.failures == MOST_FAILURES
    starts.stop()
    assert starts.due(now + 1000) == 0


def test_one_that_joins_ends_the_row_of_failures(process):
    starts = Starts(2, 60)
    starts.began(starts.due(0), [process.pid, dead_pid()], 0)
    starts.failed(0)
    starts.joined(0, process.pid)
    assert starts.failures == 0


def test_one_that_takes_too_long_is_ended(process):
    starts = Starts(1, 60)
    starts.began(starts.due(0), [process.pid], 0)
    assert starts.failed(59) == []
    assert starts.failed(61) == [process.pid]
    assert process.wait(10) == -9


def test_engines_of_a_batch_system_have_no_pid_and_join_all_the_same():
    starts = Starts(2, 60)
    starts.began(starts.due(0), [], 0)
    assert starts.is_busy()
    starts.joined(0, 12345)
    starts.joined(1, 12346)
    assert not starts.is_busy()
    assert starts.living() == 2


def test_a_launcher_that_raises_counts_as_a_failure():
    starts = Starts(1, 60)
    starts.due(0)
    starts.failed_to_begin(0)
    assert starts.due(0.5) == 0
    assert starts.due(1.5) == 1


def test_a_taken_up_run_waits_for_its_engines_first():
    assert Starts(2, 60, not_before=10).due(5) == 0


def test_the_pids_are_those_that_live(process):
    starts = Starts(1, 60)
    starts.began(1, [process.pid], time.monotonic())
    assert starts.pids() == [process.pid]
    wait_until(lambda: reap.start_time(process.pid))
