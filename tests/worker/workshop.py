"""A loop with all its real parts, and tasks made of plain functions.

A task of the kind `call` runs the function in its configuration as `function(ctx)` and pickles each
of the values that it returns.
"""

import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cloudpickle

from flowlab.events.messages import Logged, OnError, Said
from flowlab.model.ids import (
    Assignment,
    BatchId,
    EngineId,
    HostId,
    ObjectId,
    SessionId,
    TaskId,
    join_id,
)
from flowlab.model.logrow import QUIET, LogRow
from flowlab.model.payload import Inline, Payload, Value
from flowlab.model.specs import DataType, Failure, ObjectSpec, TaskSpec
from flowlab.staging.instance import DataInstance
from flowlab.staging.store import HostStore
from flowlab.tasks.kind import register
from flowlab.worker.board import Board
from flowlab.worker.loop import BatchLoop
from flowlab.worker.messages import Batch, Job, Report

SESSION = SessionId(10)
FIRST = Assignment(1)


class CallKind:
    """Runs `config`, a pickled function of the context."""

    name = "call"

    def run(self, context: Any) -> Sequence[DataInstance]:
        """One pickled value, or a DataInstance as it is, for each output."""
        function = cloudpickle.loads(context.config) if context.config else context.function
        results = function(context)
        count = len(context.outputs)
        values = results if count > 1 else [results] * count
        return [one if isinstance(one, DataInstance) else context.pickled(one) for one in values]


class NothingKind:
    """Costs nothing: what remains is the loop."""

    name = "nothing"

    def run(self, context: Any) -> Sequence[DataInstance]:
        return ()


register(CallKind())
register(NothingKind())


def task_id(number: int) -> TaskId:
    return TaskId(join_id(SESSION, number))


def object_id(number: int) -> ObjectId:
    """Outputs of task n count from 1000 n."""
    return ObjectId(join_id(SESSION, number))


def out(number: int, index: int = 0) -> ObjectId:
    return object_id(1000 * number + index)


def job(
    number: int,
    *,
    inputs: Sequence[ObjectId] = (),
    outputs: int = 1,
    publish: bool = False,
    urgent: bool = False,
    kind: str = "call",
    function: str = "",
    assignment: int = 1,
) -> Job:
    # size: a builder, of whose parts each test names one or two
    made = tuple(out(number, index) for index in range(outputs))
    specs = tuple(ObjectSpec(one, label=f"out{index}") for index, one in enumerate(made))
    spec = TaskSpec(
        task_id(number), kind, f"t{number}", tuple(inputs), outputs=made, function=function
    )
    return Job(spec, Assignment(assignment), specs, made if publish else (), urgent)


def batch(
    jobs: Sequence[Job],
    calls: Sequence[Callable[[Any], Any] | None] = (),
    *,
    on_error: OnError = OnError.CONTINUE,
    functions: dict[str, bytes] | None = None,
    values: dict[ObjectId, Value] | None = None,
    number: int = 1,
    level: int = QUIET,
) -> Batch:
    # size: a builder, of whose parts each test names one or two
    configs = {
        one.spec.id: cloudpickle.dumps(call)
        for one, call in zip(jobs, calls, strict=False)
        if call is not None
    }
    payload = Payload(functions or {}, configs, {}, values or {})
    return Batch(BatchId(number), SESSION, tuple(jobs), on_error, payload, level=level)


@dataclass
class Sheet:
    """All reports of a run, put together."""

    finished: dict[TaskId, tuple[Any, ...]] = field(default_factory=dict)
    failed: dict[TaskId, Failure] = field(default_factory=dict)
    returned: dict[TaskId, str] = field(default_factory=dict)
    cancelled: list[TaskId] = field(default_factory=list)
    started: list[TaskId] = field(default_factory=list)
    missing: list[ObjectId] = field(default_factory=list)
    published: list[ObjectId] = field(default_factory=list)
    held_gil: list[TaskId] = field(default_factory=list)
    notes: dict[TaskId, tuple[str, dict[str, str]]] = field(default_factory=dict)
    values: dict[ObjectId, Value] = field(default_factory=dict)
    traces: list[Said | Logged] = field(default_factory=list)
    ends: int = 0  # rows that end an assignment; more than tasks: something was told twice

    def add(self, report: Report) -> None:
        self.traces += report.traces
        self.values.update(report.payload.values)
        fact = report.fact
        if fact is None:
            return
        self.finished.update({row[0]: row for row in fact.finished})
        self.failed.update({row[0]: row[4] for row in fact.failed})
        self.returned.update({row[0]: row[2] for row in fact.returned})
        self.cancelled += [row[0] for row in fact.cancelled]
        self.started += [row[0] for row in fact.started]
        self.missing += fact.missing
        self.published += [info.id for info in fact.published]
        self.held_gil += fact.held_gil
        self.notes.update({row[0]: (row[1], row[2]) for row in fact.notes})
        self.ends += sum(map(len, (fact.finished, fact.failed, fact.returned, fact.cancelled)))

    def text(self, number: int, stream: str) -> str:
        """What a task said on a stream."""
        chunks = [one for one in self.traces if one.task == task_id(number)]
        if stream == "log":
            return "".join(row.shown for row in self.rows(number))
        said = [one for one in chunks if isinstance(one, Said)]
        return "".join(one.text for one in said if one.stream == stream)

    def rows(self, number: int) -> list[LogRow]:
        """What a task logged."""
        logged = [one for one in self.traces if isinstance(one, Logged)]
        return [row for one in logged if one.task == task_id(number) for row in one.rows]


class Workshop:
    """A loop in a directory."""

    def __init__(self, directory: Path, *, inline: bool = False) -> None:
        self.reports: list[Report] = []
        (directory / "store").mkdir(mode=0o700, exist_ok=True)
        self.store = HostStore(directory / "store", HostId("here"))
        self.board = Board(directory / "board")
        self.loop = BatchLoop(
            self.reports.append,
            self.store,
            self.board,
            directory / "sandboxes",
            inline=inline,
            engine=EngineId(3),
        )

    def run(self, *batches: Batch) -> Sheet:
        """Give these to the loop, and run until nothing is left."""
        for one in batches:
            self.loop.accept(one)
        while self.loop.run_slice(1.0):
            continue
        return self.sheet()

    def sheet(self) -> Sheet:
        """All that was reported so far."""
        self.loop.flush()
        sheet = Sheet()
        for report in self.reports:
            sheet.add(report)
        return sheet

    def value(self, sheet: Sheet, number: int, index: int = 0) -> Any:
        """A published value."""
        return pickle.loads(self.store.open(sheet.values[out(number, index)]))

    def call(self, *calls: Callable[[Any], Any]) -> Sheet:
        """Run independent functions as published tasks 1, 2, …"""
        jobs = [job(number, publish=True) for number in range(1, len(calls) + 1)]
        return self.run(batch(jobs, calls))


def blob(data: bytes) -> DataInstance:
    return DataInstance(DataType.BLOB, "", data)


def inline(value: object) -> Inline:
    return Inline(pickle.dumps(value))
