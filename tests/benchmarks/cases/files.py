"""Programs on files: `cat a b > c`, where a is one file and b one of eight."""

import os
import time
from pathlib import Path

from tests.benchmarks.systems.contract import System

MIB = 1024 * 1024
DIFFERENT = 8

Found = dict[str, float]


def programs(system: System, count: int) -> Found:
    """Seconds for so many programs, up to the content of the last one's file."""
    place = Path("files").absolute()
    place.mkdir()
    first = place / "a"
    first.write_bytes(os.urandom(MIB))
    others = [place / f"b{number}" for number in range(DIFFERENT)]
    for path in others:
        path.write_bytes(os.urandom(MIB))
    pairs = [(first, others[number % DIFFERENT]) for number in range(count)]
    warm = place / "warm"
    warm.mkdir()
    system.join_files(pairs[:2], warm)
    began = time.perf_counter()
    content = system.join_files(pairs, place)
    ended = time.perf_counter()
    assert content == pairs[-1][0].read_bytes() + pairs[-1][1].read_bytes()
    return {"seconds": ended - began, "tasks": count}
