"""A worker in a process of its own, on a real event loop, linked to the test."""

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from flowlab.worker.board import read_board
from tests.worker.far_end import PATIENCE, FarEnd
from tests.worker.workshop import batch, job, out, task_id

ENGINE = """
import json, os, sys
from pathlib import Path
from types import SimpleNamespace
from tornado.ioloop import IOLoop
from flowlab.worker.boot import start_worker
import tests.worker.workshop  # the kinds of these tests

address, base, own = sys.argv[1], Path(sys.argv[2]), sys.argv[3] == "own"
loop = IOLoop.current()

def start():
    for _ in range(2):  # a second time nothing is there twice
        start_worker(
            SimpleNamespace(io_loop=loop), address, run="r1", engine=3, key="k",
            store=base / "store", boards=base / "boards", sandboxes=base / "sandboxes",
            own=own, reach=float(sys.argv[4]), leave=lambda: print("left", flush=True),
        )
    print("linked", flush=True)

loop.add_callback(start)
loop.start()
"""


class EngineProcess:
    """An engine without ipyparallel."""

    def __init__(self, base, address, *, own=True, reach=20.0, **variables) -> None:
        for name in ("store", "boards", "sandboxes"):
            if not (base / name).exists():
                (base / name).mkdir(mode=0o700)
        self.process = subprocess.Popen(
            [sys.executable, "-c", ENGINE, address, str(base), "own" if own else "", str(reach)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **variables},
        )

    def close(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def end(tmp_path):
    one = FarEnd(tmp_path / "link", "one")
    yield one
    one.close()


@pytest.fixture
def start(tmp_path, end):
    started = []

    def make(**named):
        started.append(EngineProcess(tmp_path, end.address, **named))
        return started[-1].process

    yield make
    for one in started:
        one.close()


def test_tasks_run_in_the_main_thread_and_see_no_key(start, end):
    start(IPP_CONNECTION_INFO="secret", MY_OWN="stays")
    end.until(lambda: len(end.hellos) == 2)

    def looks(ctx):
        is_main = threading.current_thread() is threading.main_thread()
        return is_main, "IPP_CONNECTION_INFO" in os.environ, os.environ["MY_OWN"]

    end.send(batch([job(1, publish=True)], [looks]))
    end.until(end.finished)
    value = end.reports[-1].payload.values[out(1)]
    assert pickle.loads(value.data) == (True, False, "stays")


def test_hello_says_what_must_fit(start, end, tmp_path):
    process = start()
    end.until(lambda: end.hellos)
    hello = end.hellos[0]
    assert hello.pid == process.pid
    assert hello.versions["python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert (hello.fault, hello.store, hello.key) == ("", str(tmp_path / "store"), "k")
    assert read_board(tmp_path / "boards" / os.path.basename(hello.board)) == ()


def test_a_store_that_cannot_be_written_is_said(start, end, tmp_path):
    (tmp_path / "store").write_text("a file stands where the directory should be")
    start()
    end.until(lambda: end.hellos)
    assert end.hellos[0].fault == "Not a directory"


def test_an_address_that_nobody_answers_is_an_error_that_names_both_ends(tmp_path):
    one = EngineProcess(tmp_path, f"ipc://{tmp_path}/nobody", reach=0.3)
    deadline = time.monotonic() + PATIENCE
    said = b""
    while b"tunnel it" not in said and time.monotonic() < deadline:
        said += one.process.stderr.readline()
    one.close()
    assert b"engine 3 (process" in said
    assert f"{tmp_path}/nobody".encode() in said


def test_a_segfault_leaves_the_culprit_on_the_board(start, end):
    process = start()
    end.until(lambda: len(end.hellos) == 2)

    def dies(ctx):
        os.kill(os.getpid(), signal.SIGSEGV)

    end.send(batch([job(1, outputs=0), job(2, outputs=0)], [lambda ctx: 1, dies]))
    assert process.wait(PATIENCE) == -11
    assert read_board(Path(end.hellos[0].board)) == ((task_id(2), 1),)


def test_our_own_engine_ends_when_its_run_is_gone(start, end):
    process = start()
    end.until(lambda: len(end.hellos) == 2)
    process.stdout.readline()
    os.unlink(end.hellos[0].board)
    end.close()
    assert process.wait(PATIENCE) == 0
    assert process.stdout.read() == b"left\n"


def test_somebody_elses_engine_outlives_our_run_and_runs_nothing_of_ours(start, end):
    process = start(own=False)
    end.until(lambda: len(end.hellos) == 2)
    process.stdout.readline()
    end.send(batch([job(1, outputs=0)], [lambda ctx: time.sleep(60)]))
    end.until(lambda: any(report.fact and report.fact.started for report in end.reports))
    board = end.hellos[0].board
    copy = f"{board}-seen"
    os.link(board, copy)  # the board's file, though its name goes
    os.unlink(board)
    end.close()
    deadline = time.monotonic() + PATIENCE
    while read_board(Path(copy)) != ():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert process.poll() is None


def test_a_task_that_kept_everybody_else_from_running_is_named(start, end):
    start()
    end.until(lambda: len(end.hellos) == 2)

    def breathes(ctx):
        until = time.monotonic() + 0.5
        while time.monotonic() < until:
            pass

    calls = [lambda ctx: sum(range(40_000_000)), breathes]  # one call of C keeps the GIL
    end.send(batch([job(1, outputs=0)], calls[:1]))
    end.until(lambda: len(end.finished()) == 1)
    end.send(batch([job(2, outputs=0)], calls[1:]))
    end.until(lambda: len(end.finished()) == 2)
    facts = [report.fact for report in end.reports if report.fact]
    assert [one for fact in facts for one in fact.held_gil] == [task_id(1)]
