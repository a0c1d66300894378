"""What may not be submitted, found before anything is sent."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from flowlab.errors import UsageError
from flowlab.graph.nodes import DataObject, Task, check_readable
from flowlab.graph.user import Wave


def check_submit(
    tasks: Sequence[Task],
    constants: Sequence[DataObject],
    marked: Iterable[Task | DataObject],
    wave: Wave,
) -> None:
    """Raise UsageError when this piece of a graph cannot be submitted as it is.

    tasks      declared since the last submit, with all of it that they read; their outputs come
               with them
    constants  declared since the last submit
    marked     what of these the user may have said something of
    wave       of what was declared since the last submit
    """
    for constant in constants:
        if constant.value is None:
            raise UsageError(f"{constant!r} has neither a value nor a task that makes it")
    for thing in marked:
        if thing.said:
            _check_user(thing)
    for task in tasks:
        for obj in task.reads:
            if (obj if obj.task is None else obj.task).wave is not wave:
                _check_input(obj, task)


def _check_input(obj: DataObject, task: Task) -> None:
    """Of what is not submitted together with its reader."""
    if obj.owner is not task.owner:
        raise UsageError(f"{task!r} reads {obj!r} of session {obj.owner.name!r}")
    if not obj.submitted:
        raise UsageError(
            f"{task!r} reads {obj!r}, which is neither submitted nor declared any longer; "
            "declare it and its readers again"
        )
    check_readable(obj, task)  # it may have been un-kept since the task was declared


def _check_user(thing: Task | DataObject) -> None:
    """`user` travels as JSON."""
    try:
        json.dumps(thing.user)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{thing!r}: spec.user must be JSON: {error}") from error
    keys: list[Any] = list(thing.user)  # whatever the user put there
    if odd := [key for key in keys if not isinstance(key, str)]:
        raise UsageError(f"{thing!r}: spec.user must be JSON: its key {odd[0]!r} is no string")
