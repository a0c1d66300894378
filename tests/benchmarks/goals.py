"""What was promised of flowlab, each held against one run. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from tests.benchmarks.plan import GRAPH_PEERS, OURS
from tests.benchmarks.results import Results, Row, further_row, row_of

PEERS = (*GRAPH_PEERS, "ipyparallel", "futures", "loky", "pool", "joblib")


@dataclass(frozen=True)
class Outcome:
    """How one promise stands.

    found     the ratio that was measured; None: what it needs was not measured
    at_least  it may be more, for the other was given up
    """

    promise: str
    against: str
    found: float | None
    is_met: bool
    at_least: bool = False


Judge = Callable[[Results], Outcome]


def _at_least(factor: float, row: Row, peers: Iterable[str], what: str) -> Judge:
    """So many times less than the best of these."""
    peers = tuple(peers)

    def judge(results: Results) -> Outcome:
        best = _best(results, row, peers)
        ours = results.median(OURS, row)
        ratio = best[0] / ours if best and ours else None
        promise = f"{row.workload}: ≥ {factor:g} × less than {what}"
        against = best[1] if best else "–"
        is_met = ratio is not None and ratio >= factor
        return Outcome(promise, against, ratio, is_met, best is not None and best[2])

    return judge


def _at_most(factor: float, row: Row, system: str, what: str) -> Judge:
    """No more than so many times as much as another."""

    def judge(results: Results) -> Outcome:
        theirs, ours = results.median(system, row), results.median(OURS, row)
        ratio = ours / theirs if ours and theirs else None
        promise = f"{row.workload}: ≤ {factor:g} × {what}"
        return Outcome(promise, system, ratio, ratio is not None and ratio <= factor)

    return judge


def _figure_at_most(most: float, row: Row, what: str, system: str = OURS) -> Judge:
    """A figure of ours alone."""

    def judge(results: Results) -> Outcome:
        figure = results.median(system, row)
        is_met = figure is not None and figure <= most
        return Outcome(f"{row.workload}: {what} ≤ {most:g} {row.unit}", "–", figure, is_met)

    return judge


def _growth(row: Row, base: Row, most: float, what: str, system: str = OURS) -> Judge:
    """One figure as a multiple of another of flowlab's own."""

    def judge(results: Results) -> Outcome:
        now, before = results.median(system, row), results.median(OURS, base)
        ratio = now / before if now and before else None
        return Outcome(f"{what} ≤ {most:g} ×", OURS, ratio, ratio is not None and ratio <= most)

    return judge


def _best(results: Results, row: Row, peers: Iterable[str]) -> tuple[float, str, bool] | None:
    """The least, whose it is, and whether it was given up there."""
    found = []
    for peer in peers:
        if (median := results.median(peer, row)) is not None:
            found.append((median, peer, False))
        elif (bound := results.bound(peer, row)) is not None:
            found.append((bound, peer, True))
    return min(found) if found else None


_GRAPH = "the best task-graph peer"
_ALL = "every peer"
_NOOPS = row_of("noops-10k")

GOALS: tuple[Judge, ...] = (
    _at_least(12, _NOOPS, GRAPH_PEERS, _GRAPH),
    _at_least(40, _NOOPS, ["ray"], "ray"),
    _at_least(100, _NOOPS, ["dask"], "dask"),
    _at_most(5, _NOOPS, "batches", "a bare batch on ipyparallel's engines"),
    _at_least(15, row_of("chain"), GRAPH_PEERS, _GRAPH),
    _figure_at_most(
        2, further_row("busy-chain", "… as a multiple of its idle time"), "of its idle time"
    ),
    _figure_at_most(
        2, further_row("busy-dag", "… as a multiple of its idle time"), "of its idle time"
    ),
    _at_least(12, row_of("tree"), GRAPH_PEERS, _GRAPH),
    _at_least(25, row_of("tree"), ["ray"], "ray"),
    _at_least(12, row_of("dag"), GRAPH_PEERS, _GRAPH),
    _at_least(25, row_of("dag"), ["ray"], "ray"),
    _at_least(5, row_of("wavefront"), ["ray"], "ray"),
    _at_most(5, row_of("map"), "pool", "multiprocessing.Pool.map"),
    _at_least(1, row_of("map"), ["joblib"], "joblib"),
    _at_least(1, row_of("array"), PEERS, _ALL),
    _at_most(1.3, row_of("array"), "hand", "by hand"),
    _at_least(1, row_of("broadcast"), PEERS, _ALL),
    _at_most(1.2, row_of("programs"), "hand", "subprocess.run in two processes"),
    _at_least(100, row_of("programs"), ["crossflow"], "crossflow"),
    _at_least(1, row_of("programs"), ["executorlib"], "executorlib"),
    _figure_at_most(
        1.1, further_row("mixed", "… as a multiple of the lower bound"), "of the lower bound"
    ),
    _at_most(0.35, row_of("start-up"), "ipyparallel", "ipyparallel.Cluster"),
    _figure_at_most(0.1, row_of("pauses"), "longest pause"),
    _figure_at_most(10, row_of("declaring"), "time"),
    _figure_at_most(1536, further_row("declaring", "… its memory"), "memory"),
    _growth(row_of("noops-100k"), row_of("noops-1k"), 1.5, "noops: a task of 100k against 1k"),
    _growth(_NOOPS, _NOOPS, 1.5, "noops-10k: with the live view open", "flowlab-watched"),
)


def judge_all(results: Results) -> list[Outcome]:
    """Each promise, in order."""
    return [judge(results) for judge in GOALS]
