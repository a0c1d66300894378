"""What of a journal changes on disk when it is written to: looked at without reading it."""

import os
from dataclasses import dataclass
from pathlib import Path

from flowlab.events.journal import JOURNAL, TRACES


@dataclass(frozen=True)
class Stamp:
    """Two of one journal differ when there is something new to read.

    facts    changes with the facts and verdicts, and with the right to read them
    traces   changes with the traces
    written  when it was written to last, s since the epoch; 0 when that cannot be seen
    size     bytes
    """

    facts: tuple[int, ...] = ()
    traces: tuple[int, ...] = ()
    written: float = 0.0
    size: int = 0


def stamp(path: Path) -> Stamp:
    """How a journal's directory and files stand now."""
    home, facts, traces = (_stat(each) for each in (path, path / JOURNAL, path / TRACES))
    return Stamp(
        _changes(home) + _changes(facts),
        _changes(traces),
        max(each.st_mtime if each else 0.0 for each in (facts, traces)),
        sum(each.st_size if each else 0 for each in (facts, traces)),
    )


def _stat(path: Path) -> os.stat_result | None:
    try:
        return os.stat(path, follow_symlinks=False)
    except OSError:
        return None  # there is none, or another user's: the reading says which


def _changes(found: os.stat_result | None) -> tuple[int, ...]:
    if found is None:
        return ()
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
