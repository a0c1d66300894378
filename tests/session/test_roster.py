"""Which engines there are."""

from flowlab.events.messages import (
    CapacityKnown,
    EngineJoined,
    EngineLost,
    EnginesUnavailable,
    Noticed,
)
from flowlab.session.roster import Roster


def joined(number, name="a"):
    return EngineJoined(number, f"id-{name}", 1, 0, name)


def told(*events, say=None):
    roster = Roster(say)
    for event in events:
        roster.take(event)
    return roster


def test_people_hear_how_engines_come():
    said = []
    told(CapacityKnown(2, 2), joined(0), joined(1), Noticed("late"), say=said.append)
    assert said == ["1 of 2 engines are ready", "2 of 2 engines are ready", "late"]


def test_all_have_come_when_there_are_as_many_as_were_asked_for():
    assert not told(joined(0)).complete()
    assert not told(CapacityKnown(0, 1)).complete()
    assert not told(CapacityKnown(2, 2), joined(0)).complete()
    assert told(CapacityKnown(2, 2), joined(0), joined(1)).complete()
    assert not told(CapacityKnown(2, 2), joined(0), joined(1), EngineLost(1, "")).complete()


def test_hosts_are_called_by_their_names():
    roster = told(joined(2, "b"), joined(1, "a"), joined(0, "b"), joined(5, "c"), EngineLost(5, ""))
    assert roster.hosts() == {"b": [0, 2], "a": [1]}


def test_why_none_can_be_had_is_known_until_one_comes():
    roster = told(EnginesUnavailable("no licence"))
    assert roster.unavailable == "no licence"
    roster.take(joined(0))
    assert roster.unavailable == ""
