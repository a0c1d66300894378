"""Processor time and memory of a whole system, with all its processes.

On a machine that others use too, processor time says more than the clock.

The processes of a run are known by their mark, see `runner`. Threads that ended are not counted.
"""

import os
from pathlib import Path

MARK = "FLOWLAB_BENCH"


def processor_seconds() -> float:
    """What all processes of this run have used so far."""
    return sum(map(_used, _processes())) / 1e9


def resident_bytes() -> int:
    """The memory that they have now; what they share counts for each."""
    return sum(map(_resident, _processes()))


def resident_bytes_of(pid: int) -> int:
    """The memory that one process has now."""
    return _resident(Path(f"/proc/{pid}"))


def _processes() -> list[Path]:
    """Those with the mark of this run."""
    wanted = f"{MARK}={os.environ.get(MARK, '')}".encode()
    return [each for each in Path("/proc").glob("[0-9]*") if _has(each, wanted)]


def _has(process: Path, wanted: bytes) -> bool:
    try:
        return wanted in (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return False


def _used(process: Path) -> int:
    """Nanoseconds of its threads."""
    found = 0
    for thread in process.glob("task/*/schedstat"):
        try:
            found += int(thread.read_text().split()[0])
        except (OSError, IndexError):
            continue
    return found


def _resident(process: Path) -> int:
    try:
        pages = int((process / "statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
