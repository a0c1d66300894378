"""What is given where a task is declared, checked: its name, type, cpus and configuration."""

import json
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.resources import ONE_CPU, Resources


def check_name(name: object) -> str:
    """A task's name; empty when it has none."""
    if name is not None and not isinstance(name, str):
        raise UsageError(f"a task's name is a string, not {shorten(name)}")
    return name or ""


def check_cpus(cpus: object, task: object) -> Resources:
    """What a task claims."""
    if not isinstance(cpus, int) or isinstance(cpus, bool) or cpus < 1:
        raise UsageError(f"{task!r} asks for cpus={cpus!r}; it needs a whole number, at least 1")
    return ONE_CPU if cpus == 1 else Resources(cpus)


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
