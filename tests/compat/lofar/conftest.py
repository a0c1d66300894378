"""A directory with node scripts to stand in, and sessions of both clients."""

import logging
import sys

import pytest

from tests.compat.lofar.scripts import SCRIPTS
from tests.kept import Kept


class KeptOfJobs(Kept):
    """Keeps what is logged, and tells it."""

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
    handler = KeptOfJobs()
    session.logger.addHandler(handler)
    return handler
