"""A record of `logging` as a row that can travel, whatever was logged."""

import logging
import sys

import msgspec
import pytest

from flowlab.model.limits import ERROR_TEXT, TRACE_TEXT
from flowlab.model.logrow import LogRow
from flowlab.worker.records import make_row


def record(msg="text", *args, level=logging.INFO, name="my.logger", **more):
    made = logging.LogRecord(name, level, "/some/code.py", 12, msg, args, None, "work")
    made.__dict__.update(more)
    return made


NO = "<Odd that cannot be shown: RuntimeError>"


class Odd:
    def __repr__(self):
        raise RuntimeError("no")

    __str__ = __repr__


def test_a_row_has_all_that_a_handler_needs():
    made = record("%s of %d", "one", 4, level=logging.DEBUG, created=5.5)
    row = make_row(made)
    assert (row.at, row.level, row.word, row.name) == (5.5, 10, "DEBUG", "my.logger")
    assert (row.text, row.file, row.line, row.function) == (
        "one of 4",
        "/some/code.py",
        12,
        "work",
    )
    assert (row.process, row.thread) == (made.process, made.threadName)


def test_an_exception_and_a_stack_become_text():
    try:
        {}["missing"]
    except KeyError:
        made = record(exc_info=sys.exc_info(), stack_info="Stack (most recent call last):\n  here")
    row = make_row(made)
    assert row.error.startswith("Traceback")
    assert row.error.endswith("KeyError: 'missing'")
    assert row.stack.endswith("here")
    assert make_row(record(exc_info=(None, None, None))).error == ""


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (
            record("%d files", "many"),
            "%d files (its arguments cannot be formatted: TypeError)",
        ),
        (record("%s", Odd()), "%s (its arguments cannot be formatted: RuntimeError)"),
        (record("lone \ud800 half"), "lone \\ud800 half"),
        (record({"a": 1}), "{'a': 1}"),
        (record(Odd(), 1), f"{NO} (its arguments cannot be formatted: RuntimeError)"),
    ],
)
def test_what_cannot_be_formatted_is_said_to_be_so(made, text):
    assert make_row(made).text == text


def test_what_the_caller_gave_as_extra_goes_along_as_far_as_it_is_plain():
    made = record(
        user="me", count=3, share=0.5, done=True, none=None, big=1 << 90, what=[1], odd=Odd()
    )
    assert make_row(made).extra == {
        "user": "me",
        "count": 3,
        "share": 0.5,
        "done": True,
        "none": None,
        "big": str(1 << 90),
        "what": "[1]",
        "odd": "<Odd that cannot be shown: RuntimeError>",
    }
    assert make_row(record()).extra == {}


def test_a_row_is_bounded():
    made = record("x" * (3 * TRACE_TEXT), exc_text="y" * (3 * ERROR_TEXT))
    made.__dict__.update({f"name{n}": "z" * 10_000 for n in range(1_000)})
    row = make_row(made)
    assert row.size < TRACE_TEXT + ERROR_TEXT + 64 * 1_200
    assert "characters left out" in row.text


def test_records_with_nonsense_in_them_still_travel():
    made = record(
        created="now", levelno="high", lineno=None, process="p", threadName=None, funcName=3
    )
    row = make_row(made)
    sent = msgspec.msgpack.encode(row)
    assert msgspec.msgpack.decode(sent, type=LogRow) == row
    assert (row.at, row.level, row.line) == (0.0, 0, 0)
