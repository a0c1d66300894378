"""Sessions in which one job that fails stops no other."""

from flowlab.errors import WrongValue
from flowlab.events.messages import OnError
from flowlab.session.session import Session


def check_goes_on(session: Session, why: str) -> None:
    """Raise WrongValue when the session ends with the first task that fails; `why` it must not."""
    if session.on_error != OnError.CONTINUE:
        raise WrongValue(
            f"session {session.name!r} ends with {why}: use client.new_session(on_error='continue')"
        )
