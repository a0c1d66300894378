"""Clients whose cluster answers without running anything, by both kinds of link."""

import contextlib

import pytest

from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory
from flowlab.events.messages import OnError
from flowlab.session.journals import journal_directory
from flowlab.session.link import LocalLink
from flowlab.session.mirror import Mirror
from flowlab.session.pump import Pump
from flowlab.session.reach import Reach
from flowlab.session.remote import RemoteLink
from flowlab.session.session import Session
from flowlab.session.start import Starter
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from tests.session.answering import AnsweringCluster
from tests.session.logscene import Scene

FACTORY = "tests.session.answering:make"


@pytest.fixture(autouse=True)
def _own_data(tmp_path, monkeypatch):
    monkeypatch.setenv("FLOWLAB_DATA", str(tmp_path / "data"))


@pytest.fixture
def run():
    """A run directory with its reaper, gone at the end."""
    made = RunDirectory.create()
    reaper = Reaper.start(made)
    yield made
    reaper.close()
    made.remove()


class Ways:
    """Makes links, and closes them at the end."""

    def __init__(self, run, stack):
        self.run = run
        self._stack = stack

    def local(self):
        link = LocalLink(Pump(lambda: AnsweringCluster(self.run)))
        self._stack.callback(link.close)
        return link

    def remote(self, linger=0.0):
        reapers = []
        self._stack.callback(lambda: [reaper.close() for reaper in reapers])

        def start():
            reapers.append(Reaper.start(self.run))
            return Starter(self.run, reapers[0], journal_directory(self.run.run), {}, FACTORY)

        link = RemoteLink(start, linger)
        self._stack.callback(link.close)  # before its reaper's
        return link

    def starter(self):
        reaper = Reaper.start(self.run)
        self._stack.callback(reaper.close)
        return Starter(self.run, reaper, journal_directory(self.run.run), {}, FACTORY)

    def reach(self, link):
        return Reach(link, Mirror(), lambda: HostStore(self.run.store, host_id()))

    def session(self, link, on_error="fail-session", number=1):
        return Session(self.reach(link), number, "tested", OnError(on_error))


@pytest.fixture
def ways(run):
    with contextlib.ExitStack() as stack:
        yield Ways(run, stack)


@pytest.fixture(params=["local", "remote"])
def link(request, ways):
    """Each kind of link in turn."""
    return getattr(ways, request.param)()


@pytest.fixture
def session(ways):
    """A session that fails as a whole, with the pump in this process."""
    made = ways.session(ways.local())
    yield made
    made.close()


@pytest.fixture
def patient(ways):
    """A session that goes on after errors."""
    made = ways.session(ways.local(), "continue")
    yield made
    made.close()


@pytest.fixture
def scene():
    """The log of a session."""
    made = Scene()
    yield made
    made.keep.gate.set()
