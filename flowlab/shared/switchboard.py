"""The switchboard: proxies of a manager of the user's own, made usable where its key must not go.

Its server is a thread of the kernel. Tasks call it with flowlab's key, and it calls the user's
proxy: so it does not matter whether that manager's address, such as a Unix socket, can be reached.
"""

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import AuthenticationError, managers
from multiprocessing.managers import BaseProxy, Token
from queue import Empty
from typing import Any

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared.caller import Abandoned, Caller, current_caller
from flowlab.shared.catalog import describe
from flowlab.shared.gate import patience
from flowlab.shared.home import Home
from flowlab.shared.keys import key_of
from flowlab.shared.lines import end_lines
from flowlab.shared.proxy import Reference, Where, call
from flowlab.shared.server import Server
from flowlab.shared.wire import Request

_SLICE = 0.2  # s; the other manager cannot be asked to give a wait up
_AT_ONCE = frozenset({"dict", "list", "Value", "Namespace", "Array", "Iterator"})
# Of the types of `multiprocessing`: where a caller may wait
_TAKEN = frozenset({"Lock", "RLock", "Semaphore", "BoundedSemaphore"})
_QUEUES = frozenset({"Queue", "JoinableQueue"})
_REFERENCE = "_flowlab_reference"
_managers: Any = managers  # also for names that its documentation does not have


class Switchboard:
    """Of one session."""

    def __init__(self, home: Home, name: str, say: Callable[[str], None]) -> None:
        self._key = key_of(home.run, name)
        self._server = Server(self._key, home.interface, say)
        self._where = home.where(name, self._server.port)
        self._lock = threading.Lock()
        self._known: dict[tuple[Any, str, type], Reference] = {}
        self._server.start()

    def export(self, proxy: BaseProxy) -> tuple[Reference, Any]:
        """A reference to what this proxy stands for, and how the proxy is pickled for a task.

        Raises UsageError when its manager does not answer.
        """
        given = vars(proxy).get(_REFERENCE)
        if given is not None:  # one of ours, come back from a task
            return given, proxy.__reduce_ex__(5)
        token = token_of(proxy)
        with self._lock:
            key = (token.address, token.id, type(proxy))
            if key not in self._known:
                self._check(proxy)
                ident = self._server.add(Foreign(proxy, self))
                kind = token.typeid
                self._known[key] = Reference(
                    self._where, ident, kind, "", (), (), kind not in _AT_ONCE
                )
            return self._known[key], reduced(self._known[key], proxy)

    def _check(self, proxy: BaseProxy) -> None:
        try:
            check_reachable(proxy)
        except (OSError, EOFError, AuthenticationError) as error:
            raise UsageError(
                f"the manager of {type(proxy).__name__} {token_of(proxy).typeid!r} does not answer "
                f"({type(error).__name__}: {error}), so no task can use it; start it again, or "
                "make the object by session.shared(…), whose manager ends with the session"
            ) from None

    def lose(self, engine: int) -> None:
        """An engine is gone."""
        self._server.lose(engine)

    def close(self) -> None:
        """Serve nobody any longer."""
        self._server.close()
        end_lines(self._key)


