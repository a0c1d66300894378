"""The active session: where tasks and objects belong when none is named.

The innermost `with session` of this thread or asyncio task, else the default session. The default
is one for the whole process, since cells and widget callbacks run in contexts of their own.
After Rain's user guide, "Active session".
"""

from collections.abc import Callable
from contextvars import ContextVar

from flowlab.errors import NoActiveSession
from flowlab.graph.owner import Owner

_stack: ContextVar[tuple[Owner, ...]] = ContextVar("flowlab_sessions", default=())
_default: list[Owner] = []  # none or one
_makers: list[Callable[[], Owner]] = []  # none or one


def push(session: Owner) -> None:
    """Make a session the active one, until it is popped."""
    _stack.set((*_stack.get(), session))


def pop(session: Owner) -> None:
    """End the innermost binding of this session."""
    stack = _stack.get()
    places = [place for place, bound in enumerate(stack) if bound is session]
    if not places:
        raise NoActiveSession(f"session {session.name!r} is not bound here")
    _stack.set(stack[: places[-1]] + stack[places[-1] + 1 :])


def leave(session: Owner) -> None:
    """End all bindings of this session in this context, because it was closed."""
    _stack.set(tuple(bound for bound in _stack.get() if bound is not session))


def is_bound(session: Owner) -> bool:
    """Whether a block of this context holds the session."""
    return any(bound is session for bound in _stack.get())


def active_session() -> Owner:
    """The session that a new task or object belongs to; raises NoActiveSession."""
    stack = _stack.get()
    if stack:
        return stack[-1]
    if _default:
        return _default[0]
    if _makers:
        return _makers[0]()
    raise NoActiveSession("No active session")


get_active_session = active_session  # Rain's name, for users


def set_default(session: Owner | None) -> None:
    """Use this session wherever no block says otherwise; replaces the one before."""
    _default[:] = [] if session is None else [session]


def default_session() -> Owner | None:
    """The default session, if there is one."""
    return _default[0] if _default else None


def clear_default(session: Owner) -> None:
    """Have no default session any longer if it is this one, because it was closed."""
    if default_session() is session:
        set_default(None)


def set_default_maker(make: Callable[[], Owner] | None) -> None:
    """Open a session by this at the first need of one, as a notebook does."""
    _makers[:] = [] if make is None else [make]
