"""Each state is an end or is none."""

from flowlab.model.states import BAD, FINAL, GOOD, State


def test_every_end_is_good_or_bad():
    assert FINAL == GOOD | BAD
    assert not GOOD & BAD


def test_what_may_still_come_is_no_end():
    assert set(State) - FINAL == {
        *(State.DECLARED, State.WAITING, State.READY, State.ASSIGNED, State.RUNNING),
    }


def test_a_state_is_its_word():
    assert all(state == state.name.lower() for state in State)
    assert f"{State.RUNNING}" == "running"
