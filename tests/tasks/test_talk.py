"""What a script says becomes log records: lines of its output, and records of its own."""

import json
import logging

import pytest

from flowlab.model.limits import TRACE_TEXT
from flowlab.model.packets import split
from flowlab.tasks.kind import CHANNEL
from flowlab.tasks.talk import OUTPUTS, RECORD, Tail, Talk
from tests.kept import Kept

CUT = "a log record of the script was cut, for it was interrupted while it logged"


def told(kept):
    """Logger, level and text of each record."""
    return [(one.name, one.levelname, one.getMessage()) for one in kept.records]


@pytest.fixture
def kept():
    handler = Kept()
    logging.getLogger("node.h").addHandler(handler)
    yield handler
    logging.getLogger("node.h").removeHandler(handler)


def test_each_line_is_a_record(kept):
    talk = Talk("h")
    talk.hear("stdout", b"one\ntw")
    assert told(kept) == [("node.h", "DEBUG", "one")]
    talk.hear("stderr", b"oh\r\n")
    talk.hear("stdout", b"o\n\nla")
    talk.end()
    assert told(kept)[1:] == [
        ("node.h", "WARNING", "oh"),
        ("node.h", "DEBUG", "two"),
        ("node.h", "DEBUG", ""),
        ("node.h", "DEBUG", "la"),
    ]


def test_a_letter_may_come_in_two_pieces(kept):
    talk = Talk("h")
    for byte in "ä€".encode() + b"\xff\n":
        talk.hear("stdout", bytes([byte]))
    assert told(kept) == [("node.h", "DEBUG", "ä€\ufffd")]


def test_a_line_without_end_does_not_grow_for_ever(kept):
    talk = Talk("h")
    talk.hear("stdout", b"x" * (2 * TRACE_TEXT + 1))
    assert [len(one.getMessage()) for one in kept.records] == [TRACE_TEXT, TRACE_TEXT]
    talk.end()
    assert len(kept.records[-1].getMessage()) == 1


def test_records_of_the_channel_come_as_they_were(kept):
    fields = {"name": "node.h.X", "levelno": 20, "levelname": "INFO", "msg": "50 %", "args": None}
    talk = Talk("h")
    message = RECORD + json.dumps({**fields, "created": 7.5, "mine": 3}).encode()
    for packet in split(message, 1, 40):
        talk.hear(CHANNEL, packet)
    assert told(kept) == [("node.h.X", "INFO", "50 %")]
    assert (kept.records[0].created, kept.records[0].mine) == (7.5, 3)


def test_a_record_that_was_cut_is_said_and_the_next_one_comes(kept):
    talk = Talk("h")
    long, short = ({"name": "node.h", "msg": text, "levelno": 20} for text in ("x" * 900, "next"))
    first, *_ = split(RECORD + json.dumps(long).encode(), 1)
    talk.hear(CHANNEL, first)
    for packet in split(RECORD + json.dumps(short).encode(), 1):
        talk.hear(CHANNEL, packet)
    assert kept.texts == [CUT, "next"]


@pytest.mark.parametrize("text", [b"{", b"[1]", b"\xff"])
def test_a_record_that_is_none_is_said(kept, text):
    for packet in split(RECORD + text, 1):
        Talk("h").hear(CHANNEL, packet)
    assert told(kept) == [("node.h", "WARNING", CUT)]


def test_outputs_are_what_came_last():
    talk = Talk("h")
    assert talk.outputs is None
    for data in (b"1", b"22"):
        for packet in split(OUTPUTS + data, 1):
            talk.hear(CHANNEL, packet)
    assert talk.outputs == b"22"


def test_something_can_be_said_about_a_script(kept):
    Talk("h").warn("not found")
    assert told(kept) == [("node.h", "WARNING", "not found")]


def test_the_last_lines_are_kept_for_people():
    talk = Talk("h")
    talk.hear("stdout", b"one\nt")
    talk.hear("stderr", b"oh\n")
    talk.hear("stdout", b"wo")
    talk.end()
    assert talk.said == "one\noh\ntwo\n"


def test_of_many_lines_the_last_are_kept_and_the_others_counted():
    tail = Tail(most=20)
    for number in range(100):
        tail.add(f"line {number}")
    assert tail.text() == "(98 lines before)\nline 98\nline 99\n"
    tail.add("x" * 50)
    assert tail.text() == f"(100 lines before)\n{'x' * 50}\n"
