"""The file names in a job's parameters: found, changed, and shown to people.

A parameter is a name, or a list, tuple or set of parameters, however deep; what is anything else
is no file.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Any

_SEQUENCES = (list, tuple, set)
_LEVELS = 2  # directories of a path that are shown
_GLOB = frozenset("*[]?")


def is_sequence(value: object) -> bool:
    """Whether names stand in it."""
    return isinstance(value, _SEQUENCES)


def is_glob(value: object) -> bool:
    """Whether it is a pattern."""
    return isinstance(value, str) and not _GLOB.isdisjoint(value)


def names_in(parameter: Any) -> list[str]:
    """All the names in a parameter, in order; none twice."""
    return list(dict.fromkeys(_found(parameter)))


def renamed(parameter: Any, change: Callable[[str], str]) -> Any:
    """The parameter with `change` applied to all its names."""
    if isinstance(parameter, str):
        return change(parameter)
    if isinstance(parameter, PurePath):
        return type(parameter)(change(str(parameter)))
    if is_sequence(parameter):
        made = [renamed(each, change) for each in parameter]
        kind = type(parameter)
        return kind._make(made) if hasattr(kind, "_make") else kind(made)  # a namedtuple, or not
    return parameter


def shown(value: Any) -> str:
    """A parameter in a job's name: of long paths the end."""
    if is_sequence(value):
        return f"[{', '.join(map(shown, value))}]"
    if isinstance(value, str | PurePath):
        return _plain(_shortened(str(value)))
    return _plain(_text(value))


def shown_extra(value: Any) -> str:
    """What comes behind a job's files: its text, as `str` gives it."""
    return _plain(_text(value))


def _found(parameter: Any) -> Iterator[str]:
    if isinstance(parameter, str | PurePath):
        yield str(parameter)
    elif is_sequence(parameter):
        for each in parameter:
            yield from _found(each)


def _text(value: object) -> str:
    """Without the address of an object that says nothing else of itself."""
    try:
        text = str(value)
    except Exception:  # noqa: BLE001 - a user's own __str__ may raise anything
        return f"<{type(value).__name__}>"
    if text.startswith("<") and text.endswith(">") and " object" in text:
        return f"{text[: text.index(' object')].replace('__main__.', '')}>"
    return text


def _plain(text: str) -> str:
    return text.replace('"', "'")


def _shortened(path: str) -> str:
    if path[1:].count("/") < _LEVELS:
        return path
    relative = os.path.relpath(path)
    if relative.count("/") <= _LEVELS:
        return relative
    return f".../{'/'.join(path.split('/')[-_LEVELS:])}"
