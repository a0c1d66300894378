"""The stand-in for a session that these tests use keeps up with what a session must be."""

import inspect

import pytest

from flowlab.graph.owner import Owner
from tests.graph.owner import NoEngines

ASKED = [name for name in vars(Owner) if not name.startswith("_")]


def test_a_session_must_be_more_than_nothing():
    assert {"session_id", "name", "next_id", "add", "wait", "fetch", "update", "unkeep"} <= set(
        ASKED
    )


@pytest.mark.parametrize("name", ASKED)
def test_the_stand_in_has_what_a_session_has(name):
    wanted = vars(Owner)[name]
    found = getattr(NoEngines(), name)
    if isinstance(wanted, property):
        assert not callable(found)
    else:
        assert list(inspect.signature(found).parameters) == [
            parameter for parameter in inspect.signature(wanted).parameters if parameter != "self"
        ]
