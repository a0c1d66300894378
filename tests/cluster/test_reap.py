"""The reaper's program: what it reads, and what it ends."""

import io
import os
import subprocess
import sys
import time

from flowlab.cluster import reap

SLEEP = [sys.executable, "-c", "import time; time.sleep(600)"]


def test_orders_are_followed_to_the_end():
    processes, directories = reap.read_orders(
        io.StringIO("+10 100\n+11 110\ndir /a b\n-10\n+nonsense\n+12 120")
    )
    assert processes == {11: "110", 12: "120"}
    assert directories == ["/a b"]


def test_a_start_time_tells_a_living_process():
    assert reap.start_time(os.getpid()) == reap.start_time(os.getpid()) != ""


def test_a_zombie_counts_as_gone():
    child = subprocess.Popen([sys.executable, "-c", ""])
    deadline = time.monotonic() + 10
    while reap.start_time(child.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert reap.start_time(child.pid) == ""
    child.wait()


def test_a_pid_with_another_start_time_is_left_alone():
    child = subprocess.Popen(SLEEP)
    try:
        reap.end_all({child.pid: "1"}, "no-such-run")
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_listed_and_marked_processes_are_ended():
    listed = subprocess.Popen(SLEEP)
    marked = subprocess.Popen(SLEEP, env={**os.environ, "FLOWLAB_RUN": "reap-test"})
    reap.end_all({listed.pid: reap.start_time(listed.pid)}, "reap-test")
    assert listed.wait(5) == -9
    assert marked.wait(5) == -9


def test_all_marks_must_be_there():
    child = subprocess.Popen(SLEEP, env={**os.environ, "FLOWLAB_RUN": "x1", "FLOWLAB_ENGINE": "3"})
    try:
        deadline = time.monotonic() + 10
        while not reap.find_marked([b"FLOWLAB_RUN=x1"]) and time.monotonic() < deadline:
            time.sleep(0.01)
        assert reap.find_marked([b"FLOWLAB_RUN=x1", b"FLOWLAB_ENGINE=3"]) == [child.pid]
        assert reap.find_marked([b"FLOWLAB_RUN=x1", b"FLOWLAB_ENGINE=4"]) == []
    finally:
        child.kill()
        child.wait()


def test_an_unwritable_directory_is_removed(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "file").write_text("x")
    (tmp_path / "a" / "b").chmod(0o500)
    reap.remove(str(tmp_path / "a"))
    assert not (tmp_path / "a").exists()
