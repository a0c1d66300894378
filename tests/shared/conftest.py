"""A server in this process, and a manager in another, with all that is said of them."""

import secrets
import threading

import pytest

from flowlab.shared import lines
from flowlab.shared.caller import Caller, serving
from flowlab.shared.home import Home
from flowlab.shared.keys import forget_run, key_of, remember_run
from flowlab.shared.lines import Scope
from flowlab.shared.manager import Manager
from flowlab.shared.server import Server
from flowlab.shared.wire import Holder
from tests.cluster.peer import wait_until

RUN = "run-of-tests"


class NoReaper:
    """Takes note of what it was told."""

    def __init__(self):
        self.pids = []

    def add(self, pids):
        self.pids += pids

    def remove(self, pids):
        self.pids = [pid for pid in self.pids if pid not in pids]


@pytest.fixture(autouse=True)
def _no_engine(monkeypatch):
    """This process was one in a test of another room, perhaps."""
    monkeypatch.setattr(lines._process, "engine", None)


@pytest.fixture
def home(tmp_path):
    remember_run(RUN, secrets.token_hex())
    yield Home(RUN, tmp_path, NoReaper())
    forget_run(RUN)


@pytest.fixture
def said():
    """What people were told."""
    return []


@pytest.fixture
def server(home, said):
    """One in this process; `where` says how it is reached."""
    found = Server(key_of(RUN, "here"), home.interface, said.append)
    found.start()
    found.where = home.where("here", found.port)
    yield found
    found.close()


@pytest.fixture
def manager(home, said):
    found = Manager(home, "there", said.append)
    yield found
    found.close()


@pytest.fixture
def make(manager):
    """Make an object in the manager; gives its proxy."""

    def made(what, *args, exposed=None, name="", waits=None, **kwds):
        return manager.make(what, args, kwds, exposed=exposed, name=name, waits=waits)

    return made


class Person:
    """A caller with a thread of its own, so that it can wait while the test goes on."""

    def __init__(self, name="somebody", gone=False):
        self.caller = Caller(Holder(None, name))
        self.caller.is_gone = lambda: self.gone
        self.gone = gone
        self.outcome = []

    def now(self, function, *args, **kwds):
        with serving(self.caller):
            self.caller.begin()
            try:
                return function(*args, **kwds)
            finally:
                self.caller.end()

    def soon(self, function, *args, **kwds):
        """Call it in another thread; waits until it has ended, or waits itself."""

        def run():
            try:
                self.outcome.append(self.now(function, *args, **kwds))
            except BaseException as error:  # noqa: BLE001 - told to the test
                self.outcome.append(error)

        self.thread = threading.Thread(target=run, daemon=True)
        self.thread.start()
        wait_until(lambda: self.outcome or self.caller._waits_at is not None)
        return self

    def result(self):
        self.thread.join(10)
        return self.outcome[-1]


@pytest.fixture
def scope():
    """Whose lines are whose in this process, as an engine has it."""
    found = Scope()
    found.engine = 3
    return found
