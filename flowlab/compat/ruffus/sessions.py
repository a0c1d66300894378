"""In which session a pipeline's jobs and shared objects are: the active one, or one of its own."""

from flowlab.compat.goes_on import check_goes_on
from flowlab.errors import NoActiveSession, UsageError
from flowlab.events.messages import OnError
from flowlab.graph.active import active_session
from flowlab.session.client import Client
from flowlab.session.session import Session

_own: list[tuple[Client, Session]] = []  # none or one


def find_session(session: Session | None = None) -> Session:
    """The session to use; without an active one it has local engines, one an available core.

    Raises WrongValue when it would end with the first job that fails.
    """
    found = session if session is not None else _active()
    if found is None:
        return _of_ours()
    check_goes_on(
        found, "the first job that fails, and a pipeline goes on to tell of all that failed"
    )
    return found


def _active() -> Session | None:
    try:
        active = active_session()
    except NoActiveSession:
        return None
    if not isinstance(active, Session):
        raise UsageError(f"{active!r} is no session that can run a pipeline")
    return active


def _of_ours() -> Session:
    """Made at the first need, and again after it was closed."""
    if not _own or not _own[0][1].active:
        while _own:
            _own.pop()[0].close()  # its session has ended, and its engines would stay
        client = Client()
        _own[:] = [(client, client.new_session("Ruffus", on_error=OnError.CONTINUE))]
    return _own[0][1]
