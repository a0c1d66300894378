"""Records: small, and the few questions they answer."""

import pytest

from flowlab.events.messages import OnError
from flowlab.model.resources import ONE_CPU, Resources
from flowlab.scheduler.records import Cost, Group, Session, Task
from tests.scheduler.playbook import S, tid

SESSION = Session(S, "s", OnError.CONTINUE)


def made(**fields):
    return Task(tid(1), "", 1, SESSION, Group(SESSION, ONE_CPU), Cost(), None, **fields)


def test_a_record_has_no_dict_of_its_own():
    with pytest.raises(AttributeError):
        made().surprise = 1


@pytest.mark.parametrize("fields", [{"alone": True}, {"failures": 1}])
def test_who_is_suspect_or_guilty_is_solitary(fields):
    assert made(**fields).is_solitary()
    assert not made().is_solitary()


@pytest.mark.parametrize(
    ("resources", "plain"),
    [
        (ONE_CPU, True),
        (Resources(cpus=2), False),
        (Resources(limits=("x",)), False),
        (Resources(amounts=(("gpus", 1.0),)), False),
    ],
)
def test_a_plain_group_needs_one_slot_and_nothing_else(resources, plain):
    assert Group(SESSION, resources).is_plain() is plain
