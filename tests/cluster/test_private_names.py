"""The names of ipyparallel and ipykernel that we use and that are not promised to stay.

When one of these fails, the bounds in pyproject.toml or the code named beside it need a look.
"""
# mirrors: contracts with other packages, used by launch, controller, choice and telling

import inspect
import json

import ipyparallel
import pytest
from ipyparallel.cluster.launcher import LocalControllerLauncher, LocalEngineSetLauncher

from flowlab.cluster import choice
from tests.cluster.peer import wait_until

pytestmark = pytest.mark.engines


@pytest.fixture
def client(engines):
    client = ipyparallel.Client(engines.cluster.describe()["connection_file"], timeout=10)
    yield client
    client.close(linger=0)


def test_a_client_calls_back_at_registration(client):
    # launch.py: Launcher._watch_client; polling is the fallback
    assert isinstance(client._registration_callbacks, list)
    heard = []
    client._registration_callbacks.append(heard.append)
    client._unregister_engine({"content": {"id": 10**6, "uuid": "none"}})
    assert heard == [{"event": "unregister", "id": 10**6, "uuid": "none"}]


def test_a_question_to_the_hub_is_a_future(client):
    # controller.py: ControllerWatch.ask
    content = {"targets": None, "verbose": False}
    answer = client._send(client._query_stream, "queue_request", content=content)
    wait_until(answer.done)
    assert answer.result()["content"]["status"] == "ok"


def test_a_clients_configuration_leads_back_to_its_connection_file(engines, client):
    # choice.py: a running Client given as cluster=
    with open(engines.cluster.describe()["connection_file"]) as file:
        written = json.load(file)
    back = choice._connection(client, None)
    for name in ("registration", "mux", "task", "control", "iopub", "key", "signature_scheme"):
        assert back[name] == written[name]
    again = ipyparallel.Client(back, timeout=10)
    assert again.ids == client.ids
    again.close(linger=0)


def test_launchers_have_the_pids_of_their_engines():
    # launch.py: Launcher._start_engines
    assert "launchers" in LocalEngineSetLauncher.class_trait_names()
    assert "pid" in LocalControllerLauncher.class_trait_names()
    assert isinstance(inspect.getattr_static(LocalControllerLauncher, "connection_files"), property)


def test_an_engine_knows_its_kernel_and_its_loop(client):
    # bootstrap.py and worker/boot.py
    view = client[client.ids[0]]
    view.block = True
    view.execute("_kernel = get_ipython().kernel; _loop = hasattr(_kernel.io_loop, 'add_callback')")
    assert view["_loop"] is True
    view.execute("del _kernel, _loop")


def test_the_engines_are_usable_by_a_view(client):
    assert client[:].apply_sync(lambda: 6 * 7) == [42, 42]
