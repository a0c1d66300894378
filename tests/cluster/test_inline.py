"""The engine in this process, where it differs from a real one: how it begins and ends."""

import threading
import time

import pytest

from flowlab.cluster.inline import InlineCluster
from flowlab.cluster.run import RunDirectory
from flowlab.events.messages import Reported
from tests.cluster.call import SOURCE, Caller
from tests.cluster.peer import wait_until
from tests.conftest import Bench


@pytest.fixture
def bench(tmp_path):
    exec(SOURCE, {})
    run = RunDirectory.create(tmp_path / "base")
    bench = Bench(InlineCluster(run), run)
    yield bench
    bench.close()


def threads():
    names = {"flowlab-inline", "flowlab-reports"}
    return {one.name for one in threading.enumerate()} & names


def test_close_interrupts_what_runs_and_leaves_no_thread(bench):
    bench.start(1)
    caller = Caller(bench)

    def loop(ctx):
        while True:
            time.sleep(0.001)

    caller.run(caller.task(loop))
    wait_until(lambda: any(fact.started for fact in bench.posted.of(Reported)))
    began = time.monotonic()
    bench.cluster.close()
    assert time.monotonic() - began < 2
    wait_until(lambda: not threads())
    assert not list(bench.run.sandboxes.iterdir())
    bench.cluster.close()


def test_close_before_start_is_harmless(bench):
    bench.cluster.close()


def test_the_working_directory_of_the_notebook_stays(bench):
    import os

    before = os.getcwd()
    bench.start(1)
    caller = Caller(bench)
    caller.run(caller.task(lambda ctx: [ctx.blob(b"x")]))
    wait_until(lambda: any(fact.finished for fact in bench.posted.of(Reported)))
    assert os.getcwd() == before
