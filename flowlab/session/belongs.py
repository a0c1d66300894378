"""Whose an event is: each entry of the stream carries its session, or none."""

from typing import assert_never

from flowlab.events.messages import (
    CancelRequested,
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    EventUnion,
    LimitSet,
    Logged,
    LogLevelSet,
    Noticed,
    ObjectsDropped,
    ObjectsLost,
    Reported,
    Said,
    Sampled,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    StagePointSet,
    Submitted,
    TaskCondemned,
    TasksAssigned,
    TasksCancelled,
    TasksGivenBack,
    TasksReady,
    TasksSkipped,
    Unkept,
)
from flowlab.model.ids import LOCAL_BITS, SessionId, session_of


def session_of_event(event: EventUnion) -> SessionId | None:
    """The session that the event belongs to, or None when it concerns all of them."""
    match event:
        case (
            SessionOpened() | SessionClosed() | Submitted() | StagePointSet() | LimitSet()
            | LogLevelSet()
            | Unkept() | CancelRequested() | Reported() | SessionFailed()
        ):  # fmt: skip
            return event.session
        case TaskCondemned() | Said() | Logged():
            return session_of(event.task)
        case TasksReady() | TasksAssigned() | TasksGivenBack() | TasksSkipped() | TasksCancelled():
            return _common(event.tasks)
        case ObjectsLost() | ObjectsDropped():
            return _common(event.objects)
        case (
            EngineJoined() | EngineLost() | EngineResumed() | ControllerLost() | CapacityKnown()
            | EnginesUnavailable() | Noticed() | Sampled()
        ):  # fmt: skip
            return None
        case _:
            assert_never(event)


def _common(things: tuple[int, ...]) -> SessionId | None:
    """The session of all these; the scheduler says nothing of two sessions in one verdict."""
    sessions = {thing >> LOCAL_BITS for thing in things}
    return SessionId(sessions.pop()) if len(sessions) == 1 else None
