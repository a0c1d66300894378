"""The tables as Markdown. Pure."""

from collections.abc import Sequence

from tests.benchmarks.goals import judge_all
from tests.benchmarks.plan import FLOORS, GRAPH_PEERS, OURS, VARIANTS, Plan
from tests.benchmarks.results import Results, Row, rows

_TITLES = {
    "futures": "concurrent.futures",
    "pool": "multiprocessing.Pool",
    "hand": "by hand",
    "batches": "one batch an ipyparallel engine",
    "flowlab-watched": "flowlab, live view open",
    "flowlab-unlogged": "flowlab, journal off",
    "flowlab-prefaulted": "flowlab, pages made beforehand",
}


def report(plan: Plan, results: Results, remarks: Sequence[str] = ()) -> str:
    """All of it."""
    peers = [each for each in plan.systems if each not in (OURS, *VARIANTS, *FLOORS)]
    graph = [each for each in peers if each in GRAPH_PEERS]
    others = [each for each in peers if each not in GRAPH_PEERS]
    floors = [each for each in plan.systems if each in (*FLOORS, *VARIANTS)]
    ratios = [each for each in plan.systems if each != OURS]
    parts = [
        *remarks,
        "Medians of the rounds, in parentheses the least; n, where there were fewer rounds.",
        _figures("Systems that take task graphs", plan, results, [OURS, *graph]),
        _figures("Pools, driven from the client", plan, results, [OURS, *others]),
        _figures("Floors, and flowlab otherwise", plan, results, [OURS, *floors]),
        _ratios(plan, results, ratios),
        _goals(plan, results),
        _reasons(results),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _figures(title: str, plan: Plan, results: Results, systems: Sequence[str]) -> str:
    """What only flowlab is asked stands in the table of its own forms alone."""
    if len(systems) < 2:
        return ""
    lines = [_head(["workload", "unit", *map(_title, systems)])]
    asked = systems if set(systems) & {*FLOORS, *VARIANTS} else systems[1:]
    for row in rows(plan):
        if any(_is_worth_a_line(results, system, row) for system in asked):
            cells = [_cell(results, system, row, plan.rounds) for system in systems]
            lines.append(_line([_name(plan, row), row.unit, *cells]))
    return f"### {title}\n\n" + "\n".join(lines)


def _is_worth_a_line(results: Results, system: str, row: Row) -> bool:
    """Whether there is a figure, or a word in its place."""
    return bool(results.figures(system, row) or results.trouble(system, row.workload) != "–")


def _ratios(plan: Plan, results: Results, systems: Sequence[str]) -> str:
    lines = [_head(["workload", *map(_title, systems)])]
    for row in rows(plan):
        ours = results.median(OURS, row)
        if ours and any(results.cell(system, row.workload) for system in systems):
            cells = [_ratio(results, system, row, ours) for system in systems]
            lines.append(_line([_name(plan, row), *cells]))
    return "### As multiples of flowlab\n\n" + "\n".join(lines)


def _goals(plan: Plan, results: Results) -> str:
    """All of them; of a quick run those of which something is known."""
    lines = [_head(["goal", "against", "measured", "met"])]
    for outcome in judge_all(results):
        cells = [outcome.promise, _title(outcome.against)]
        if outcome.found is not None:
            found = f"{'> ' if outcome.at_least else ''}{number(outcome.found)}"
            lines.append(_line([*cells, found, "yes" if outcome.is_met else "**no**"]))
        elif not plan.quick:
            lines.append(_line([*cells, "not measured", "–"]))
    remark = "Of smaller sizes than they are meant for.\n\n" if plan.quick else ""
    return f"### Goals\n\n{remark}" + "\n".join(lines)


def _reasons(results: Results) -> str:
    found = results.reasons()
    return "### What is not there\n\n" + "\n".join(f"* {each}" for each in found) if found else ""


def _name(plan: Plan, row: Row) -> str:
    return row.title.format(size=f"{plan.size_of(row.workload):,}")


def _title(system: str) -> str:
    return _TITLES.get(system, system)


def _cell(results: Results, system: str, row: Row, rounds: int) -> str:
    figures = results.figures(system, row)
    if not figures:
        return results.trouble(system, row.workload)
    median = results.median(system, row)
    assert median is not None
    least = f" ({number(min(figures))})" if len(figures) > 1 else ""
    fewer = f" n={len(figures)}" if len(figures) < rounds else ""
    return f"{number(median)}{least}{fewer}"


def _ratio(results: Results, system: str, row: Row, ours: float) -> str:
    theirs, bound = results.median(system, row), results.bound(system, row)
    if theirs is not None:
        return f"{number(theirs / ours)} ×"
    if bound is not None:
        return f"> {number(bound / ours)} ×"
    return results.trouble(system, row.workload)


def number(value: float) -> str:
    """Three digits that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"


def _head(cells: Sequence[str]) -> str:
    return _line(cells) + "\n" + "|" + "---|" * len(cells)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
