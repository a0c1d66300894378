"""Clusters that a test may harm."""

import pytest

from tests.cluster.call import teach
from tests.cluster.sea import B1, B2, C1, C2, B, C, Sea
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


@pytest.fixture
def sea():
    """Two engines on each of two other hosts, without any process."""
    made = Sea()
    for engine, host in ((B1, B), (B2, B), (C1, C), (C2, C)):
        made.join(engine, host)
    return made
