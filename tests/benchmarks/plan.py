"""What is measured: workloads with their sizes, systems, and what the environment says about both.

QUICK=1            smaller sizes, dask and ipyparallel only, in two minutes
ROUNDS=5           how often all of it
SYSTEMS="dask ray" only these, and flowlab
WORKLOADS="chain"  only these
LIMIT=60           s that one workload may take
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import shapes
from tests.benchmarks.cases import calls, data, files, graphs, pauses

OURS = "flowlab"


@dataclass(frozen=True)
class Workload:
    """One row.

    title   of the row; {size} is put in
    unit    of what is shown: µs, ms or s; for each task, unless it is s
    case    does it: a function of a warm system and what `given` makes of the size
    size    of a whole run, and of a quick one; None: not in a quick one
    given   makes what the case takes, from the size
    only    systems for which it is meant; all of them when empty
    """

    title: str
    unit: str
    case: Callable[[Any, Any], dict[str, float]]
    size: int
    quick: int | None
    given: Callable[[int], Any] = int
    only: tuple[str, ...] = ()

    def name_at(self, size: int) -> str:
        """The title with its size."""
        return self.title.format(size=f"{size:,}")


VARIANTS = ("flowlab-watched", "flowlab-unlogged", "flowlab-prefaulted")
FLOORS = ("hand", "batches")

# system -> module and class
SYSTEMS: Mapping[str, tuple[str, str]] = {
    OURS: ("flowlab", "Flowlab"),
    "dask": ("dask", "Dask"),
    "ray": ("ray", "Ray"),
    "parsl": ("parsl", "Parsl"),
    "executorlib": ("executorlib", "Executorlib"),
    "ipyparallel": ("ipyparallel", "Ipyparallel"),
    "crossflow": ("crossflow", "Crossflow"),
    "futures": ("futures", "Futures"),
    "loky": ("futures", "Loky"),
    "pool": ("pool", "Pool"),
    "joblib": ("joblib", "Joblib"),
    "hand": ("hand", "Hand"),
    "batches": ("ipyparallel", "IpyparallelBatches"),
    "flowlab-watched": ("flowlab_variants", "FlowlabWatched"),
    "flowlab-unlogged": ("flowlab_variants", "FlowlabUnlogged"),
    "flowlab-prefaulted": ("flowlab_variants", "FlowlabPrefaulted"),
}
GRAPH_PEERS = ("dask", "ray", "parsl", "executorlib", "crossflow")
QUICK_SYSTEMS = (OURS, "dask", "ipyparallel", "hand")

_NOOPS = "{size} independent no-ops"
_POOLS = ("futures", "loky", "pool", "joblib")
_GRAPHS = (OURS, *GRAPH_PEERS[:4], "ipyparallel", *_POOLS, "hand")
_NOOP_SYSTEMS = (*_GRAPHS, "batches", *VARIANTS[:2])

WORKLOADS: Mapping[str, Workload] = {
    "noops-1k": Workload(
        _NOOPS, "µs", graphs.run, 1_000, 1_000, shapes.independent, _NOOP_SYSTEMS
    ),
    "noops-10k": Workload(
        _NOOPS, "µs", graphs.run, 10_000, None, shapes.independent, _NOOP_SYSTEMS
    ),
    "noops-100k": Workload(
        _NOOPS, "µs", graphs.run, 100_000, None, shapes.independent, _NOOP_SYSTEMS
    ),
    "values": Workload(
        "{size} no-ops, each one's value in the client", "µs", graphs.values, 10_000, None, int,
        (OURS, *GRAPH_PEERS[:4], "ipyparallel", *_POOLS),
    ),
    "chain": Workload("chain of {size}", "µs", graphs.run, 500, 200, shapes.chain, _GRAPHS),
    "tree": Workload(
        "tree of {size} leaves", "µs", graphs.run, 4_096, 512, shapes.tree, _GRAPHS
    ),
    "dag": Workload(
        "random DAG of {size}", "µs", graphs.run, 5_000, 1_000, shapes.random_dag, _GRAPHS
    ),
    "wavefront": Workload(
        "wavefront, {size} levels of 8", "µs", graphs.run, 200, 40, shapes.wavefront, _GRAPHS
    ),
    "busy-chain": Workload(
        "chain of {size} beside a computing cell", "µs", graphs.beside_cell, 500, None,
        shapes.chain, _GRAPHS[:-1],
    ),
    "busy-dag": Workload(
        "random DAG of {size} beside a computing cell", "µs", graphs.beside_cell, 5_000, None,
        shapes.random_dag, _GRAPHS[:-1],
    ),
    "mixed": Workload(
        "{size} tasks of 1 ms to 1 s, skewed", "s", graphs.mixed, 300, None, shapes.mixed,
        _GRAPHS,
    ),
    "map": Workload(
        "map of {size} calls", "µs", calls.squares, 100_000, 20_000, int, _GRAPHS
    ),
    "pauses": Workload(
        "{size} no-ops: longest pause of the client's main thread", "s", pauses.pauses, 100_000,
        None, shapes.independent, (OURS,),
    ),
    "declaring": Workload(
        "declaring {size} tasks", "µs", calls.declaring, 100_000, 20_000, int,
        (OURS, "dask", "ray", "hand"),
    ),
    "array": Workload(
        "array of {size} MiB, worker to worker to client", "s", data.array, 256, 64, int,
        (*_GRAPHS, VARIANTS[2]),
    ),
    "broadcast": Workload(
        "{size} MiB to 32 tasks", "s", data.broadcast, 100, 32, int, _GRAPHS
    ),
    "programs": Workload(
        "{size} × cat a b > c, 1 MiB each", "ms", files.programs, 200, 40, int,
        (*_GRAPHS, "crossflow"),
    ),
    "start-up": Workload(
        "import to first result", "s", calls.start_up, 0, 0, int,
        (*_GRAPHS[:-1], "crossflow"),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """One whole run.

    limit   s that one workload may take
    budget  s that a system may spend on one workload in all rounds; then it is not asked again
    """

    quick: bool
    rounds: int
    systems: tuple[str, ...]
    workloads: tuple[str, ...]
    limit: float
    budget: float

    def size_of(self, workload: str) -> int:
        """How large it is in this run."""
        planned = WORKLOADS[workload]
        return planned.quick if self.quick and planned.quick is not None else planned.size

    def tasks_of(self, workload: str) -> int:
        """How many tasks it has in this run."""
        given = WORKLOADS[workload].given(self.size_of(workload))
        return len(given.parents) if isinstance(given, shapes.Shape) else int(given)

    def cells(self, system: str) -> list[str]:
        """The workloads that are meant for a system."""
        return [
            name
            for name in self.workloads
            if not WORKLOADS[name].only or system in WORKLOADS[name].only
        ]


def read_plan(environ: Mapping[str, str] = os.environ) -> Plan:
    """What the environment asks for."""
    quick = environ.get("QUICK", "") not in ("", "0")
    systems = QUICK_SYSTEMS if quick else tuple(SYSTEMS)
    if wanted := environ.get("SYSTEMS", "").split():
        systems = tuple(dict.fromkeys([OURS, *_known(wanted, SYSTEMS, "system")]))
    workloads = [name for name, each in WORKLOADS.items() if not quick or each.quick is not None]
    if wanted := environ.get("WORKLOADS", "").split():
        workloads = _known(wanted, WORKLOADS, "workload")
    return Plan(
        quick,
        int(environ.get("ROUNDS") or (1 if quick else 5)),
        systems,
        tuple(workloads),
        float(environ.get("LIMIT") or (20 if quick else 60)),
        float(environ.get("BUDGET") or 120),
    )


def _known(wanted: list[str], known: Mapping[str, object], what: str) -> list[str]:
    for name in wanted:
        if name not in known:
            raise SystemExit(f"no {what} is called {name!r}; there are {', '.join(known)}")
    return wanted
