"""Runs the calls of one chunk of a map, and names the call that failed."""

import reprlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import repeat
from types import FunctionType
from typing import Any

from flowlab.errors import ContentTypeError
from flowlab.staging.instance import DataInstance
from flowlab.tasks.code import name_of
from flowlab.tasks.kind import Context

_repr = reprlib.Repr()
_repr.maxother = _repr.maxstring = 60  # characters of one argument
_MOST = 200  # characters of all


def run_calls(
    function: Callable[..., Any],
    columns: Sequence[Sequence[Any]],
    first: int,
    context: Context | None = None,
) -> list[Any]:
    """The results in order; an exception is noted with the number of its call and the arguments.

    columns  one sequence for each argument, as long as there are calls
    first    number of the first call
    context  given to each call before its arguments, unless it is None
    """
    count = len(columns[0])
    heads = () if context is None else (repeat(context, count),)
    results: list[Any] = []
    try:
        if isinstance(function, FunctionType):
            results.extend(map(function, *heads, *columns))  # all between two calls is in C
        else:  # what is C itself could not be interrupted there
            for arguments in zip(*heads, *columns, strict=True):
                results.append(function(*arguments))  # noqa: PERF401 - what is done is counted
    except (Exception, SystemExit) as error:
        note_call(error, function, columns, first, len(results))
        raise
    if len(results) < count:  # it ended the loop, and looks as if there were no more calls
        stopped = RuntimeError("the function raised StopIteration")
        note_call(stopped, function, columns, first, len(results))
        raise stopped
    return results


def encode_results(
    context: Context,
    results: list[Any],
    function: Callable[..., Any],
    columns: Sequence[Sequence[Any]],
    first: int,
) -> DataInstance:
    """All results as one value; ContentTypeError names the first call whose result is none."""
    try:
        return context.pickled(results)
    except ContentTypeError:
        for place, result in enumerate(results):
            try:
                context.pickled(result)
            except ContentTypeError as error:
                note_call(error, function, columns, first, place)
                raise
        raise


def note_call(
    error: BaseException,
    function: Callable[..., Any],
    columns: Sequence[Sequence[Any]],
    first: int,
    place: int,
) -> None:
    """Add to an exception which call of the map raised it."""
    with suppress(Exception):  # the exception's class, or an argument's __repr__, may do anything
        arguments = ", ".join(_repr.repr(column[place]) for column in columns)
        if len(arguments) > _MOST:
            arguments = f"{arguments[:_MOST]}…"
        error.add_note(f"call {first + place}: {name_of(function)}({arguments})")
