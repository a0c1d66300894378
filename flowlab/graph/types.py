"""Task types of the user's own: the function that runs each, by its name.

A type is called `executor/method`, as in Rain; the kinds of task that come along have no slash.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from flowlab.errors import UsageError
from flowlab.graph.owner import Owner


class Function(NamedTuple):
    """Code of a task: `key` names it everywhere, `data` is the pickle, `source` is for people.

    shared  the shared objects that it holds, as `Owner.refer` gives them
    """

    key: str
    data: bytes
    source: str = ""
    shared: tuple[Any, ...] = ()


_makers: dict[str, Callable[[Owner], Function]] = {}


def is_own(name: str) -> bool:
    """Whether the name is one of a user's own type."""
    return "/" in name


def register_type(name: object, make: Callable[[Owner], Function]) -> None:
    """Say what runs tasks of this type; `make` is called with its owner when one is declared."""
    if not isinstance(name, str) or not is_own(name):
        raise UsageError(f"a task type is called 'executor/method', not {name!r}")
    _makers[name] = make


def function_of(name: str, owner: Owner) -> Function:
    """What runs tasks of this type."""
    if name not in _makers:
        raise UsageError(
            f"Unknown task type {name!r}: say what runs it by @task_type({name!r}) above a "
            "function of the context and the inputs"
        )
    return _makers[name](owner)
