"""What was measured, and the rows that are read off it. Pure."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from tests.benchmarks.plan import WORKLOADS, Plan

Answer = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """One line of the tables.

    title  what stands in front, with {size}
    unit   of the figures
    value  read off one answer, smaller is better; None when the answer has no such thing
    """

    workload: str
    title: str
    unit: str
    value: Callable[[Answer], float | None]


def _each(key: str, factor: float) -> Callable[[Answer], float | None]:
    def value(answer: Answer) -> float | None:
        return answer[key] / answer["tasks"] * factor if key in answer else None

    return value


def _seconds(key: str) -> Callable[[Answer], float | None]:
    return lambda answer: answer.get(key)


def _over(key: str) -> Callable[[Answer], float | None]:
    def value(answer: Answer) -> float | None:
        return answer["seconds"] / answer[key] if key in answer else None

    return value


def _main(workload: str) -> Row:
    planned = WORKLOADS[workload]
    if planned.unit == "s":
        return Row(workload, planned.title, "s", _seconds("seconds"))
    factor = {"µs": 1e6, "ms": 1e3}[planned.unit]
    return Row(workload, planned.title, f"{planned.unit} a task", _each("seconds", factor))


def _processor(workload: str) -> Row:
    title = "… processor time of all its processes"
    return Row(workload, title, "µs a task", _each("processor", 1e6))


# More that is read off the same answers
_FURTHER = (
    *map(_processor, ("noops-1k", "noops-10k", "noops-100k", "chain", "tree", "dag", "wavefront")),
    Row("noops-1k", "… with the declaring", "µs a task", _each("whole", 1e6)),
    Row("noops-10k", "… with the declaring", "µs a task", _each("whole", 1e6)),
    Row("noops-100k", "… with the declaring", "µs a task", _each("whole", 1e6)),
    Row("busy-chain", "… as a multiple of its idle time", "×", _over("idle")),
    Row("busy-dag", "… as a multiple of its idle time", "×", _over("idle")),
    Row("mixed", "… as a multiple of the lower bound", "×", _over("bound")),
    Row("pauses", "… in submit", "s", _seconds("submitting")),
    Row("pauses", "… while it runs", "s", _seconds("running")),
    Row("pauses", "… when it is dropped", "s", _seconds("dropping")),
    Row("pauses", "… memory of all processes", "bytes a task", _seconds("bytes")),
    Row("pauses", "… of the client's", "bytes a task", _seconds("client")),
    Row("pauses", "… of the scheduler's", "bytes a task", _seconds("scheduler")),
    Row("pauses", "… of all, the second time", "bytes a task", _seconds("again")),
    Row("declaring", "… its memory", "bytes a task", _seconds("bytes")),
    Row("array", "… made, and read by the other worker", "s", _seconds("to_scalar")),
    Row("array", "… brought to the client and read there", "s", _seconds("bringing")),
    Row("array", "… the same once more", "s", _seconds("again")),
)


def rows(plan: Plan) -> list[Row]:
    """All lines, in order."""
    found = []
    for workload in plan.workloads:
        found.append(_main(workload))
        found += [row for row in _FURTHER if row.workload == workload]
    return found


def row_of(workload: str) -> Row:
    """The line of a workload's `seconds`."""
    return _main(workload)


def further_row(workload: str, title: str) -> Row:
    """A line of something else."""
    return next(row for row in _FURTHER if (row.workload, row.title) == (workload, title))


class Results:
    """All answers so far."""

    def __init__(self, answers: Iterable[Answer] = ()) -> None:
        self.answers: list[Answer] = []
        self._cells: defaultdict[tuple[str, str], list[Answer]] = defaultdict(list)
        for answer in answers:
            self.add(answer)

    def add(self, answer: Answer) -> None:
        """Take in one, which names its system and its workload."""
        self.answers.append(answer)
        self._cells[answer["system"], answer["workload"]].append(answer)

    def cell(self, system: str, workload: str) -> list[Answer]:
        """The answers of one system to one workload."""
        return self._cells.get((system, workload), [])

    def figures(self, system: str, row: Row) -> list[float]:
        """One of each round in which there was one."""
        found = (row.value(answer) for answer in self.cell(system, row.workload))
        return [figure for figure in found if figure is not None]

    def median(self, system: str, row: Row) -> float | None:
        figures = self.figures(system, row)
        return statistics.median(figures) if figures else None

    def bound(self, system: str, row: Row) -> float | None:
        """What it takes at least, of one that was given up."""
        for answer in self.cell(system, row.workload):
            if "late" in answer:
                return row.value({"seconds": answer["late"], "tasks": answer["tasks"]})
        return None

    def is_enough(self, system: str, workload: str, budget: float) -> bool:
        """Whether another round would tell nothing new, or take too long."""
        answers = self.cell(system, workload)
        if any("late" in answer or "cannot" in answer for answer in answers):
            return True
        if sum("error" in answer for answer in answers) > 1:
            return True
        return sum(answer.get("spent", 0.0) for answer in answers) > budget

    def trouble(self, system: str, workload: str) -> str:
        """Why there is no figure: a word for a table."""
        for answer in self.cell(system, workload):
            if "late" in answer:
                return f"> {answer['late']:.0f} s"
            if "cannot" in answer:
                return "cannot"
            if "error" in answer:
                return "failed"
        return "–"

    def reasons(self) -> list[str]:
        """What stands behind the words `cannot`, `failed` and `> 60 s`, once for each cell."""
        found = {}
        for answer in self.answers:
            cell = f"{answer['system']}, {answer['workload']}"
            if "late" in answer:
                found[cell] = f"had not ended after {answer['late']:.0f} s"
            elif "cannot" in answer or "error" in answer:
                found[cell] = answer.get("cannot") or f"failed: {answer['error']}"
        return [f"{cell}: {reason}" for cell, reason in found.items()]
