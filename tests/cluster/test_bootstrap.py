"""What an engine is told, run here in the place of an engine."""

import os
import queue

import pytest

from flowlab.cluster.bootstrap import bootstrap_source
from flowlab.cluster.router import Router
from flowlab.cluster.run import RunDirectory
from flowlab.model.ids import EngineId
from flowlab.staging.store import host_id
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
    return {
        "run": run.run,
        "host": host_id(),
        "address": router.address,
        "remote": "",
        "curve": "",
        "key": run.key,
        "own": "",
        "umask": "",
        "store": str(run.store),
        "boards": str(run.boards),
        "sandboxes": str(run.sandboxes),
        **changes,
    }


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
