"""Clients on real engines, and a look at what each story leaves behind."""

import contextlib
from dataclasses import replace

import pytest

from flowlab import Client
from tests.stories.farm import Farm
from tests.stories.islands import Islands
from tests.stories.watching import (
    leaks_of_closed,
    leaks_of_living,
    run_of,
    wait_for_engines,
    wait_until,
)

LEAK_SECONDS = 5.0  # until all must be gone


@pytest.fixture(autouse=True, scope="session")
def _own_data(tmp_path_factory):
    """Journals of the tests lie with the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLOWLAB_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def client(_own_data):
    """Two local engines for all stories that do not harm them."""
    with Client(n=2) as made:
        wait_for_engines(made, 2)
        yield made


@pytest.fixture
def session(client, request):
    """A new session, the active one; `continue` as a parameter makes it go on after errors."""
    mode = getattr(request, "param", "fail-session")
    with client.new_session(request.node.name, on_error=mode) as made:
        yield made


@pytest.fixture(scope="session")
def farm(_own_data, tmp_path_factory):
    """A running cluster that is resized, for stories that are told on several sizes of it."""
    made = Farm(tmp_path_factory.mktemp("profile"))
    yield made
    made.close()


@pytest.fixture(scope="session", params=[1, 2], ids=["1 engine", "2 engines"])
def sized(farm, request):
    """A client of one engine, and of two; stories that need 4 say so by `on_four`."""
    farm.resize(request.param)
    return farm.client


@pytest.fixture
def rain(sized, request):
    """A session as Rain's users know it, the active one."""
    with sized.new_session(request.node.name) as made:
        yield made


def on_four(function):
    """Tell a story on four engines."""
    return pytest.mark.parametrize("sized", [4], indirect=True, ids=["4 engines"])(function)


def patient(function):
    """Give a test a session that goes on after errors."""
    return pytest.mark.parametrize("session", ["continue"], indirect=True, ids=[""])(function)


@pytest.fixture
def new_client(_own_data):
    """Makes clients that a story may harm; they are closed and looked after at its end."""
    with contextlib.ExitStack() as stack:

        def make(n=2, limits=None, **options):
            made = Client(n=n, **options)
            if limits:  # s that an engine may stand still, or be silent; no options of the public
                made._choice = replace(made._choice, **limits)
            stack.callback(_close, made)
            wait_for_engines(made, n)
            return made

        yield make


@pytest.fixture
def islands_of(new_client, tmp_path):
    """Makes clients with engines on these hosts."""
    made = []

    def run(hosts=("b", "c"), limits=None, on_error="fail-session", **options):
        client = new_client(1, limits, **options)
        made.append(Islands(client, tmp_path, hosts))
        made[-1].open(on_error=on_error)
        return made[-1]

    yield run
    for each in made:
        each.close()


@pytest.fixture
def point(tmp_path):
    """A directory that all hosts share."""
    made = tmp_path / "shared"
    made.mkdir()
    return made


@pytest.fixture(autouse=True)
def _no_leaks(request):
    """After each story: no task runs, no object, no file and no strange process is left."""
    used = [name for name in ("client", "sized") if name in request.fixturenames]
    made = request.getfixturevalue(used[0]) if used else None
    yield
    if made is not None and not wait_until(lambda: not leaks_of_living(made), LEAK_SECONDS):
        pytest.fail("left behind: " + "; ".join(leaks_of_living(made)))


def _close(client):
    run = run_of(client)
    client.close()
    assert wait_until(lambda: not leaks_of_closed(run), LEAK_SECONDS), leaks_of_closed(run)
