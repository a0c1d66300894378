"""Whose journal it is, and whether he lives: processes told by number, start and machine.

A journal's header names the kernel and the process that writes; both are asked for, since the one
may outlive the other by the lease that it was given.
"""

import os
import socket
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import psutil


class Life(StrEnum):
    """Whether the owner of a journal lives; FOREIGN when that is another machine's to know."""

    LIVE = "live"
    OVER = "over"
    FOREIGN = "foreign"


def describe_owner(kernel: int) -> dict[str, Any]:
    """What a journal's header says of the processes behind it; `kernel` is a pid."""
    processes = [[pid, _began(pid)] for pid in dict.fromkeys((kernel, os.getpid()))]
    return {"host": socket.gethostname(), "processes": processes}


def life_of(meta: Mapping[str, Any]) -> Life:
    """Whether a process behind a journal lives, by its header; without one it is over."""
    processes = meta.get("processes")
    if not isinstance(processes, list):
        return Life.OVER
    if meta.get("host") != socket.gethostname():
        return Life.FOREIGN
    return Life.LIVE if any(map(_lives, processes)) else Life.OVER


def _lives(process: object) -> bool:
    match process:
        case [int(pid), float(began)]:
            return abs(_began(pid) - began) < 1  # psutil reckons it from a clock that is adjusted
        case _:
            return False


def _began(pid: int) -> float:
    """When a process began, in s since the epoch; 0 when there is none."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except (psutil.Error, ValueError):
        return 0.0
