"""What a browser is sent: a snapshot of all that is seen, and then what happened since.

Frames of one feed are numbered from 1. A front end takes a delta when it is of the same epoch and
has the next number; otherwise it asks for a snapshot. A snapshot may overlap what comes after it:
entries whose number was seen are left out by the fold, here and in the browser.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import msgspec
from msgspec.structs import replace

from flowlab.events import messages as m
from flowlab.events.messages import Entry
from flowlab.model.ids import Assignment, EngineId, TaskId
from flowlab.model.resources import ONE_CPU, Resources
from flowlab.model.specs import Failure
from flowlab.view.picture import EngineView, ObjectView, SessionView, TaskView, View

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
    left_out        how many older lines of output are not in it
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

    left_out  how many lines of output are missing, because there were too many
    """

    epoch: int
    frame: int
    entries: tuple[Entry, ...]
    left_out: int = 0


Frame = Snapshot | Delta


def snapshot(view: View, said: Iterable[Entry] = (), frame: int = 1, left_out: int = 0) -> Snapshot:
    """All of a view, and the output that is kept."""
    words: dict[str, Word] = {}
    return Snapshot(
        view.epoch,
        frame,
        view.seq,
        view.trace_seq,
        tasks=_task_columns(list(view.tasks.values()), words),
        objects=_object_columns(list(view.objects.values()), words),
        words=tuple(words),  # when the columns have been made: they fill it
        sessions=tuple(view.sessions.values()),
        engines=tuple(view.engines.values()),
        sources=dict(view.sources),
        notices=view.notices,
        said=tuple(said),
        left_out=left_out,
    )


def coalesce(entries: Sequence[Entry]) -> list[Entry]:
    """The entries without what the fold does not need: they give the same view.

    A start is left out when the end of the same assignment follows and nothing else touched the
    task between; so is what a report holds for the scheduler alone.
    """
    kept: list[Entry] = []
    ends: dict[TaskId, Assignment] = {}
    for entry in reversed(entries):
        event = entry.event
        if isinstance(event, m.Reported):
            ends.update((row[0], row[1]) for row in (*event.failed, *event.finished))
            kept.append(replace(entry, event=_lighter(event, ends)))
            continue
        for task_id in _touched(event):
            ends.pop(task_id, None)
        kept.append(entry)
    kept.reverse()
    return kept


def _lighter(event: m.Reported, ends: dict[TaskId, Assignment]) -> m.Reported:
    started = tuple(row for row in event.started if ends.get(row[0]) != row[1])
    return m.Reported(
        event.engine,
        event.session,
        started,
        event.finished,
        event.failed,
        published=event.published,
    )


def _touched(event: m.EventUnion) -> Sequence[TaskId]:
    """The tasks to which something else than a report happened."""
    match event:
        case m.TasksReady() | m.TasksAssigned() | m.TasksGivenBack() | m.TasksSkipped():
            return event.tasks
        case m.TasksCancelled() | m.CancelRequested():
            return event.tasks
        case m.TaskCondemned():
            return (event.task,)
        case m.Submitted():
            return tuple(task.id for task in event.tasks)
        case _:
            return ()


def _task_columns(tasks: Sequence[TaskView], words: dict[str, Word]) -> TaskColumns:
    specs = [task.spec for task in tasks]

    def word(texts: Iterable[str]) -> tuple[Word, ...]:
        return tuple(words.setdefault(text, len(words)) for text in texts)

    return TaskColumns(
        ids=_steps([spec.id for spec in specs]),
        kinds=word(spec.kind for spec in specs),
        names=tuple(spec.name for spec in specs),
        inputs=tuple(tuple([each - spec.id for each in spec.inputs]) for spec in specs),
        outputs=tuple(tuple([each - spec.id for each in spec.outputs]) for spec in specs),
        functions=word(spec.function for spec in specs),
        files=word(spec.place.file for spec in specs),
        lines=tuple(spec.place.line for spec in specs),
        cells=tuple(spec.place.cell for spec in specs),
        states=word(task.state for task in tasks),
        engines=tuple(task.engine for task in tasks),
        assignments=tuple(task.assignment for task in tasks),
        attempts=tuple(task.attempts for task in tasks),
        began=tuple(task.began for task in tasks),
        ended=tuple(task.ended for task in tasks),
        labels=tuple((i, spec.labels) for i, spec in enumerate(specs) if spec.labels),
        resources=tuple(
            (i, spec.resources) for i, spec in enumerate(specs) if spec.resources != ONE_CPU
        ),
        retries=tuple(
            (i, spec.retries) for i, spec in enumerate(specs) if spec.retries is not None
        ),
        users=tuple((i, spec.user) for i, spec in enumerate(specs) if spec.user),
        failures=tuple((i, task.failure) for i, task in enumerate(tasks) if task.failure),
        reasons=tuple((i, task.reason) for i, task in enumerate(tasks) if task.reason),
        causes=tuple((i, task.cause) for i, task in enumerate(tasks) if task.cause is not None),
    )


def _object_columns(objects: Sequence[ObjectView], words: dict[str, Word]) -> ObjectColumns:
    specs = [each.spec for each in objects]

    def word(texts: Iterable[str]) -> tuple[Word, ...]:
        return tuple(words.setdefault(text, len(words)) for text in texts)

    return ObjectColumns(
        ids=_steps([spec.id for spec in specs]),
        labels=word(spec.label for spec in specs),
        types=word(spec.data_type for spec in specs),
        declared=word(spec.content_type for spec in specs),
        contents=word(each.content_type for each in objects),
        states=word(each.state for each in objects),
        sizes=tuple(each.size for each in objects),
        flags=tuple(
            1 * spec.keep + 2 * spec.constant + 4 * each.kept
            for spec, each in zip(specs, objects, strict=True)
        ),
        hints=tuple(
            (i, spec.size_hint) for i, spec in enumerate(specs) if spec.size_hint is not None
        ),
        users=tuple((i, spec.user) for i, spec in enumerate(specs) if spec.user),
    )


def _steps(ids: Sequence[int]) -> tuple[int, ...]:
    return tuple(after - before for before, after in pairwise([0, *ids]))
