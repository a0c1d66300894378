"""In which session jobs run."""

from typing import Protocol

from flowlab.compat.goes_on import check_goes_on
from flowlab.errors import WrongKind
from flowlab.graph.active import active_session
from flowlab.session.session import Session


class HasSession(Protocol):
    """For a class that runs jobs."""

    session: Session | None


def session_of(owner: HasSession) -> Session:
    """Its session; without one the active one."""
    session = owner.session if owner.session is not None else active_session()
    if not isinstance(session, Session):
        raise WrongKind(f"session is a flowlab session, not {session!r}")
    return session


def session_for_jobs(owner: HasSession) -> Session:
    """Its session; WrongValue when that would end with the first job that fails."""
    session = session_of(owner)
    check_goes_on(session, "the first job whose engine dies, and one job that fails stops no other")
    return session
