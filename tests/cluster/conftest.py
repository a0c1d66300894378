"""Clusters that a test may harm."""

import pytest

from tests.cluster.call import teach
from tests.conftest import make_engines


@pytest.fixture
def start():
    """Starts a bench of its own; closed at the end."""
    benches = []

    def run(number, **choice):
        bench = make_engines(number, **choice)
        benches.append(bench)
        bench.start(number)
        teach(bench)
        return bench

    yield run
    for bench in benches:
        bench.close()
