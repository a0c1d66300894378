"""A directory with node scripts to stand in; sessions in this process, and with two engines."""

import logging
import sys

import pytest

from flowlab import Client
from tests.compat.lofar.scripts import SCRIPTS
from tests.stories.watching import wait_for_engines


class Kept(logging.Handler):
    """Keeps what is logged."""

    def __init__(self):
        super().__init__()
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def told(self, level=logging.DEBUG):
        """Level and text of each."""
        return [(r.levelname, r.getMessage()) for r in self.records if r.levelno >= level]

    def of_node(self):
        """Level and text of what jobs said."""
        named = [r for r in self.records if r.name.startswith("node.")]
        return [(r.levelname, r.getMessage()) for r in named]


@pytest.fixture(autouse=True)
def place(tmp_path_factory, monkeypatch):
    """The working directory of the test, with the scripts in `nodes`."""
    here = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(here)
    (here / "nodes").mkdir()
    for name, text in SCRIPTS.items():
        (here / "nodes" / f"{name}.py").write_text(text)
    yield here
    for name in [name for name in sys.modules if name.startswith("fl_")]:
        del sys.modules[name]


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


@pytest.fixture(params=["here", pytest.param("two", marks=pytest.mark.engines)])
def session(request):
    """A session of each, the active one; it wants all records."""
    client = request.getfixturevalue(request.param)
    with client.new_session(request.node.name, on_error="continue") as made:
        made.logger.setLevel(logging.DEBUG)
        yield made


@pytest.fixture
def kept(session):
    """What the session's logger was handed."""
    handler = Kept()
    session.logger.addHandler(handler)
    return handler
