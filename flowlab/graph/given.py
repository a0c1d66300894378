"""What is given where a task is declared, checked: its name, type, claims and configuration."""

import json
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.resources import ONE_CPU, Resources, Where


def check_name(name: object) -> str:
    """A task's name; empty when it has none."""
    if name is not None and not isinstance(name, str):
        raise UsageError(f"a task's name is a string, not {shorten(name)}")
    return name or ""


def check_claims(
    cpus: object, where: object, limit: object, alone: bool, task: object
) -> Resources:
    """What a task claims, and where it may run; for most there is nothing to look at."""
    if not isinstance(cpus, int) or isinstance(cpus, bool) or cpus < 1:
        raise UsageError(f"{task!r} asks for cpus={cpus!r}; it needs a whole number, at least 1")
    if where is limit is None and not alone:
        return ONE_CPU if cpus == 1 else Resources(cpus)
    return Resources(cpus, (), check_limits(limit, task), check_where(where, task), alone)


def check_where(where: object, task: object) -> Where:
    """Engines and hosts by number and name; none for `"any"` and for None."""
    places = _listed(where)
    if where is not None and not places:  # a list that came out empty is no wish for any place
        raise UsageError(f"{task!r}: where= names no engine and no host; anywhere is 'any'")
    for each in places:
        is_engine = isinstance(each, int) and not isinstance(each, bool) and each >= 0
        if not is_engine and not (isinstance(each, str) and each):
            raise UsageError(
                f"{task!r}: where= takes the number of an engine, the name of a host, a list of "
                f"these, or 'any', not {shorten(each)}"
            )
    return () if "any" in places else tuple(dict.fromkeys(places))


def check_limits(limit: object, task: object) -> tuple[str, ...]:
    """Names of limits, each once."""
    names = _listed(limit)
    for each in names:
        if not isinstance(each, str) or not each:
            raise UsageError(f"{task!r}: limit= takes names of limits, not {shorten(each)}")
    return tuple(dict.fromkeys(names))


def _listed(given: Any) -> tuple[Any, ...]:
    if given is None:
        return ()
    return tuple(given) if isinstance(given, list | tuple | set | frozenset) else (given,)


def check_type(name: object, task: object) -> str:
    """The type that a class of the user's own names."""
    if not isinstance(name, str) or not name:
        raise UsageError(
            f"{type(task).__name__} doesn't define `TASK_TYPE`, such as 'executor/method'"
        )
    return name


def encode_config(config: Any, task: object) -> bytes:
    """The configuration of a task of the user's own type, as it travels."""
    if config is None or config == b"":
        return b""
    try:
        return json.dumps(config).encode()
    except (TypeError, ValueError) as error:
        raise UsageError(f"{task!r}: config must be JSON: {error}") from error


def decode_config(config: bytes) -> Any:
    """What was said as such a configuration."""
    return json.loads(config) if config else None


def shorten(thing: object) -> str:
    """A thing's repr, short enough for a message."""
    text = repr(thing)
    return text if len(text) <= 60 else f"{text[:57]}…"
