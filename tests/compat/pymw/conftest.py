"""Masters that run their tasks in this process, and one with two engines."""

import sys

import pytest

from flowlab import Client
from flowlab.compat import pymw
from tests.stories.watching import wait_for_engines


@pytest.fixture(autouse=True)
def place(tmp_path_factory, monkeypatch):
    """The working directory of the test, in which modules are found."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(str(here))
    yield here
    for name in [name for name in sys.modules if name.startswith("fl_")]:
        del sys.modules[name]


@pytest.fixture(scope="session")
def here():
    """A client that runs its tasks in this process."""
    with Client(inline=True) as made:
        yield made


@pytest.fixture
def master(here):
    """A master in this process."""
    with pymw.PyMW_Master(client=here) as made:
        yield made


@pytest.fixture(scope="session")
def two():
    """A client with two engines."""
    with Client(2) as made:
        wait_for_engines(made, 2)
        yield made


@pytest.fixture
def far(two):
    """A master with two engines."""
    with pymw.PyMW_Master(client=two) as made:
        yield made
