"""LOFAR's searching logger: collects log records that match, also those of jobs.

That is what the logger of a flowlab session does: `logger.searchpatterns["name"] = regex`, and then
`logger.searchpatterns["name"].results`.
"""

from flowlab.errors import UsageError
from flowlab.graph.active import active_session
from flowlab.session.logger import SearchPattern, SearchPatterns, SessionLogger
from flowlab.session.session import Session

__all__ = ["SearchPattern", "SearchPatterns", "SearchingLogger", "getSearchingLogger"]

SearchingLogger = SessionLogger


def getSearchingLogger(_name: str = "") -> SessionLogger:  # noqa: N802 - LOFAR's name
    """The active session's logger: one log for all, whatever its name."""
    session = active_session()
    if not isinstance(session, Session):
        raise UsageError(f"{session!r} has no log")
    return session.logger
