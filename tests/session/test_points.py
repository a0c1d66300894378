"""Which stage point holds, and when the scheduler process is told."""

import pytest

from flowlab import UsageError
from flowlab.events.messages import StagePointSet
from flowlab.model.ids import ObjectId, SessionId
from flowlab.session.points import StagePoints
from flowlab.staging.chosen import set_stage_point

S = SessionId(1)


class Said:
    """A link that notes what is posted."""

    def __init__(self):
        self.facts = []

    def post(self, fact):
        self.facts.append(fact)


@pytest.fixture
def said():
    yield Said()
    set_stage_point(None)


def test_what_was_said_last_holds_and_is_told_once(said, tmp_path):
    points = StagePoints(said, S)
    points.tell()
    assert (points.now, said.facts) == (None, [])
    set_stage_point(tmp_path)
    for _ in range(3):
        points.tell()
    points.choose("memory://mine")
    assert points.now == "memory://mine"
    set_stage_point(None)
    points.tell()
    points.choose(None)
    assert said.facts == [
        StagePointSet(S, str(tmp_path)),
        StagePointSet(S, "memory://mine"),
        StagePointSet(S, ""),
    ]


def test_some_objects_may_have_another_one(said):
    points = StagePoints(said, S)
    points.choose_for([ObjectId(5)], "memory://theirs/")
    assert said.facts == [StagePointSet(S, "memory://theirs", (ObjectId(5),))]
    assert points.now is None


@pytest.mark.parametrize("url", ["", 5, "nonsense://x", "ftp://me:secret@host/place"])
def test_what_is_no_stage_point_is_refused_and_what_held_holds(said, url):
    points = StagePoints(said, S)
    points.choose("memory://mine")
    with pytest.raises(UsageError) as caught:
        points.choose(url)
    assert "secret" not in str(caught.value)
    assert points.now == "memory://mine"
    assert len(said.facts) == 1
