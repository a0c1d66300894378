"""The calls of one chunk: results in order, and which call failed."""

import functools
import operator

import pytest

from flowlab.errors import ContentTypeError
from flowlab.tasks.running import encode_results, note_call, run_calls


def divide(a, b):
    return a / b


def noted(error):
    return error.value.__notes__


@pytest.mark.parametrize("function", [divide, operator.truediv, functools.partial(divide)])
def test_results_are_in_order(function):
    assert run_calls(function, ([6, 8, 9], range(1, 4)), 0) == [6, 4, 3]


def test_the_context_comes_first_when_there_is_one():
    assert run_calls(lambda ctx, a: (ctx, a), ("ab",), 0, "ctx") == [("ctx", "a"), ("ctx", "b")]


@pytest.mark.parametrize("function", [divide, functools.partial(divide)])
def test_the_call_that_raises_is_noted(function):
    with pytest.raises(ZeroDivisionError) as raised:
        run_calls(function, ([6, 8, 9], [3, 0, 0]), 100)
    assert noted(raised) == ["call 101: divide(8, 0)"]


def test_a_call_that_ends_the_process_is_noted_too():
    def leave(_):
        raise SystemExit(3)

    with pytest.raises(SystemExit) as raised:
        run_calls(leave, ([6],), 0)
    assert noted(raised) == ["call 0: leave(6)"]


@pytest.mark.parametrize("as_class", [False, True])
def test_a_call_that_raises_stop_iteration_does_not_end_the_map_in_silence(as_class):
    def stop(number):
        if number == 1:
            raise StopIteration
        return number

    function = functools.partial(stop) if as_class else stop
    with pytest.raises((RuntimeError, StopIteration)) as raised:
        run_calls(function, (range(5),), 0)
    assert noted(raised) == ["call 1: stop(1)"]


def test_long_arguments_are_cut():
    error = ValueError()
    note_call(error, divide, [["x" * 10_000]] * 9, 0, 0)
    assert len(error.__notes__[0]) < 300


def test_an_argument_that_cannot_be_shown_hides_no_error():
    class Hostile:
        def __repr__(self):
            raise RuntimeError

    error = ValueError()
    note_call(error, divide, [[Hostile()]], 0, 0)
    assert "Hostile" in error.__notes__[0]


def test_a_result_that_cannot_be_pickled_is_noted(engine):
    def make(number):
        return open if number < 2 else (n for n in ())

    results = run_calls(make, (range(5),), 10)
    with pytest.raises(ContentTypeError, match="generator") as raised:
        encode_results(engine, results, make, (range(5),), 10)
    assert noted(raised) == ["call 12: make(2)"]
