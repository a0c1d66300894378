"""`python -m tests.benchmarks.eyes`: what the front ends and busy cells cost; after the tables.

In the environment of the tests, since a browser looks on.
"""

from flowlab import Client
from tests.benchmarks import browser, busy, frontend

ENGINES = 2
ROUNDS = 3


def main() -> None:
    """One after the other."""
    client = Client(ENGINES)
    found = busy.measure(client, ROUNDS)
    client.close()
    print("\nwhile a cell computes in plain Python:")
    print(f"  the graph takes {found.graph_busy / found.graph_idle:.2f} × its time otherwise")
    print(f"  the cell takes {found.cell_busy / found.cell_idle:.2f} × its time otherwise")
    frontend.show()
    browser.report()


if __name__ == "__main__":
    main()
