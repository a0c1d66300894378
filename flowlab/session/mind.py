"""The scheduler with a guard around it: a bug in it must end in words, never in a hang."""

import traceback
from dataclasses import dataclass, field
from typing import cast

from flowlab.events.messages import Entry, FactUnion, SessionClosed, SessionOpened, VerdictUnion
from flowlab.model.ids import SessionId
from flowlab.scheduler.actions import Action, Announce
from flowlab.scheduler.machine import Scheduler


@dataclass(frozen=True)
class Decision:
    """What follows from one fact.

    verdicts  to be said
    actions   to be done, in order
    fault     the traceback of a bug of ours, empty when there was none
    broken    sessions that cannot go on because of it
    """

    verdicts: list[VerdictUnion] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    fault: str = ""
    broken: tuple[SessionId, ...] = ()


class Mind:
    """Decides over one fact after the other; the same facts give the same decisions, faults too."""

    def __init__(self) -> None:
        self.scheduler = Scheduler()
        self._open: set[SessionId] = set()

    def decide(self, entry: Entry) -> Decision:
        """What follows from the entry's fact."""
        fact = cast(FactUnion, entry.event)  # the caller asks for facts alone
        if isinstance(fact, SessionOpened):
            self._open.add(fact.session)
        elif isinstance(fact, SessionClosed):
            self._open.discard(fact.session)
        try:
            actions = self.scheduler.handle(fact, entry.at)
        except Exception:  # noqa: BLE001 - whatever it is, those who wait are to be told
            hit = {entry.session} if entry.session is not None else self._open
            broken = tuple(sorted(hit & self._open))
            return Decision(fault=traceback.format_exc(limit=-4), broken=broken)
        return Decision(
            [action.verdict for action in actions if isinstance(action, Announce)],
            [action for action in actions if not isinstance(action, Announce)],
        )
