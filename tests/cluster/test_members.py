"""Who may come in."""

import pytest

from flowlab.cluster.members import Members
from flowlab.model.ids import EngineId
from flowlab.staging.host import host_id
from flowlab.worker.board import Board
from flowlab.worker.messages import Refused, Welcome
from tests.cluster.peer import hello

E0 = EngineId(0)


@pytest.fixture
def members():
    return Members("epoch", host_id(), {})


def test_one_that_fits_is_welcome_and_local(members):
    assert members.greet(hello("k")) == Welcome("epoch", E0)
    assert members.now[E0].local
    assert members.now[E0].began


def test_the_same_one_again_stays_the_same_member(members):
    members.greet(hello("k"))
    before = members.now[E0]
    members.greet(hello("k"))
    assert members.now[E0] is before


def test_a_misfit_is_refused_and_remembered(members):
    answer = members.greet(hello("k", versions={"python": "2.7"}))
    assert isinstance(answer, Refused)
    assert members.misfits[E0] == answer.reason
    assert not members.now


def test_one_that_was_declared_lost_never_comes_back(members):
    members.greet(hello("k"))
    assert members.fence(E0, "stood still").engine == E0
    answer = members.greet(hello("k"))
    assert isinstance(answer, Refused)
    assert "stood still" in answer.reason


def test_the_board_says_what_runs(members, tmp_path):
    board = Board(tmp_path / "board")
    members.greet(hello("k", board=str(tmp_path / "board")))
    assert members.now[E0].running() == ()
    board.write(5, 1)
    assert members.now[E0].running() == ((5, 1),)
    board.close()
    assert members.now[E0].running() is None


def test_an_engine_of_another_host_is_not_local(members):
    members.greet(hello("k", host="elsewhere"))
    assert not members.now[E0].local
    assert members.now[E0].running() is None
    assert members.pids() == frozenset()


def test_the_largest_host_is_counted_in_slots(members):
    members.greet(hello("k", engine=0))
    members.greet(hello("k", engine=1, slots=2))
    members.greet(hello("k", engine=2, host="elsewhere"))
    assert members.largest() == 3
