"""What a browser is sent: a snapshot of all that is seen, and then what happened since.

Frames of one feed are numbered from 1. A front end takes a delta when it is of the same epoch and
has the next number; otherwise it asks for a snapshot. A snapshot may overlap what comes after it:
entries whose number was seen are left out by the fold, here and in the browser.
"""

from typing import Any

import msgspec

from flowlab.events.messages import Entry
from flowlab.model.ids import Assignment, EngineId, ObjectId, SessionId, TaskId
from flowlab.model.resources import Resources
from flowlab.model.specs import Failure
from flowlab.view.picture import EngineView, SessionView

Word = int  # place in a snapshot's table of words


class TaskColumns(msgspec.Struct, frozen=True):
    """Tasks, one a row, in the order of their submit.

    Columns of `Word` point into the snapshot's table. What few tasks have stands apart, as pairs
    of row and value.

    ids       each less the one before
    inputs    each less the task's own id, as `outputs`
    states    as words, like kinds, functions and files
    """

    ids: tuple[int, ...]
    kinds: tuple[Word, ...]
    names: tuple[str, ...]
    inputs: tuple[tuple[int, ...], ...]
    outputs: tuple[tuple[int, ...], ...]
    functions: tuple[Word, ...]
    files: tuple[Word, ...]
    lines: tuple[int, ...]
    cells: tuple[int | None, ...]
    states: tuple[Word, ...]
    engines: tuple[EngineId | None, ...]
    assignments: tuple[Assignment, ...]
    attempts: tuple[int, ...]
    began: tuple[float | None, ...]
    ended: tuple[float | None, ...]
    labels: tuple[tuple[int, tuple[str, ...]], ...]
    resources: tuple[tuple[int, Resources], ...]
    retries: tuple[tuple[int, int], ...]
    users: tuple[tuple[int, dict[str, Any]], ...]
    failures: tuple[tuple[int, Failure], ...]
    reasons: tuple[tuple[int, str], ...]
    causes: tuple[tuple[int, TaskId], ...]


class ObjectColumns(msgspec.Struct, frozen=True):
    """Objects, one a row; who makes one follows from the tasks' outputs.

    ids       each less the one before
    types     data types; `declared` are content types as declared, `contents` as found
    flags     1 declared with keep, 2 constant, 4 kept now
    """

    ids: tuple[int, ...]
    labels: tuple[Word, ...]
    types: tuple[Word, ...]
    declared: tuple[Word, ...]
    contents: tuple[Word, ...]
    states: tuple[Word, ...]
    sizes: tuple[int | None, ...]
    flags: tuple[int, ...]
    hints: tuple[tuple[int, int], ...]
    users: tuple[tuple[int, dict[str, Any]], ...]


class Snapshot(msgspec.Struct, frozen=True, tag=True):
    """All that is seen at one moment.

    seq, trace_seq  the newest fact or verdict, and the newest trace, that are in it
    words           the table that the columns point into
    said            the newest output, as much as is kept
    left_out        how many older pieces of output are not in it
    """

    epoch: int
    frame: int
    seq: int
    trace_seq: int
    words: tuple[str, ...]
    tasks: TaskColumns
    objects: ObjectColumns
    sessions: tuple[SessionView, ...]
    engines: tuple[EngineView, ...]
    sources: dict[str, str]
    notices: tuple[str, ...]
    said: tuple[Entry, ...]
    left_out: int


class Delta(msgspec.Struct, frozen=True, tag=True):
    """What happened since the frame before.

    left_out  how many pieces of output are missing, because there were too many
    """

    epoch: int
    frame: int
    entries: tuple[Entry, ...]
    left_out: int = 0


Frame = Snapshot | Delta
