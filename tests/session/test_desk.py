"""Questions are always answered, if only by why they cannot be."""

import threading

import pytest

from flowlab.model.payload import Payload, Stored
from flowlab.session.desk import ask_pump
from flowlab.session.frames import (
    DESCRIBE,
    EXPLAIN,
    INVENTORY,
    NUDGE,
    VALUE,
    Ask,
    Told,
    ValueIs,
)
from flowlab.session.pump import Pump
from tests.session.answering import AnsweringCluster


@pytest.fixture
def ask():
    """Ask a pump and wait for the answer."""
    pump = Pump(AnsweringCluster)
    pump.start()

    def ask(question):
        answers, come = [], threading.Event()

        def take(answer):
            answers.append(answer)
            come.set()

        ask_pump(pump, question, take)
        assert come.wait(5)
        return answers[0]

    ask.pump = pump
    yield ask
    pump.close()


def test_each_question_has_its_answer(ask):
    assert ask(Ask(1, NUDGE)) == Told(1, {})
    assert ask(Ask(2, DESCRIBE)).answer["table"]["tasks"] == 0
    assert ask(Ask(8, INVENTORY)).answer["others"]["engine"] is None
    assert "never opened" in str(ask(Ask(3, EXPLAIN, 7)).answer["sentences"])


def test_a_value_of_another_host_is_brought_here_first(ask):
    for number, host in enumerate(("afar", "full", "lost"), 1):
        value = Stored(host, "/object", 5, packed=True)
        ask.pump.table.put(number, Payload(values={number: value}))
    assert ask(Ask(1, VALUE, 1)) == ValueIs(1, Stored("here", "/object", 5, packed=True))
    assert ask(Ask(2, VALUE, 2)) == ValueIs(2, None, "no room", refused=True)
    assert ask(Ask(3, VALUE, 3)) == ValueIs(3, None, "gone")


def test_what_cannot_be_answered_is_said(ask):
    missing = ask(Ask(4, VALUE, 7))
    assert isinstance(missing, ValueIs)
    assert "has no value" in missing.fault
    assert "no question" in ask(Ask(5, "the time")).fault


def test_a_bug_is_an_answer_too(ask):
    ask.pump.cluster.describe = None
    assert "TypeError" in ask(Ask(6, DESCRIBE)).fault