class Foreign:
    """One object of the user's own manager, as the switchboard's server has it."""

    def __init__(self, proxy: BaseProxy, switchboard: Switchboard) -> None:
        self.thing = proxy
        self._switchboard = switchboard
        self._kind: str = token_of(proxy).typeid
        self._holders: deque[Caller] = deque()  # the one that took it first is the first

    def call(self, method: str, args: Sequence[Any], kwds: dict[str, Any]) -> Any:
        """Call it there."""
        try:
            value = self._call(method, args, kwds)
        except (OSError, EOFError):
            self._check_alive()
            raise  # it was the object's own
        if not isinstance(value, BaseProxy):
            return value
        if token_of(value).typeid == "Iterator":
            return iter(list(value))  # type: ignore[call-overload] # it is one
        return _Again(self._switchboard.export(value)[1])

    def has(self, thing: object) -> bool:
        """Whether this is what was held."""
        return self is thing

    def forsake(self, caller: Caller) -> None:
        """Release what is held by one that is gone."""
        while caller in self._holders:
            self._release(caller)

    def __str__(self) -> str:
        return describe(self._kind, "")

    def _call(self, method: str, args: Sequence[Any], kwds: dict[str, Any]) -> Any:
        if self._kind in _TAKEN and method == "acquire":
            return self._acquire(*args, **kwds)
        if self._kind in _TAKEN and method == "release":
            self._release(current_caller())
            return None
        if self._kind in _QUEUES and method == "get":
            return self._get(*args, **kwds)
        if self._kind == "Event" and method == "wait":
            return self._wait(*args, **kwds)
        return self._there(method, *args, **kwds)

    def _check_alive(self) -> None:
        try:
            check_reachable(self.thing)
        except (OSError, EOFError):
            raise SharedObjectError(
                f"{self} cannot be reached: the manager of your own that has it is gone"
            ) from None

    def _there(self, method: str, *args: Any, **kwds: Any) -> Any:
        return self.thing._callmethod(method, args, kwds)  # noqa: SLF001 - the door of proxies

    def _acquire(self, blocking: bool = True, timeout: float | None = None) -> bool:
        for seconds in _slices(patience(blocking, timeout)):
            if self._there("acquire", *((True, seconds) if seconds else (False,))):
                caller = current_caller()
                self._holders.append(caller)
                caller.take(self, partial(self._undo, caller))
                return True
        return False

    def _release(self, caller: Caller) -> None:
        """As of flowlab's own semaphores: for the caller, or for whoever has had it longest."""
        self._there("release")
        if self._holders:
            holder = caller if caller in self._holders else self._holders[0]
            self._holders.remove(holder)
            holder.give(self)

    def _undo(self, caller: Caller) -> None:
        if caller in self._holders:
            self._release(caller)

    def _get(self, block: bool = True, timeout: float | None = None) -> Any:
        for seconds in _slices(patience(block, timeout)):
            with suppress(Empty):
                item = self._there("get", seconds > 0, seconds)
                current_caller().undo = put_back = partial(self._there, "put", item)
                if current_caller().is_gone():
                    put_back()
                    raise Abandoned
                return item
        raise Empty

    def _wait(self, timeout: float | None = None) -> bool:
        return any(self._there("wait", seconds) for seconds in _slices(patience(True, timeout)))


class _Again:
    """Stands for a proxy on its way to a task."""

    def __init__(self, reduced: Any) -> None:
        self._reduced = reduced

    def __reduce__(self) -> Any:
        return self._reduced


def _slices(seconds: float | None) -> Iterator[float]:
    """Seconds of the next attempt, as long as the time is not over and somebody waits."""
    end = math.inf if seconds is None else time.monotonic() + seconds
    while True:
        current_caller().check()
        left = end - time.monotonic()
        yield max(0.0, min(left, _SLICE))
        if left <= _SLICE:
            return


def token_of(proxy: BaseProxy) -> Any:
    """What names the object in its manager."""
    return vars(proxy)["_token"]


def check_reachable(proxy: BaseProxy) -> None:
    """Raise OSError or EOFError when the manager does not answer."""
    connect: Any = vars(proxy)["_Client"]
    connection = connect(token_of(proxy).address, authkey=vars(proxy)["_authkey"])
    try:
        _managers.dispatch(connection, None, "get_methods", (token_of(proxy),))
    finally:
        connection.close()


def reduced(reference: Reference, proxy: BaseProxy) -> Any:
    """How the proxy is pickled for a task: its own class, and no key."""
    is_auto = getattr(proxy, "_isauto", False)
    made = tuple(vars(type(proxy))["_exposed_"]) if is_auto else type(proxy)
    return rebuild_foreign, (made, tuple(reference))


def rebuild_foreign(made: Any, fields: tuple[Any, ...]) -> BaseProxy:
    """A proxy of the user's own class, whose calls go to the switchboard."""
    where, *others = fields
    reference = Reference(Where(*where), *others)
    name = f"AutoProxy[{reference.kind}]"
    proxy_class: Any = _managers.MakeProxyType(name, made) if isinstance(made, tuple) else made
    token = Token(reference.kind, reference.where.near, reference.ident)
    proxy: BaseProxy = proxy_class(token, "pickle", authkey=b"", incref=False)
    again = rebuild_foreign, (made, fields)
    # Beside the class, whatever it has made of them: the user's methods call these
    vars(proxy).update(
        {
            _REFERENCE: reference,
            "_callmethod": partial(_call_foreign, reference),
            "_incref": lambda: None,
            "__reduce_ex__": lambda _protocol: again,
        }
    )
    return proxy


def _call_foreign(reference: Reference, methodname: str, args: Any = (), kwds: Any = None) -> Any:
    request = Request(reference.ident, methodname, tuple(args), dict(kwds or {}))
    return call(reference.where, request, reference.shown)[1]
