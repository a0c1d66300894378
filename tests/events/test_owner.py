"""Whose journal it is, and whether he lives."""

import os
import subprocess
import sys

import msgspec

from flowlab.events.owner import Life, describe_owner, life_of


def through_json(meta):
    return msgspec.json.decode(msgspec.json.encode(meta))


def test_the_journal_of_a_living_process_is_live():
    meta = through_json(describe_owner(os.getpid()))
    assert len(meta["processes"]) == 1  # inline: kernel and writer are one
    assert life_of(meta) is Life.LIVE


def test_it_is_over_once_kernel_and_writer_are_gone():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    meta = through_json(describe_owner(child.pid))
    kernel = {**meta, "processes": [each for each in meta["processes"] if each[0] == child.pid]}
    assert life_of(kernel) is Life.LIVE
    child.kill()
    assert life_of(meta) is Life.LIVE  # the writer, this process, lives on
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie is no living process
    assert life_of(kernel) is Life.OVER
    child.wait()
    assert life_of(kernel) is Life.OVER


def test_a_later_process_of_the_same_number_is_another():
    meta = describe_owner(os.getpid())
    meta["processes"] = [[pid, began - 60] for pid, began in meta["processes"]]
    assert life_of(meta) is Life.OVER


def test_another_machine_is_not_judged():
    assert life_of({**describe_owner(os.getpid()), "host": "elsewhere"}) is Life.FOREIGN


def test_a_header_that_says_nothing_or_nonsense_is_over():
    good = describe_owner(os.getpid())
    assert life_of({}) is Life.OVER
    assert life_of({**good, "processes": [["x", 1.0], [-1, 1.0], 3, []]}) is Life.OVER
