"""The reaper's own program: ends everything of a run when nobody holds its pipe any longer.

Run as `python -I -S reap.py RUN`, so it imports the standard library alone and nothing of flowlab.
It reads lines from its standard input, whose write end the kernel and the scheduler process hold:

    +PID START   this process belongs to the run
    -PID         it does not any longer
    dir PATH     remove this directory in the end

At the end of input both are gone. Everything listed is killed, then every process whose
environment names the run (what tasks started), until there is none; then the directories go.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable

SECONDS = 4.0  # s from the end of input until it gives up
MARKER = "FLOWLAB_RUN="


def start_time(pid: int) -> str:
    """What tells a process from a later one with the same number; empty when there is none."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
    except OSError:
        return "" if os.path.exists("/proc/self/stat") else _start_time_elsewhere(pid)


def _start_time_elsewhere(pid: int) -> str:
    """As above on a system without /proc."""
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip().replace(" ", "_")


def find_marked(marks: list[bytes]) -> list[int]:
    """Processes of this user whose environment holds all the marks, such as FLOWLAB_RUN=…"""
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc/self") else ():
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                variables = file.read().split(b"\0")
        except OSError:
            continue  # another user's, or gone meanwhile
        if all(mark in variables for mark in marks) and start_time(int(name)):
            found.append(int(name))
    return found


def kill(pid: int) -> None:
    """SIGKILL; a process that is gone is what was wanted."""
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def read_orders(stream: Iterable[str]) -> tuple[dict[int, str], list[str]]:
    """Follow the lines to the end of input: processes with start times, and directories."""
    processes: dict[int, str] = {}
    directories: list[str] = []
    for line in stream:
        order, _, rest = line.rstrip("\n").partition(" ")
        try:
            if order == "dir":
                directories.append(rest)
            elif order.startswith("+"):
                processes[int(order[1:])] = rest
            elif order.startswith("-"):
                processes.pop(int(order[1:]), None)
        except ValueError:
            continue  # half a line of a writer that was killed: the sweep finds what it named
    return processes, directories


def end_all(processes: dict[int, str], run: str, seconds: float = SECONDS) -> None:
    """Kill what is listed and what carries the mark of the run, until none is left."""
    deadline = time.monotonic() + seconds
    for pid, began in processes.items():
        if began and start_time(pid) == began:
            kill(pid)
    mark = [f"{MARKER}{run}".encode()]
    quiet = 0  # sweeps without a find: a process that forks while it is looked at needs two
    while quiet < 2 and time.monotonic() < deadline:
        found = find_marked(mark)
        quiet = 0 if found else quiet + 1
        for pid in found:
            kill(pid)
        time.sleep(0.01)


def open_up(directories: list[str]) -> None:
    """Give back the right to write, which a task may have taken away."""
    for path in directories:
        if not os.path.islink(path):
            try:
                os.chmod(path, 0o700)
            except OSError:
                continue  # gone meanwhile


def remove(directory: str) -> None:
    """Remove a directory, and again when something was still being written."""
    for _ in range(3):
        for root, names, _files in os.walk(directory):
            open_up([root, *(os.path.join(root, name) for name in names)])
        shutil.rmtree(directory, ignore_errors=True)
        if not os.path.exists(directory):
            return
        time.sleep(0.05)


def main(run: str) -> None:
    """Wait for the end of input, then end the run."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    processes, directories = read_orders(sys.stdin)
    end_all(processes, run)
    for directory in directories:
        remove(directory)


if __name__ == "__main__":
    main(sys.argv[1])
