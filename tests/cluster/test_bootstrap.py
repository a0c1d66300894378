"""What an engine is told, run here in the place of an engine."""

import os
import queue
import tempfile
from pathlib import Path

import pytest
import zmq

from flowlab.cluster.bootstrap import bootstrap_source, make_order
from flowlab.cluster.router import Router
from flowlab.cluster.run import RunDirectory
from flowlab.errors import ClusterError
from flowlab.model.ids import EngineId
from flowlab.staging.host import host_id
from flowlab.worker.boot import start_worker
from flowlab.worker.messages import Refused, Welcome
from tests.cluster.peer import wait_until

E5 = EngineId(5)


class Kernel:
    """As much of an engine's kernel as a worker asks for."""

    def __init__(self):
        self.kernel = self  # get_ipython().kernel
        self.io_loop = self
        self.turns = queue.Queue()

    def add_callback(self, turn):
        self.turns.put(turn)

    def call_later(self, _seconds, turn):
        self.turns.put(turn)


class Desk:
    def __init__(self, router):
        self.router, self.words, self.said = router, [], []

    def greet(self, word):
        self.words.append(word)
        return Welcome(self.router.epoch, word.engine)

    def receive(self, engine, body, safe):
        safe()
        self.said.append(body)

    def tick(self, now):
        self.now = now

    def notice(self, text, level="info"):
        raise AssertionError(text)


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def order(run, router, **changes):
    return {**make_order(run, host_id(), False, None), **router.order(), **changes}


def test_the_text_starts_a_worker_that_says_hello(run, monkeypatch):
    monkeypatch.setenv("FLOWLAB_RUN", "before")  # what the bootstrap sets is undone in the end
    monkeypatch.setenv("FLOWLAB_ENGINE", "before")
    router = Router(run.engines_socket, run.key)
    desk = Desk(router)
    router.start(desk)
    try:
        told = eval(bootstrap_source(E5, order(run, router)), {"get_ipython": Kernel})
        assert told["engine"] == E5
        (word,) = desk.words
        assert (word.engine, word.pid, word.host) == (E5, os.getpid(), host_id())
        assert word.key == run.key
        assert os.environ["FLOWLAB_RUN"] == run.run
        assert os.environ["FLOWLAB_ENGINE"] == "5"
        wait_until(lambda: desk.said)  # a first sign of life
    finally:
        router.call(lambda: router.hang_up(E5, "the test is over"))
        router.call(lambda: setattr(desk, "greet", lambda _: Refused("over")))
        wait_until(lambda: not router.lines())
        router.close()


def test_an_engine_elsewhere_without_an_address_is_an_error_with_the_remedy(run, monkeypatch):
    monkeypatch.setenv("FLOWLAB_RUN", "before")
    monkeypatch.setenv("FLOWLAB_ENGINE", "before")
    router = Router(run.engines_socket, run.key)
    text = bootstrap_source(E5, order(run, router, host="elsewhere"))
    with pytest.raises(ConnectionError, match="listen="):
        eval(text, {"get_ipython": Kernel})


def test_an_engine_elsewhere_has_places_of_its_own_and_an_encrypted_link(
    run, tmp_path, monkeypatch
):
    monkeypatch.setenv("FLOWLAB_RUN", "before")
    monkeypatch.setenv("FLOWLAB_ENGINE", "before")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    router = Router(run.engines_socket, run.key, "tcp://127.0.0.1:*")
    desk = Desk(router)
    router.start(desk)
    told = order(run, router)
    monkeypatch.setenv("FLOWLAB_HOST", "elsewhere")
    try:
        eval(bootstrap_source(E5, told), {"get_ipython": Kernel})
        (word,) = desk.words
        assert word.host == host_id() != told["host"]
        assert word.store != str(run.store)
        assert Path(word.store).is_dir()
        assert Path(word.board).parent.parent.parent == tmp_path / f"flowlab-{os.getuid()}"
        assert word.fault == ""
        with pytest.raises(ClusterError, match=f"cannot reach .* {router.remote_address}"):
            link(told, curve=zmq.curve_keypair()[0])  # with a key that is not the run's
    finally:
        router.call(lambda: router.hang_up(E5, "the test is over"))
        router.call(lambda: setattr(desk, "greet", lambda _: Refused("over")))
        wait_until(lambda: not Path(word.store).exists())  # the last engine there has gone
        router.close()


def link(told, curve):
    """Start a worker with another key."""
    with tempfile.TemporaryDirectory() as place:
        base = Path(place)
        for name in ("store", "boards", "sandboxes"):
            (base / name).mkdir(mode=0o700)
        start_worker(
            Kernel(), told["remote"], run="x", engine=E5, key=told["key"], store=base / "store",
            boards=base / "boards", sandboxes=base / "sandboxes", curve=curve, reach=1.0,
        )  # fmt: skip
