"""The table of states: what it allows, and that its picture is fresh."""

from pathlib import Path

import pytest

from flowlab.scheduler.states import FINAL, GIVEN, NEXT, State, draw

PICTURE = Path(__file__).parents[2] / "docs" / "states.md"


def test_the_picture_in_the_docs_is_fresh():
    assert PICTURE.read_text() == draw(), "write it anew: states.draw() > docs/states.md"


def test_every_state_can_be_reached():
    reached = {State.DECLARED}.union(*NEXT.values())
    assert reached == set(State)


@pytest.mark.parametrize("state", sorted(FINAL))
def test_an_end_is_left_only_to_make_a_lost_output_again(state):
    assert NEXT[state] == ({State.WAITING} if state is State.FINISHED else set())


def test_only_what_an_engine_has_can_finish():
    assert {state for state in State if State.FINISHED in NEXT[state]} == GIVEN
