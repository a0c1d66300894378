"""The ready-made types of shared objects, by their names."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flowlab.shared.locks import BoundedSemaphore, Lock, RLock, Semaphore
from flowlab.shared.logbook import METHODS, LogBook
from flowlab.shared.meetings import Barrier, Event, Queue
from flowlab.shared.values import Counter, Value


class Ready(NamedTuple):
    """One type.

    exposed  methods and fields that proxies have
    waits    whether one task may wait there for another
    """

    make: Callable[..., Any]
    exposed: tuple[str, ...]
    waits: bool = True


_LOCK = ("acquire", "release", "__enter__", "__exit__")

KINDS: dict[str, Ready] = {
    "dict": Ready(
        dict,
        (
            "__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__",
            "clear", "copy", "get", "items", "keys", "pop", "popitem", "setdefault", "update",
            "values",
        ),
        waits=False,
    ),
    "list": Ready(
        list,
        (
            "__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__",
            "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove",
            "reverse", "sort",
        ),
        waits=False,
    ),
    "Value": Ready(Value, ("get", "set"), waits=False),
    "Counter": Ready(Counter, ("add", "increment", "decrement", "get", "value"), waits=False),
    "Queue": Ready(
        Queue,
        (
            "put", "get", "put_nowait", "get_nowait", "qsize", "empty", "full", "task_done",
            "join", "maxsize",
        ),
    ),
    "Event": Ready(Event, ("set", "clear", "is_set", "wait")),
    "Lock": Ready(Lock, (*_LOCK, "locked")),
    "RLock": Ready(RLock, _LOCK),
    "Semaphore": Ready(Semaphore, (*_LOCK, "get_value")),
    "BoundedSemaphore": Ready(BoundedSemaphore, (*_LOCK, "get_value")),
    "Barrier": Ready(Barrier, ("wait", "abort", "reset", "parties", "n_waiting", "broken")),
}  # fmt: skip

LOGGER = "Logger"
HIDDEN = {LOGGER: Ready(LogBook, METHODS, waits=False)}  # made by a method of their own


def ready_made(name: str) -> Ready:
    """The type of this name."""
    return KINDS.get(name) or HIDDEN[name]


def describe(kind: str, name: str) -> str:
    """A shared object, for people."""
    return f"<shared {kind} {name!r}>" if name else f"<shared {kind}>"
