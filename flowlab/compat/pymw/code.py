"""A function as PyMW sends it: whole, though it stands in a file that no engine has."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from flowlab.compat.by_value import by_value, local_homes
from flowlab.compat.pymw.worker import Answer, call_function, call_script
from flowlab.session.session import Session
from flowlab.tasks.code import name_of
from flowlab.tasks.kind import Context
from flowlab.tasks.python import RemoteFunction

Function = Callable[..., Any]


def wrap_function(
    function: Function, helpers: Sequence[Function], modules: Sequence[str], session: Session
) -> RemoteFunction:
    """What declares tasks of a function, pickled as it is now."""

    def body(ctx: Context, given: Sequence[Any]) -> Answer:
        return call_function(ctx, function, given, helpers, modules)

    return _wrap(body, name_of(function), session, local_homes([function, *helpers], modules))


def wrap_script(script: str, session: Session) -> RemoteFunction:
    """What declares tasks of a script, which comes in a bundle."""

    def body(ctx: Context, given: Any) -> Answer:
        return call_script(ctx, script, given)

    return _wrap(body, script, session, ())


def _wrap(body: Function, name: str, session: Session, homes: Iterable[str]) -> RemoteFunction:
    made = RemoteFunction(body, auto_load=True, auto_encode="pickle", name=name)
    with by_value(homes):
        made.code(session)
    return made
