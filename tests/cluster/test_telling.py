"""Each engine is told to link, once; what stands in the way is said with the remedy."""

import pytest

from flowlab.cluster.telling import LINK_SECONDS, Telling

ORDER = {"address": "ipc:///x", "remote": "", "key": "k"}


class Answer:
    """What ipyparallel gives for a request."""

    def __init__(self):
        self.error = None
        self.ready = False

    def done(self):
        return self.ready

    def exception(self):
        return self.error


class Client:
    """Engines that take text."""

    def __init__(self):
        self.told = {}

    def direct_view(self, engine):
        return View(self, engine)


class View:
    def __init__(self, client, engine):
        self.client, self.engine = client, engine

    def execute(self, source, silent, block):
        assert silent
        assert not block
        compile(source, "engine", "eval")
        answer = Answer()
        self.client.told.setdefault(self.engine, []).append(answer)
        return answer


class Office:
    def __init__(self):
        self.said = []

    def notice(self, text, level="info"):
        self.said.append((level, text))


@pytest.fixture
def office():
    return Office()


@pytest.fixture
def telling(office):
    return Telling(office, ORDER)


def test_an_engine_is_told_once(telling):
    client = Client()
    telling.look(client, frozenset([0, 1]), 0)
    telling.look(client, frozenset([0, 1]), 1)
    assert {engine: len(answers) for engine, answers in client.told.items()} == {0: 1, 1: 1}
    assert telling.is_busy()
    telling.settle(0)
    telling.settle(1)
    assert not telling.is_busy()


def test_one_that_linked_already_is_not_told(telling):
    client = Client()
    telling.settle(0)
    telling.look(client, frozenset([0]), 0)
    assert client.told == {}


def test_an_engine_without_flowlab_is_named_with_the_remedy(telling, office):
    client = Client()
    telling.look(client, frozenset([3]), 0)
    answer = client.told[3][0]
    answer.error, answer.ready = ModuleNotFoundError("No module named 'flowlab'"), True
    telling.look(client, frozenset([3]), 1)
    ((level, text),) = office.said
    assert level == "error"
    assert "engine 3" in text
    assert "pip install jupyter-flowlab" in text
    assert not telling.is_busy()


def test_one_that_does_not_come_is_said_once_with_the_address(telling, office):
    client = Client()
    for now in range(0, int(LINK_SECONDS) + 30, 5):
        telling.look(client, frozenset([0]), now)
    ((level, text),) = office.said
    assert level == "warning"
    assert "ipc:///x" in text
    assert "tunnel" in text
