"""Where a task stands: one word each, the same for the scheduler, the pictures and the user."""

from enum import StrEnum


class State(StrEnum):
    """Where a task stands.

    DECLARED is the user's side of a task that was not submitted yet; CACHED is for a result that
    is reused.
    """

    DECLARED = "declared"
    WAITING = "waiting"
    READY = "ready"
    ASSIGNED = "assigned"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"
    CACHED = "cached"

    # An enum's own is made in Python, and states are looked up all the time
    __hash__ = str.__hash__


GOOD = frozenset({State.FINISHED, State.CACHED})
BAD = frozenset({State.FAILED, State.SKIPPED, State.CANCELLED})
FINAL = GOOD | BAD
