"""The register of kinds."""

import pytest

from flowlab import tasks
from flowlab.errors import UsageError
from flowlab.tasks.kind import find_kind, known_kinds, register


def test_all_kinds_are_known_once_the_room_is_imported():
    assert {"concat", "sleep", "execute", "python", "cell"} <= set(known_kinds())
    assert {"Concat", "Sleep", "Execute"} <= set(dir(tasks))


def test_an_unknown_kind_is_named_with_those_that_are_known():
    with pytest.raises(UsageError, match=r"Unknown task type 'bake'; known are .*concat"):
        find_kind("bake")


def test_a_kind_of_ones_own_can_be_registered():
    class Own:
        name = "own-of-a-test"

        def run(self, context):
            return []

    own = register(Own())
    assert find_kind("own-of-a-test") is own
