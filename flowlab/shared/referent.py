"""`Referent`: a shared object where it lives, and what of it may be used."""

import inspect
from collections.abc import Callable, Sequence
from functools import partialmethod, singledispatchmethod
from typing import Any, Protocol

from flowlab.errors import UsageError
from flowlab.shared.catalog import describe, ready_made
from flowlab.shared.wire import decode

# Methods without a public name that proxies have when the object's class does
_PROTOCOLS = (
    "__len__", "__getitem__", "__setitem__", "__delitem__", "__contains__", "__iter__", "__next__",
    "__call__", "__enter__", "__exit__",
)  # fmt: skip
_METHODS = (classmethod, partialmethod, singledispatchmethod)  # that cannot be called themselves
_NOWHERE = object()
VALUE = "#GETVALUE"  # as `multiprocessing` asks for the whole object


class Served(Protocol):
    """What a server has.

    thing  the object itself
    """

    @property
    def thing(self) -> Any: ...
    def call(self, method: str, args: Sequence[Any], kwds: dict[str, Any]) -> Any:
        """Call a method, or read a field."""
        ...

    def has(self, thing: object) -> bool:
        """Whether this is what somebody holds."""
        ...


class Referent:
    """One object.

    kind     its type, for people
    methods  that may be called
    fields   that may be read
    """

    def __init__(self, thing: Any, kind: str, name: str, exposed: Sequence[str] | None) -> None:
        self.thing = thing
        self.kind = kind
        self.name = name
        wanted = _public(thing) if exposed is None else tuple(exposed)
        _check_exposed(thing, str(self), wanted)
        self.methods = tuple(each for each in wanted if _is_method(thing, each))
        self.fields = tuple(each for each in wanted if each not in self.methods)
        self._allowed = frozenset(wanted)

    @classmethod
    def make(
        cls, kind: str, factory: bytes, given: bytes, exposed: Sequence[str] | None, name: str
    ) -> "Referent":
        """Make the object here.

        factory  pickle of what makes it; empty for a ready-made type
        given    pickle of its arguments
        """
        make: Callable[..., Any] = decode(factory) if factory else ready_made(kind).make
        args, kwds = decode(given)
        if exposed is None and not factory:
            exposed = ready_made(kind).exposed
        return cls(make(*args, **kwds), kind, name, exposed)

    def call(self, method: str, args: Sequence[Any], kwds: dict[str, Any]) -> Any:
        """Call a method, or read a field."""
        if method == VALUE:
            return _Copy(self.thing)
        if method not in self._allowed:
            allowed = ", ".join(sorted(self._allowed)) or "none"
            raise UsageError(f"{self} does not expose {method!r}; exposed are: {allowed}")
        found = getattr(self.thing, method)
        if not callable(found):
            return found
        value = found(*args, **kwds)
        return list(value) if method == "__iter__" else value

    def has(self, thing: object) -> bool:
        """Whether this is the object."""
        return self.thing is thing

    def __str__(self) -> str:
        return describe(self.kind, self.name)


class _Copy:
    """The object itself, not a reference to it."""

    def __init__(self, thing: Any) -> None:
        self._thing = thing

    def __reduce__(self) -> Any:
        return _itself, (self._thing,)


def _itself(thing: Any) -> Any:
    return thing


def _public(thing: Any) -> tuple[str, ...]:
    """What is exposed of an object when nobody says: its public methods."""
    found = [name for name in dir(thing) if not name.startswith("_")]
    named = [name for name in found if _is_method(thing, name)]
    known = {name for each in type(thing).__mro__ for name in vars(each)}
    return (*named, *(name for name in _PROTOCOLS if name in known))


def _is_method(thing: Any, name: str) -> bool:
    """Whether it can be called; a property is not looked at, since it may do anything."""
    found = inspect.getattr_static(thing, name, _NOWHERE)
    if found is _NOWHERE:  # the object's own __getattr__ may know it
        return callable(getattr(thing, name, None))
    return callable(found) or isinstance(found, _METHODS)


def _check_exposed(thing: Any, shown: str, exposed: Sequence[str]) -> None:
    for name in exposed:
        found = inspect.getattr_static(thing, name, _NOWHERE)
        if found is _NOWHERE and not hasattr(thing, name):
            raise UsageError(
                f"exposed={name!r}: {shown}, a {type(thing).__name__}, has nothing of this name"
            )
