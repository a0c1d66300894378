"""Interrupts in a process of its own: storms that hit tasks, the loop and the gaps between."""

import signal
import subprocess
import sys
import threading
import time

from flowlab.worker.messages import Interrupted
from tests.worker.workshop import FIRST, Workshop, batch, job, task_id

STORM = """
import os, signal, sys, threading, time
from pathlib import Path
from flowlab.worker.messages import Interrupted
from tests.worker.workshop import FIRST, Workshop, batch, job, task_id

COUNT = 1_000
sys.setswitchinterval(0.0005)
shop = Workshop(Path(sys.argv[1]))

def short(ctx):
    end = time.perf_counter() + 0.002
    while time.perf_counter() < end:
        pass
    return 1

shop.loop._memory._functions["short"] = short
shop.loop._memory._pickled["short"] = b"-"
jobs = [job(number, function="short", publish=True) for number in range(1, 4 * COUNT + 1)]
shop.loop.accept(batch(jobs))
sent = {"named": 0, "raw": 0}

def storm():
    turn = 0
    while sent["named"] < COUNT:
        running = shop.loop.running
        if running is None:
            if not shop.loop.busy:
                return
            continue
        turn += 1
        if turn % 3:
            sent["named"] += 1
            shop.loop.accept(Interrupted(*running))
        else:  # a signal that names no task, as a plain `kill -INT`
            sent["raw"] += 1
            os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.001)

thread = threading.Thread(target=storm)
thread.start()
while shop.loop.run_slice(0.05):
    pass
thread.join()
sheet = shop.sheet()
ended = {**sheet.finished, **sheet.failed, **dict.fromkeys(sheet.cancelled)}
print(sent["named"], sent["raw"], sheet.ends, len(ended), len(sheet.failed), len(sheet.cancelled))
"""


def run_script(script, *args):
    done = subprocess.run(
        [sys.executable, "-c", script, *map(str, args)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_a_storm_of_interrupts_loses_no_reply_and_ends_no_engine(tmp_path):
    named, raw, ends, ended, failed, cancelled = map(int, run_script(STORM, tmp_path))
    assert named == 1_000
    assert raw > 300
    assert (ends, ended, failed) == (4_000, 4_000, 0)
    assert 0 < cancelled <= named


def interrupt_when_running(shop, number, again=0.05):
    """What the link's thread does: ask, and repeat until the task has ended."""
    key = (task_id(number), FIRST)

    def ask():
        deadline = time.monotonic() + 20
        while shop.loop.running != key and time.monotonic() < deadline:
            time.sleep(0.001)
        shop.loop.accept(Interrupted(*key))
        while shop.loop.running == key and time.monotonic() < deadline:
            time.sleep(again)
            shop.loop.tick()

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


def spin(ctx):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        pass


def test_a_sleeping_task_is_interrupted_and_the_next_one_runs(shop):
    jobs = [job(1, outputs=0), job(2, publish=True)]
    thread = interrupt_when_running(shop, 1)
    began = time.monotonic()
    sheet = shop.run(batch(jobs[:1], [lambda ctx: time.sleep(20)]), batch(jobs[1:], [lambda c: 2]))
    thread.join()
    assert time.monotonic() - began < 10
    assert sheet.cancelled == [task_id(1)]
    assert sheet.returned in ({}, {task_id(2): "over budget"})


def test_code_that_swallows_the_interrupt_goes_on_being_interrupted(shop):
    caught = []

    def stubborn(ctx):
        while len(caught) < 3:
            try:
                spin(ctx)
            except KeyboardInterrupt:
                caught.append(1)
        spin(ctx)

    shop.loop._memory._functions["stubborn"] = stubborn
    shop.loop._memory._pickled["stubborn"] = b"-"
    thread = interrupt_when_running(shop, 1)
    sheet = shop.run(batch([job(1, outputs=0, function="stubborn")]))
    thread.join()
    assert len(caught) == 3
    assert sheet.cancelled == [task_id(1)]


def test_an_exception_in_answer_to_the_interrupt_is_a_cancellation_too(shop):
    def replaces(ctx):
        try:
            spin(ctx)
        except KeyboardInterrupt:
            raise ValueError("another one") from None

    thread = interrupt_when_running(shop, 1)
    sheet = shop.run(batch([job(1, outputs=0)], [replaces]))
    thread.join()
    assert sheet.cancelled == [task_id(1)]
    assert sheet.failed == {}


def test_a_thread_that_is_not_the_main_one_is_interrupted_too(tmp_path):
    shop = Workshop(tmp_path, inline=True)
    shop.loop.accept(batch([job(1, outputs=0)], [spin]))
    asking = interrupt_when_running(shop, 1)
    tasks = threading.Thread(target=shop.run)
    tasks.start()
    tasks.join(20)
    asking.join()
    assert shop.sheet().cancelled == [task_id(1)]
    shop.loop.close()


TRACED = r"""
import sys, threading
from pathlib import Path
from flowlab.worker.messages import Interrupted
from tests.worker.workshop import Workshop, batch, job, task_id
from tests.worker.test_guard import interrupt_when_running, spin

shop = Workshop(Path(sys.argv[1]), inline=True)
shop.loop.accept(batch([job(1, outputs=0), job(2, outputs=0)], [spin, lambda ctx: None]))
asking = interrupt_when_running(shop, 1)
tasks = threading.Thread(target=shop.run)
tasks.start()
tasks.join()
asking.join()
assert shop.sheet().cancelled == [task_id(1)]

def traced():
    return "traced"

sys.settrace(lambda *_: None)
print(traced())
"""


def test_a_debugger_can_trace_the_process_in_which_tasks_were_interrupted(tmp_path):
    """CPython hangs a traced thread while an exception for another one is under way."""
    assert run_script(TRACED, tmp_path) == ["traced"]


def test_a_keyboard_interrupt_of_the_tasks_own_is_its_failure(shop):
    def raises(ctx):
        raise KeyboardInterrupt("mine")

    sheet = shop.call(raises)
    assert sheet.failed[task_id(1)].message == "KeyboardInterrupt: mine"


def test_a_handler_that_a_task_installed_is_not_there_for_the_next_one(shop):
    def greedy(ctx):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        return 1

    thread = interrupt_when_running(shop, 2)
    sheet = shop.run(
        batch([job(1, publish=True), job(2, outputs=0)], [greedy, lambda ctx: time.sleep(20)])
    )
    thread.join()
    assert sheet.cancelled == [task_id(2)]


def test_a_sheltered_piece_of_work_is_not_interrupted_and_what_follows_is(shop):
    passed = []

    def work(ctx):
        with shop.loop._guard.shelter():
            shop.loop.accept(Interrupted(*shop.loop.running))  # asked from outside, meanwhile
            passed.append("all of it")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            shop.loop.tick()  # as the link's thread does

    shop.loop._memory._functions["work"] = work
    shop.loop._memory._pickled["work"] = b"-"
    sheet = shop.run(batch([job(1, function="work", outputs=0)]))
    assert passed == ["all of it"]
    assert sheet.cancelled == [task_id(1)]
