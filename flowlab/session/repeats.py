"""What engines say again to a process that took over: its journal has it, and they cannot know.

The one rule: what is known of a session goes with it.
"""

from flowlab.events.messages import EventUnion, Logged, Said, SessionClosed
from flowlab.model.ids import Assignment, SessionId, TaskId, session_of


class Repeats:
    """Up to which chunk the journal has what each task said, for each of its assignments."""

    def __init__(self) -> None:
        self._last: dict[SessionId, dict[tuple[TaskId, Assignment], int]] = {}

    def note(self, event: EventUnion) -> None:
        """The journal that was taken over has this."""
        if isinstance(event, Said | Logged):
            known = self._last.setdefault(session_of(event.task), {})
            known[event.task, event.assignment] = event.number

    def drop(self, event: EventUnion) -> None:
        """Forget a session that this closes: nobody listens to what is said of it again."""
        if isinstance(event, SessionClosed):
            self._last.pop(event.session, None)

    def has(self, event: EventUnion) -> bool:
        """Whether this is in the journal already."""
        if not self._last or not isinstance(event, Said | Logged):
            return False
        known = self._last.get(session_of(event.task), {})
        return event.number <= known.get((event.task, event.assignment), 0)
