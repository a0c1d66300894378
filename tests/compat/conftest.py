"""Clients: one that runs its tasks in this process, and one with two engines."""

import pytest

from flowlab import Client
from tests.stories.watching import wait_for_engines


@pytest.fixture(scope="session")
def here():
    """A client that runs its tasks in this process."""
    with Client(inline=True) as made:
        yield made


@pytest.fixture(scope="session")
def two():
    """A client with two engines."""
    with Client(2) as made:
        wait_for_engines(made, 2)
        yield made
