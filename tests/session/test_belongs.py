"""Whose an event is."""

import pytest

from flowlab.events.messages import (
    EngineJoined,
    Logged,
    LogLevelSet,
    Noticed,
    ObjectsLost,
    Said,
    SessionClosed,
    TaskCondemned,
    TasksReady,
)
from flowlab.model.ids import join_id
from flowlab.model.specs import Failure
from flowlab.session.belongs import session_of_event


@pytest.mark.parametrize(
    ("event", "session"),
    [
        (SessionClosed(3), 3),
        (TasksReady((join_id(3, 10), join_id(3, 11))), 3),
        (TaskCondemned(join_id(4, 10), Failure("x")), 4),
        (Said(join_id(4, 10), 1, 1, "stdout", "x", 0.0), 4),
        (Logged(join_id(4, 0), 0, 1, None, (), 0), 4),
        (LogLevelSet(3, 10), 3),
        (ObjectsLost((join_id(3, 10), join_id(4, 10)), "x"), None),
        (TasksReady(()), None),
        (EngineJoined(0, "host"), None),
        (Noticed("x"), None),
    ],
)
def test_an_event_belongs_to_its_session_or_to_none(event, session):
    assert session_of_event(event) == session
