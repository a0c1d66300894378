"""`python -m tests.benchmarks`: what a task costs, and what busy cells and graphs cost each other.

The machine may be shared and noisy: read the ratios, not the digits.
"""

import statistics
import time

from flowlab import Client
from tests.benchmarks import browser, busy, frontend
from tests.benchmarks.peers import Ipyparallel
from tests.benchmarks.workloads import GRAPHS, run_graph

ENGINES = 2
ROUNDS = 3
PEER_TASKS = 500  # a peer that needs a millisecond a task is asked for fewer


def main() -> None:
    """Measure in interleaved rounds and print a table."""
    began = time.perf_counter()
    client = Client(ENGINES)
    run_graph(client, "chain")
    print(f"start-up to the first graph's end: {time.perf_counter() - began:.2f} s\n")
    ours: dict[str, list[float]] = {name: [] for name in GRAPHS}
    theirs: dict[str, list[float]] = {"independent no-ops": [], "chain": []}
    with Ipyparallel(ENGINES) as peer:
        for _ in range(ROUNDS):
            for name, (_, count) in GRAPHS.items():
                ours[name].append(run_graph(client, name) / count)
            theirs["independent no-ops"].append(peer.independent(PEER_TASKS) / PEER_TASKS)
            theirs["chain"].append(peer.chain(PEER_TASKS // 5) / (PEER_TASKS // 5))
    _print_table(ours, theirs)
    _print_busy(busy.measure(client, ROUNDS))
    client.close()
    frontend.show()
    browser.report()


def _print_table(ours: dict[str, list[float]], theirs: dict[str, list[float]]) -> None:
    print("| workload | tasks | flowlab µs a task | ipyparallel µs a task | ratio |")
    print("|---|---|---|---|---|")
    for name, (_, count) in GRAPHS.items():
        mine = statistics.median(ours[name]) * 1e6
        if name in theirs:
            peer = statistics.median(theirs[name]) * 1e6
            print(f"| {name} | {count} | {mine:.0f} | {peer:.0f} | {peer / mine:.1f} |")
        else:
            print(f"| {name} | {count} | {mine:.0f} | – | – |")


def _print_busy(found: busy.Busy) -> None:
    graph = found.graph_busy / found.graph_idle
    cell = found.cell_busy / found.cell_idle
    print("\nwhile a cell computes in plain Python:")
    print(f"  the graph takes {graph:.2f} × its time beside an idle cell")
    print(f"  the cell takes {cell:.2f} × its time without a graph")


if __name__ == "__main__":
    main()
