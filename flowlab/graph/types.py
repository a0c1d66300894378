"""Task types of the user's own: the function that runs each, by its name.

A type is called `executor/method`, as in Rain; the kinds of task that come along have no slash.
"""

from collections.abc import Callable
from typing import NamedTuple

from flowlab.errors import UsageError


class Function(NamedTuple):
    """Code of a task: `key` names it everywhere, `data` is the pickle, `source` is for people."""

    key: str
    data: bytes
    source: str = ""


_makers: dict[str, Callable[[], Function]] = {}


def is_own(name: str) -> bool:
    """Whether the name is one of a user's own type."""
    return "/" in name


def register_type(name: object, make: Callable[[], Function]) -> None:
    """Say what runs tasks of this type; `make` is called when one is declared."""
    if not isinstance(name, str) or not is_own(name):
        raise UsageError(f"a task type is called 'executor/method', not {name!r}")
    _makers[name] = make


def function_of(name: str) -> Function:
    """What runs tasks of this type."""
    if name not in _makers:
        raise UsageError(
            f"Unknown task type {name!r}: say what runs it by @task_type({name!r}) above a "
            "function of the context and the inputs"
        )
    return _makers[name]()
