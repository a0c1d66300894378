"""The words of a failed task: what happened, where in the user's code, where it was declared."""

import linecache

from flowlab.errors import TaskError
from flowlab.model.ids import TaskId, split_id
from flowlab.model.specs import Failure, Place, TaskSpec
from flowlab.session.records import CANCELLED, FAILED, SKIPPED, SessionRecord, TaskRecord


def error_of(session: SessionRecord, task_id: TaskId) -> TaskError | None:
    """The error of a task that did not finish, or None; a dependent's names what it waited for."""
    record = session.tasks.get(task_id)
    if record is None:
        return None
    if record.state == FAILED and record.failure is not None:
        return failed(record.spec, record.failure, record.debug)
    if record.state == SKIPPED:
        return _skipped(session, record)
    if record.state == CANCELLED:
        reason = f": {record.reason}" if record.reason else ""
        text = f"Task {show(record.spec)} was cancelled{reason}"
        return TaskError(text, record.spec.name)
    return None


def failed(spec: TaskSpec, failure: Failure, debug: str = "") -> TaskError:
    """After Rain's client, `check_result`; in a notebook the place is a cell and its line."""
    lines = [f"Task {show(spec)} failed", f"Message: {failure.message}"]
    if failure.traceback:
        lines.append(failure.traceback.rstrip())
    lines += ["Task created at:", show_place(spec.place), "Debug:", failure.debug or debug]
    return TaskError("\n".join(lines).rstrip(), spec.name, failure.traceback)


def show(spec: TaskSpec) -> str:
    """A task as its own `repr` shows it."""
    name = f" {spec.name!r}" if spec.name else ""
    return f"<Task {split_id(spec.id)}{name} {spec.kind}>"


def show_place(place: Place) -> str:
    """Where it was declared, with that line of source when it can be read."""
    where = f"In [{place.cell}]" if place.cell is not None else place.file or "an unknown place"
    line = f", line {place.line}" if place.line else ""
    source = linecache.getline(place.file, place.line).strip() if place.file else ""
    return f"  {where}{line}" + (f"\n    {source}" if source else "")


def _skipped(session: SessionRecord, record: TaskRecord) -> TaskError:
    cause = record.cause
    text = f"Task {show(record.spec)} was skipped: an input of it will never come"
    if cause is None or cause not in session.tasks:
        return TaskError(text, record.spec.name)
    behind = error_of(session, cause) if session.tasks[cause].state != SKIPPED else None
    text += f", because of task {show(session.tasks[cause].spec)}"
    if behind is None:
        return TaskError(text, record.spec.name)
    return TaskError(f"{text}\n{behind}", record.spec.name, behind.traceback)
