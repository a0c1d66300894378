"""What is put in place for a slice, and taken away after it."""

import logging
import os
import sys
import threading

from flowlab.worker.guard import Guard
from flowlab.worker.stage import Stage


def state():
    return sys.stdout, sys.stderr, os.getcwd(), list(logging.getLogger().handlers)


def test_a_slice_leaves_the_process_as_it_was_found(tmp_path):
    stage = Stage(tmp_path, Guard(threading.Lock(), inline=False), inline=False)
    before = state()
    out = os.fstat(1)
    stage.enter()
    stage.prepare((7, 1))
    os.close(1)
    sys.stdout = None
    os.chdir("/")
    stage.clear_up()
    stage.tap.end()
    stage.leave()
    assert state() == before
    assert os.path.samestat(out, os.fstat(1))
    stage.close()


def test_a_hundred_slices_leak_no_descriptor(tmp_path):
    stage = Stage(tmp_path, Guard(threading.Lock(), inline=False), inline=False)
    counts = []
    for _ in range(100):
        stage.enter()
        stage.prepare((7, 1))
        stage.tap.end()
        stage.leave()
        counts.append(len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0)
    # Fewer when the collector came by; a few more when a thread of another test did
    assert counts[-1] < counts[1] + 50
    stage.close()


def test_beside_a_notebook_the_descriptors_are_left_alone(tmp_path):
    stage = Stage(tmp_path, Guard(threading.Lock(), inline=True), inline=True)
    out = os.fstat(1)
    stage.enter()
    assert os.path.samestat(out, os.fstat(1))
    stage.leave()
    stage.close()
