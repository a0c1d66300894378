"""`SharedProxy`: what stands for a shared object wherever it is used."""

import functools
from multiprocessing.managers import BaseProxy, Token
from typing import Any, NamedTuple

from flowlab.errors import SharedObjectError
from flowlab.model.ids import HostId
from flowlab.shared.catalog import LOGGER, describe
from flowlab.shared.keys import key_of
from flowlab.shared.lines import Address, line_to
from flowlab.shared.logbook import PROXY_METHODS
from flowlab.shared.referent import VALUE
from flowlab.shared.wire import CANCELLED, ERROR, ITSELF, Reply, Request, decode, encode
from flowlab.staging.host import host_id


class Where(NamedTuple):
    """Where a server is.

    run, manager  whose key it has
    host          on which it runs
    near, far     its address for processes of that host, and of others; the latter may be none
    """

    run: str
    manager: str
    host: HostId
    near: Address
    far: Address | None

    def address(self) -> Address:
        """How it is reached from this process."""
        if self.host == _here():
            return self.near
        if self.far is None:
            raise SharedObjectError(
                "shared objects of another host listen on none: give Client(listen="
                "'tcp://ADDRESS:*') an address that engines of other hosts can reach"
            )
        return self.far


class Reference(NamedTuple):
    """All that a proxy is, as it travels.

    kind     type of the object, for people
    methods  that may be called
    fields   that may be read
    waits    whether a task may wait there for another
    ready    the name of its type, when that is a ready-made one
    """

    where: Where
    ident: str
    kind: str
    name: str
    methods: tuple[str, ...]
    fields: tuple[str, ...]
    waits: bool
    ready: str = ""

    @property
    def shown(self) -> str:
        """The object, for people."""
        return describe(self.kind, self.name)


class SharedProxy(BaseProxy):
    """Its methods are those of the object that are exposed; each call goes to where that is."""

    def __init__(self, reference: Reference) -> None:
        # Not BaseProxy's: that opens a connection, and counts references
        self._reference = reference
        self._token = Token(reference.kind, reference.where.near, reference.ident)
        self._id = reference.ident

    def _callmethod(self, methodname: str, args: Any = (), kwds: Any = None) -> Any:
        """Call a method of the object; what it raises is raised here."""
        reference = self._reference
        request = Request(reference.ident, methodname, tuple(args), kwds or {})
        kind, value = call(reference.where, request, repr(self))
        return self if kind == ITSELF else value

    def _getvalue(self) -> Any:
        """A copy of the whole object."""
        return self._callmethod(VALUE)

    def __reduce__(self) -> Any:
        return rebuild, (tuple(self._reference),)

    def __deepcopy__(self, memo: Any) -> Any:
        return self._getvalue()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, SharedProxy):
            return NotImplemented
        return self._reference == other._reference

    def __hash__(self) -> int:
        return hash((self._reference.where, self._reference.ident))

    def __repr__(self) -> str:
        return self._reference.shown

    def __str__(self) -> str:
        return repr(self)


def call(where: Where, request: Request, shown: str) -> Reply:
    """Have a call made; what the object raises is raised here.

    shown  the object, for people
    """
    data = encode(tuple(request))
    try:
        answer = line_to(where.address(), key_of(where.run, where.manager)).exchange(data)
    except (EOFError, ConnectionError) as error:
        raise SharedObjectError(
            f"{shown} cannot be reached: its process is gone ({told(error)}). It ends with its "
            "session, and when it is killed; make the object anew in a session that is open"
        ) from None
    except OSError as error:
        raise SharedObjectError(f"{shown} cannot be reached: {error}") from None
    except SharedObjectError as error:
        raise type(error)(f"{shown} cannot be reached: {error}") from None
    kind, value = decode(answer)
    if kind == ERROR:
        raised, frames = value
        if frames:
            raised.add_note(f"raised in the process of {shown}:\n{frames}")
        raise raised
    if kind == CANCELLED:  # only who was interrupted hears so, and does not listen
        raise SharedObjectError(f"a call of {shown} was withdrawn")
    return kind, value


def told(error: BaseException) -> str:
    """What went wrong with a connection, for people."""
    return getattr(error, "strerror", None) or "it ended in the middle of a call"


def reference_of(proxy: SharedProxy) -> Reference:
    """All that it is; beside its class, whose names are the object's own."""
    reference: Reference = vars(proxy)["_reference"]
    return reference


def rebuild(fields: tuple[Any, ...]) -> SharedProxy:
    """The proxy again, in another process."""
    where, *others = fields
    return make_proxy(Reference(Where(*where), *others))


def make_proxy(reference: Reference) -> SharedProxy:
    """The proxy of an object, with its methods."""
    return _class_of(reference.kind, reference.methods, reference.fields, reference.ready)(
        reference
    )


@functools.lru_cache(maxsize=256)
def _class_of(
    kind: str, methods: tuple[str, ...], fields: tuple[str, ...], ready: str
) -> type[SharedProxy]:
    parts: dict[str, Any] = {name: _method(name) for name in methods}
    parts.update({name: _field(name) for name in fields})
    parts.update(_EXTRAS.get(ready, {}))
    return type(f"Shared{kind[:1].upper()}{kind[1:]}", (SharedProxy,), parts)


def _method(name: str) -> Any:
    if name == "__exit__":
        return _exit
    if name == "__iter__":
        return _iterate

    def method(self: SharedProxy, /, *args: Any, **kwds: Any) -> Any:
        return self._callmethod(name, args, kwds)

    method.__name__ = method.__qualname__ = name
    return method


def _field(name: str) -> Any:
    return property(lambda self: self._callmethod(name))


def _iterate(self: SharedProxy) -> Any:
    return iter(self._callmethod("__iter__"))


def _exit(self: SharedProxy, kind: Any, error: Any, _frames: Any) -> Any:
    return self._callmethod("__exit__", (kind, error, None))


def _leave_lock(self: SharedProxy, *_exc: object) -> None:
    self._callmethod("release")


def _extend(self: SharedProxy, more: Any) -> SharedProxy:
    self._callmethod("extend", (list(more),))
    return self


def _add(self: SharedProxy, amount: Any) -> SharedProxy:
    self._callmethod("add", (amount,))
    return self


def _subtract(self: SharedProxy, amount: Any) -> SharedProxy:
    self._callmethod("add", (-amount,))
    return self


_LOCK = {"__exit__": _leave_lock}
# What some ready-made types have besides
_EXTRAS: dict[str, dict[str, Any]] = {
    **dict.fromkeys(("Lock", "RLock", "Semaphore", "BoundedSemaphore"), _LOCK),
    "list": {"__iadd__": _extend},
    "Counter": {"__iadd__": _add, "__isub__": _subtract},
    "Value": {
        "value": property(
            lambda self: self._callmethod("get"),
            lambda self, value: self._callmethod("set", (value,)),
        )
    },
    LOGGER: PROXY_METHODS,
}

_here = functools.cache(host_id)
