"""Fixtures that several rooms share: two real engines, and a check that nothing is left behind."""

import os
import secrets
import signal
import tempfile
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from flowlab.cluster import reap
from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.engines import EngineCluster
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import OWNER, SHARED_MEMORY, RunDirectory, remove_tree
from flowlab.events.messages import CapacityKnown, EngineJoined
from tests.cluster.peer import Posted, SmallTable, wait_until
from tests.s3server import s3, s3_server  # noqa: F401 - fixtures for all rooms
from tests.standstill import (  # noqa: F401 - asked by pytest
    pytest_runtest_makereport,
    pytest_runtest_protocol,
)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what runs in its background so; tests that interrupt themselves would hang
    signal.signal(signal.SIGINT, signal.default_int_handler)


LONGEST = ("stories", "browser")  # first, so that no process is left alone with one of them
DIVIDED = "stories"  # longer than all the others: both processes take files of it


class RoomsSideBySide(LoadScopeScheduling):
    """`make test` runs two rooms at a time, each in one process: what it needs starts once."""

    def _split_scope(self, nodeid):
        room = nodeid.split("/")[1]
        return nodeid.partition("::")[0] if room == DIVIDED else room


def pytest_xdist_make_scheduler(config, log):
    """Asked once, when tests run in several processes; the house has no rooms, but files."""
    return RoomsSideBySide(config, log) if config.getvalue("dist") == "loadscope" else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put the longest rooms first."""
    here = Path(__file__).parent
    items.sort(key=lambda item: item.path.relative_to(here).parts[0] not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def _no_journals_at_home(tmp_path_factory):
    """Clients of the tests, and of the processes they start, keep their journals here."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FLOWLAB_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def _own_interrupts():
    """What a loop of an engine made of SIGINT in this process does not outlive its test."""
    before = signal.getsignal(signal.SIGINT)
    yield
    if signal.getsignal(signal.SIGINT) is not before:
        signal.signal(signal.SIGINT, before)


class Bench:
    """A cluster with what a test asks of it: `post`ed events, a `table`, and the `run`'s places."""

    def __init__(self, cluster, run, reaper=None):
        self.cluster, self.run, self.reaper = cluster, run, reaper
        self.posted = Posted()
        self.table = SmallTable()

    def start(self, engines):
        """Start, and wait for so many engines, and until ipyparallel can use them."""
        self.cluster.start(self.posted, self.table)
        self.joined = self.posted.wait(EngineJoined, engines, 60)
        self._capacity = self.posted.of(CapacityKnown)
        wait_until(lambda: self.cluster.describe().get("controller") != "starting", 60)
        return self

    def first_capacity(self):
        """What was said of the capacity at the start."""
        return self._capacity[0]

    def close(self):
        self.cluster.close()
        if self.reaper is not None:
            self.reaper.close()
        self.run.remove()


def make_engines(number, **choice):
    """A cluster of so many local engines, not started."""
    run = RunDirectory.create()
    reaper = Reaper.start(run)
    return Bench(EngineCluster(run, reaper, EngineChoice(n=number, **choice)), run, reaper)


@pytest.fixture(scope="session")
def engines():
    """Two local engines for all tests that do not harm them."""
    bench = make_engines(2).start(2)
    yield bench
    bench.close()


@pytest.fixture
def no_leaks(monkeypatch):
    """What the test starts and makes must be gone 5 s after its end.

    Processes are told by a variable that they inherit, run directories lie in a place of their own.
    """
    word = f"FLOWLAB_TEST={secrets.token_hex(4)}"
    base = Path(tempfile.mkdtemp(prefix="fl-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(base))
    monkeypatch.setenv(*word.split("="))
    yield base

    def left():
        processes = reap.find_marked([word.encode()])
        stores = [
            one for one in SHARED_MEMORY.glob("flowlab-*") if _owner(one).is_relative_to(base)
        ]
        return [*processes, *stores, *base.glob("flowlab/*")]

    try:
        wait_until(lambda: not left(), 5)
    except AssertionError:
        pytest.fail(f"left behind: {[_describe(one) for one in left()]}")
    finally:
        remove_tree(base)


def _owner(store):
    """The run directory that a store belongs to."""
    try:
        return Path(os.readlink(store / OWNER))
    except OSError:
        return Path("/")  # it is being made, or removed, right now


def _describe(one):
    if isinstance(one, int):
        try:
            return one, Path(f"/proc/{one}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            return one
    return str(one), os.listdir(one)
