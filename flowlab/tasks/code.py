"""A function as it travels: pickled whole, named by what it is, with its source for people."""

import hashlib
import inspect
from collections.abc import Callable
from typing import Any

from flowlab.errors import UsageError
from flowlab.graph.nodes import Function
from flowlab.graph.owner import Owner
from flowlab.tasks.pickling import dumps


def pack_function(function: Callable[..., Any], owner: Owner | None = None) -> Function:
    """Pickle a function, for tasks of this owner.

    UsageError when it, or what it refers to, cannot be pickled.
    """
    try:
        data, shared = dumps(function, owner)
    except UsageError:
        raise
    except Exception as error:  # what the function refers to may raise anything
        raise UsageError(
            f"the function {name_of(function)}() cannot be pickled: "
            f"{type(error).__name__}: {error}; what it reads from outside must travel too"
        ) from error
    key = hashlib.blake2b(data, digest_size=16).hexdigest()
    return Function(key, data, source_of(function), shared)


def name_of(function: Callable[..., Any]) -> str:
    """How people call a function, or whatever else can be called."""
    inner = getattr(function, "func", function)  # of a partial
    name = getattr(inner, "__name__", None)
    return name if isinstance(name, str) else type(function).__name__


def source_of(function: Callable[..., Any]) -> str:
    """A function's text for people; empty when nobody knows it."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):  # made by exec, or typed at a prompt without history
        return ""
