"""What processes log that a task forked."""

import logging
import os
import signal
import time

import pytest

from flowlab.model.limits import MIB
from flowlab.model.logrow import LogRow
from flowlab.worker.offspring import _WRITTEN, Offspring

KEY = (7, 1)


def row(text):
    return LogRow(1.0, logging.INFO, "INFO", "child", text)


def forked(work):
    """The pid of a child that does this and ends."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return pid


@pytest.fixture
def file():
    one = Offspring()
    one.begin(KEY)
    yield one
    one.close()


def test_rows_of_many_children_come_whole_and_in_order(file):
    def write(number):
        for line in range(500):
            file.write(KEY, row(f"{number} {line} {'x' * (line % 7)}"))

    pids = [forked(lambda number=number: write(number)) for number in range(4)]
    rows = []
    for pid in pids:
        assert os.waitpid(pid, 0)[1] == 0
    file.end(rows.append)
    texts = [each.text.split() for each in rows]
    assert len(texts) == 2000
    for number in range(4):
        assert [int(text[1]) for text in texts if text[0] == str(number)] == list(range(500))


def test_a_child_waits_while_the_file_is_full_and_loses_nothing(file):
    text = "x" * 10_000
    count = 3 * MIB // len(text)

    def write():
        for _ in range(count):
            file.write(KEY, row(text))

    pid = forked(write)
    time.sleep(0.2)
    assert os.waitpid(pid, os.WNOHANG) == (0, 0)  # it waits
    assert os.fstat(file._file).st_size < MIB + 2 * len(text)
    rows = []
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        file.collect(rows.append)
        time.sleep(0.001)
    file.end(rows.append)
    assert len(rows) == count


def test_a_child_that_outlives_its_task_is_nobodys(file):
    full = [0]

    def write():
        while True:
            file.write(KEY, row("x" * 10_000))
            full[0] += 1
            if full[0] > 1_000:
                break

    pid = forked(write)
    time.sleep(0.1)  # it waits for room now
    rows = []
    file.end(rows.append)
    assert os.waitpid(pid, 0)[1] == 0  # and went on at once, with nowhere to write to
    file.begin((8, 1))
    late = []
    file.end(late.append)
    assert rows
    assert late == []


def test_a_child_that_stands_still_as_it_writes_holds_up_nobody(file):
    import fcntl

    read, write = os.pipe()

    def stand():
        fcntl.lockf(file._file, fcntl.LOCK_EX)
        file._key[_WRITTEN] = 1
        os.write(file._file, b"half")
        os.write(write, b"!")
        time.sleep(60)

    pid = forked(stand)
    os.read(read, 1)
    assert not file.collect(lambda _: None)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(read)
    os.close(write)
    os.ftruncate(file._file, 0)
