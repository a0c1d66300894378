"""The tree of errors is the one that its docstring draws."""

import inspect
import pickle
import re

import pytest

from flowlab import errors
from flowlab.errors import FlowlabError, SessionError, StageError, TaskError, UsageError

CLASSES = {
    name: each
    for name, each in vars(errors).items()
    if inspect.isclass(each) and not name.startswith("_")
}


def drawn():
    """class -> the class above it, read from the drawing."""
    above, stack = {}, []
    for line in errors.__doc__.splitlines():
        found = re.match(r"^ {4}([ │├└─]*)(\w+Error|\w+) {2,}\S", line)
        if found is None:
            continue
        depth = len(found[1])
        while stack and stack[-1][0] >= depth:
            stack.pop()
        above[found[2]] = stack[-1][1] if stack else None
        stack.append((depth, found[2]))
    return above


def test_the_drawing_has_every_error_and_no_other():
    assert set(drawn()) == set(CLASSES)


@pytest.mark.parametrize("name", sorted(set(CLASSES) - {"FlowlabError"}))
def test_each_error_stands_below_what_the_drawing_says(name):
    bases = [base for base in CLASSES[name].__bases__ if issubclass(base, FlowlabError)]
    assert [base.__name__ for base in bases] == [drawn()[name]]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_error_says_what_it_is_and_keeps_its_message(name):
    assert inspect.getdoc(CLASSES[name])
    assert str(CLASSES[name]("what, where, remedy")) == "what, where, remedy"


def test_a_task_error_holds_the_task_and_its_traceback():
    error = TaskError("load failed", "load", "line 1")
    assert (str(error), error.task, error.traceback) == ("load failed", "load", "line 1")
    assert (TaskError("x").task, TaskError("x").traceback) == ("", "")


@pytest.mark.parametrize(
    ("error", "builtin"),
    [
        (errors.WrongKind, TypeError),
        (errors.WrongValue, ValueError),
        (errors.WrongPath, OSError),
        (errors.MissingData, KeyError),
        (errors.HeavyArgument, Warning),
    ],
)
def test_what_rain_raised_as_a_built_in_error_is_caught_as_one(error, builtin):
    assert issubclass(error, builtin)
    assert issubclass(error, UsageError)


@pytest.mark.parametrize(
    "error", [UsageError("no"), SessionError("no"), TaskError("no", "t"), StageError("no")]
)
def test_a_notebook_shows_the_message_and_no_frame_of_ours(error):
    assert error._render_traceback_() == [f"{type(error).__name__}: no"]


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_error_can_be_pickled(name):
    error = pickle.loads(pickle.dumps(CLASSES[name]("message")))
    assert (type(error), str(error)) == (CLASSES[name], "message")
