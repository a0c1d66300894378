"""Actions are plain frozen values: they can be compared, and travel."""

import msgspec
import pytest

from flowlab.model.ids import EngineId
from flowlab.scheduler.actions import Action, HandBack, Interrupt
from tests.scheduler.playbook import tid


def test_an_action_comes_back_from_its_encoded_form():
    action = Interrupt(EngineId(3), tid(1), 2)
    assert msgspec.json.decode(msgspec.json.encode(action), type=Action) == action


def test_an_action_cannot_be_changed():
    with pytest.raises(AttributeError):
        HandBack(EngineId(3)).engine = EngineId(4)
