"""Parsing, while other threads may parse as well."""

import ast

import pytest

from flowlab.tasks.syntax import parse


@pytest.fixture
def miscount(monkeypatch):
    """Let the parser of CPython fail as it does when threads meet in it."""
    right, calls = ast.parse, []

    def start(times):
        def wrong(*args):
            calls.append(args)
            if len(calls) <= times:
                raise SystemError("AST constructor recursion depth mismatch (before=48, after=153)")
            return right(*args)

        monkeypatch.setattr(ast, "parse", wrong)
        return calls

    return start


def test_source_is_parsed():
    assert ast.unparse(parse("x = 1", "<cell>")) == "x = 1"


def test_what_threads_did_to_each_other_is_tried_again(miscount):
    calls = miscount(times=3)
    assert ast.unparse(parse("x = 1", "<cell>")) == "x = 1"
    assert len(calls) == 4


def test_a_fault_that_stays_is_told(miscount):
    miscount(times=1000)
    with pytest.raises(SystemError, match="mismatch"):
        parse("x = 1", "<cell>")


def test_wrong_source_is_told_at_once(miscount):
    calls = miscount(times=0)
    with pytest.raises(SyntaxError):
        parse("x =", "<cell>")
    assert len(calls) == 1
