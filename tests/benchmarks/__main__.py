"""`make bench`: flowlab beside its peers, each run in a fresh process, the systems in turn.

Prints the tables and writes them to `build/benchmarks.md`, with all single figures in
`build/benchmarks.json` and the cost against the size in `build/benchmarks.svg`. The machine may be
shared and noisy: read the ratios, not the digits.
"""

import json
import platform
import signal
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from itertools import islice, product

import psutil

from tests.benchmarks import runner
from tests.benchmarks.plan import FLOORS, OURS, VARIANTS, Plan, read_plan
from tests.benchmarks.plot import draw
from tests.benchmarks.report import number, report
from tests.benchmarks.results import Answer, Results, row_of
from tests.house.tree import ROOT

BUILD = ROOT / "build"
_PACKAGES = ("ipyparallel", "distributed", "ray", "parsl", "executorlib", "crossflow", "joblib")


def main() -> None:
    """All rounds, then the tables."""
    plan = read_plan()
    for each in (signal.SIGINT, signal.SIGTERM):  # what it has started, it takes along
        signal.signal(each, signal.default_int_handler)
    BUILD.mkdir(exist_ok=True)
    results = Results()
    began = time.time()
    try:
        for answer in _run_all(plan, results):
            results.add(answer)
            (BUILD / "benchmarks.json").write_text(json.dumps(results.answers, indent=1))
            _say(results, answer)
    except KeyboardInterrupt:
        print("stopped; what was measured so far:", file=sys.stderr)
    text = report(plan, results, _remarks(plan, results, time.time() - began))
    (BUILD / "benchmarks.md").write_text(text)
    drawn = BUILD / "benchmarks.svg"
    drawn.unlink(missing_ok=True)  # of an earlier run
    if picture := draw(lines(plan, results)):
        drawn.write_text(picture)
    print(text)


def _run_all(plan: Plan, results: Results) -> Iterator[Answer]:
    """Answers as they come; who is first changes from round to round."""
    for turn, workloads in product(range(plan.rounds), _portions(plan)):
        for system in _turned(plan.systems, turn):
            wanted = [name for name in plan.cells(system) if name in workloads]
            more = [name for name in wanted if not results.is_enough(system, name, plan.budget)]
            began = time.monotonic()
            for answer in runner.measure(system, plan, more):
                began, spent = time.monotonic(), time.monotonic() - began
                yield {**_complete(plan, answer, system, turn), "spent": spent}


def _portions(plan: Plan) -> list[tuple[str, ...]]:
    """What one process does: one workload, or all of them when there is no time."""
    return [plan.workloads] if plan.quick else [(name,) for name in plan.workloads]


def _turned(systems: tuple[str, ...], turn: int) -> list[str]:
    start = turn % len(systems)
    return [*islice(systems, start, None), *systems[:start]]


def _complete(plan: Plan, answer: Answer, system: str, turn: int) -> Answer:
    """Say whose it is, and how busy the machine was, by us and by others."""
    if "late" in answer:
        answer["tasks"] = plan.tasks_of(answer["workload"])
    if answer["workload"] == "start-up" and "ready" in answer:
        answer["seconds"] = answer["ready"]
    load = psutil.getloadavg()[0]
    return {"system": system, "round": turn, "load": round(load, 2), **answer}


def _say(results: Results, answer: Answer) -> None:
    """One line of progress."""
    system, workload = str(answer["system"]), str(answer["workload"])
    row = row_of(workload)
    found = row.value(answer)
    told = f"{number(found)} {row.unit}" if found else results.trouble(system, workload)
    print(f"round {answer['round']}  {workload:12} {system:18} {told}", file=sys.stderr, flush=True)


def _remarks(plan: Plan, results: Results, seconds: float) -> list[str]:
    """What the figures depend on."""
    versions = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    rounds = "one round" if plan.rounds == 1 else f"{plan.rounds} rounds"
    loads = [answer["load"] for answer in results.answers] or [0.0]
    when = f"{time.strftime('%Y-%m-%d')}, Python {platform.python_version()}"
    machine = f"{psutil.cpu_count()} cores, a load of {min(loads):.1f} to {max(loads):.1f}"
    return [f"{when}, {machine}; {rounds} in {seconds / 60:.0f} min. {versions}."]


def lines(plan: Plan, results: Results) -> dict[str, list[tuple[float, float]]]:
    """Size and µs a task of each system, for the plot; flowlab first."""
    shown = [OURS, *(each for each in plan.systems if each not in (OURS, *VARIANTS, *FLOORS[:1]))]
    found: dict[str, list[tuple[float, float]]] = {}
    for system in shown:
        points = [
            (float(plan.size_of(name)), median)
            for name in ("noops-1k", "noops-10k", "noops-100k")
            if (median := results.median(system, row_of(name))) is not None
        ]
        found[system] = points
    return found


if __name__ == "__main__":
    main()
