"""What tasks say, in numbered and bounded chunks."""

import logging
import os
import subprocess
import sys
import time

from flowlab.model.limits import TRACE_TASK, TRACE_TEXT
from flowlab.worker.tap import Tap
from tests.worker.workshop import batch, job, task_id


def open_tap():
    tap = Tap()
    tap.begin((7, 1))
    return tap


def test_text_of_one_stream_is_put_together_and_chunks_count_over_all_streams():
    tap = open_tap()
    for stream, text in (("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d")):
        tap.say(stream, text)
    chunks = tap.end()
    assert [(one.number, one.stream, one.text) for one in chunks] == [
        (1, "stdout", "ab"),
        (2, "stderr", "c"),
        (3, "stdout", "d"),
    ]
    assert {(one.task, one.assignment) for one in chunks} == {(7, 1)}


def test_the_count_goes_on_when_a_part_was_taken_already():
    tap = open_tap()
    tap.say("stdout", "early")
    assert [one.number for one in tap.take()] == [1]
    tap.say("stdout", "late")
    assert [one.number for one in tap.end()] == [2]
    assert not tap.is_open


def test_the_middle_of_a_huge_text_is_left_out_and_counted():
    tap = open_tap()
    tap.say("stdout", "a" + "x" * 10_000_000 + "z")
    (chunk,) = tap.end()
    assert len(chunk.text.encode()) <= TRACE_TEXT
    assert (chunk.text[0], chunk.text[-1]) == ("a", "z")
    assert chunk.dropped >= 10_000_000 - TRACE_TEXT


def test_a_task_that_says_too_much_is_cut_off_and_what_is_missing_is_counted():
    tap = open_tap()
    said = 3 * TRACE_TASK // 1000
    for _ in range(said):
        tap.say("stdout", "x" * 1000)
    chunks = tap.end()
    kept = sum(len(one.text) for one in chunks)
    assert kept <= TRACE_TASK + 1000
    assert kept + sum(one.dropped for one in chunks) == said * 1000
    assert all(len(one.text) <= TRACE_TEXT for one in chunks)


def test_a_new_task_begins_with_a_full_allowance():
    tap = open_tap()
    tap.say("stdout", "x" * 100)
    tap.end()
    tap.begin((8, 1))
    tap.say("stdout", "y")
    assert [(one.task, one.number, one.text) for one in tap.end()] == [(8, 1, "y")]


def test_what_utf8_cannot_hold_is_escaped():
    tap = open_tap()
    tap.say("stdout", "a\ud800b")
    assert tap.end()[0].text == "a\\ud800b"


def test_all_ways_to_say_something_are_told_apart(shop):
    def says(ctx):
        print("printed")
        print("warned", file=sys.stderr)
        sys.stdout.buffer.write(b"bytes\n")
        logging.getLogger("mine").warning("logged %d", 1)
        ctx.debug("debugged")
        os.write(1, b"by descriptor\n")
        subprocess.run(["sh", "-c", "echo by child; echo child error >&2"], check=True)
        return 1

    sheet = shop.call(says, lambda ctx: print("second") or 2)
    assert sheet.text(1, "stdout") == "printed\nbytes\nby descriptor\nby child\n"
    assert sheet.text(1, "stderr") == "warned\nchild error\n"
    assert sheet.text(1, "log") == "WARNING mine: logged 1\n"
    assert sheet.text(1, "debug") == "debugged\n"
    assert sheet.text(2, "stdout") == "second\n"
    numbers = [one.number for one in sheet.traces if one.task == task_id(1)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_flood_on_the_descriptors_is_cut_off_and_the_next_task_is_not_touched(shop):
    def floods(ctx):
        for _ in range(64):
            os.write(1, b"x" * 65536)
        return 1

    sheet = shop.call(floods, lambda ctx: os.write(1, b"mine") and 2)
    assert len(sheet.text(1, "stdout")) <= TRACE_TASK
    assert sheet.text(2, "stdout") == "mine"


def test_a_running_task_is_heard_before_it_ended(shop):
    def waits(ctx):
        print("early")
        deadline = time.monotonic() + 20
        while not any(report.traces for report in shop.reports):
            assert time.monotonic() < deadline
            shop.loop.flush()
        return 1

    shop.loop._memory._functions["waits"] = waits
    shop.loop._memory._pickled["waits"] = b"-"
    sheet = shop.run(batch([job(1, publish=True, function="waits")]))
    assert sheet.text(1, "stdout") == "early\n"
    assert task_id(1) in sheet.finished
