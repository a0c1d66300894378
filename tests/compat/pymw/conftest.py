"""Masters of both clients."""

import sys

import pytest

from flowlab.compat import pymw


@pytest.fixture(autouse=True)
def place(tmp_path_factory, monkeypatch):
    """The working directory of the test, in which modules are found."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    monkeypatch.syspath_prepend(str(here))
    yield here
    for name in [name for name in sys.modules if name.startswith("fl_")]:
        del sys.modules[name]


@pytest.fixture
def master(here):
    """A master in this process."""
    with pymw.PyMW_Master(client=here) as made:
        yield made


@pytest.fixture
def far(two):
    """A master with two engines."""
    with pymw.PyMW_Master(client=two) as made:
        yield made
