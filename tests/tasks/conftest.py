"""An active session without engines, and an engine to run what was declared in it."""

import pytest

from flowlab.graph import active
from tests.graph.owner import NoEngines
from tests.tasks.engine import Engine


@pytest.fixture(autouse=True)
def session():
    """The active session of the test."""
    opened = NoEngines()
    active.push(opened)
    yield opened
    active.pop(opened)


@pytest.fixture
def engine(tmp_path):
    """Runs tasks in this process."""
    return Engine(tmp_path)
