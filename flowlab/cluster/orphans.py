"""Ends what an engine left behind when it died: programs and forks that its tasks had started.

What belongs to a run is told by its environment (FLOWLAB_RUN, FLOWLAB_ENGINE), as the reaper does.
"""

import os
import signal
from pathlib import Path

from flowlab.cluster import reap

# Processes that outlive an engine, or their parent, on purpose: ipyparallel's, and the kernel's own
_SPARED = (b"ipyparallel.controller", b"ipyparallel.engine.nanny", b"flowlab.shared.main")
_SWEEPS = 5


def end_orphans(run: str, engine: int, spared: frozenset[int]) -> int:
    """Kill what this dead engine's tasks left; gives how many.

    spared  processes of the run that live on, such as the other engines
    A forked child shows the environment its engine began with, which does not name the engine yet:
    it is told by having lost its parent.
    """
    ended: set[int] = set()
    for _ in range(_SWEEPS):
        found = [pid for pid in _left_by(run, engine) if pid not in spared and pid not in ended]
        if not found:
            break
        for pid in found:
            reap.kill(pid)
        ended.update(found)
    return len(ended)


def kill_engine(pid: int, began: str) -> None:
    """End a process for good, if it is still the same one; a stopped one dies too."""
    if reap.start_time(pid) == began:
        try:
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return  # it was quicker, or it is not ours to end


def is_stopped(pid: int) -> bool:
    """Whether a process stands still by SIGSTOP or under a debugger."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in (b"T", b"t")
    except OSError:
        return False


def _left_by(run: str, engine: int) -> list[int]:
    marks = [f"FLOWLAB_RUN={run}".encode()]
    named = set(reap.find_marked([*marks, f"FLOWLAB_ENGINE={engine}".encode()]))
    return [pid for pid in reap.find_marked(marks) if pid in named or _is_lost_fork(pid, marks[0])]


def _is_lost_fork(pid: int, mark: bytes) -> bool:
    """A fork of an engine that has neither the engine nor us for a parent any longer."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        parent = int(fields[1])
        above = Path(f"/proc/{parent}/environ").read_bytes().split(b"\0") if parent > 1 else []
    except OSError:
        return False  # gone, or under somebody else's care
    if parent == os.getpid() or mark in above:
        return False
    if any(variable.startswith(b"FLOWLAB_ENGINE=") for variable in variables):
        return False  # another engine's
    return not any(name in command for name in _SPARED)
