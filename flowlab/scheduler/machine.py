"""The scheduler: facts in, actions out. Same facts in the same order give the same actions."""

from collections.abc import Mapping
from typing import assert_never

from flowlab.events.messages import (
    CancelRequested,
    CapacityKnown,
    ControllerLost,
    EngineJoined,
    EngineLost,
    EngineResumed,
    EnginesUnavailable,
    FactUnion,
    LimitSet,
    LogLevelSet,
    ObjectsLost,
    Reported,
    SessionClosed,
    SessionOpened,
    StagePointSet,
    Submitted,
    Unkept,
)
from flowlab.model.ids import TaskId, session_of
from flowlab.scheduler.actions import Action
from flowlab.scheduler.books import Books
from flowlab.scheduler.explain import Explanation, explain
from flowlab.scheduler.inventory import Inventory, take_inventory
from flowlab.scheduler.losses import join, lose_engine, lose_objects, resume
from flowlab.scheduler.placement import place
from flowlab.scheduler.reports import report
from flowlab.scheduler.sessions import (
    cancel_requested,
    close_session,
    open_session,
    set_limit,
    unkeep,
)
from flowlab.scheduler.snapshot import take_snapshot
from flowlab.scheduler.submits import check_choosy, give_up_engines, know_capacity, submit


class Scheduler:
    """Owns the state of every task.

    amounts  what each host has of a resource beside its slots, by name
    """

    def __init__(self, amounts: Mapping[str, float] | None = None) -> None:
        self._books = Books(amounts or {})

    def handle(self, fact: FactUnion, at: float) -> list[Action]:
        """Take one fact; return what must now be done, in order.

        at  when it happened, s since the epoch: recorded with the fact, so that a replay has it

        Raises ProtocolError if a task went a way that the table of states does not have.
        """
        books = self._books
        books.at = at
        self._absorb(fact)
        books.flush_states()
        place(books)
        return books.take_actions()

    def explain(self, task_id: TaskId) -> Explanation:
        """Why a task is where it is."""
        return explain(self._books, self._books.sessions.get(session_of(task_id)), task_id)

    def inventory(self) -> Inventory:
        """What each engine holds."""
        return take_inventory(self._books)

    def snapshot(self) -> dict[str, object]:
        """All that is known, as plain data that can be compared."""
        return take_snapshot(self._books)

    def _absorb(self, fact: FactUnion) -> None:
        books = self._books
        match fact:
            case Reported():
                report(books, fact)
            case Submitted():
                submit(books, fact)
            case SessionOpened():
                open_session(books, fact)
            case SessionClosed():
                close_session(books, fact)
            case Unkept():
                unkeep(books, fact)
            case CancelRequested():
                cancel_requested(books, fact)
            case LimitSet():
                set_limit(books, fact)
            case EngineJoined():
                join(books, fact)
                check_choosy(books)
            case EngineLost():
                lose_engine(books, fact)
                check_choosy(books)
            case EngineResumed():
                resume(books, fact)
            case ObjectsLost():
                lose_objects(books, fact)
            case CapacityKnown():
                know_capacity(books, fact)
            case EnginesUnavailable():
                give_up_engines(books, fact)
            case ControllerLost() | StagePointSet() | LogLevelSet():
                pass  # tasks go on while the links stand; how bytes and words travel is no matter
            case _:
                assert_never(fact)
