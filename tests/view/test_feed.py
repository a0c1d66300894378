"""A browser's frames: numbered, bounded, nothing while hidden, and never out of step."""

import json

import pytest

from flowlab.events import messages as m
from flowlab.model import limits
from flowlab.model.ids import Assignment, EngineId
from flowlab.model.logrow import LogRow
from flowlab.view.feed import Reel, encode_frame
from flowlab.view.fold import Folder
from flowlab.view.frames import Delta, Snapshot
from tests.view.restored import restored
from tests.view.story import Story, tid

SIZE = 50_000


def said(seq, text="x\n"):
    return m.Entry(seq, 1.0, None, m.Said(tid(10), Assignment(1), seq, "stdout", text, 1.0))


def running(count=3):
    return Story().submit(dict.fromkeys(range(10, 10 + count), ("a", ()))).ready(10).assign(10)


class Browser:
    """Folds what it is sent, and counts what is missing."""

    def __init__(self):
        self.folder, self.frame, self.said, self.left_out = None, 0, [], 0

    def take(self, frame):
        if isinstance(frame, Snapshot):
            self.folder = Folder(restored(frame))
            self.said = list(frame.said)
            self.left_out = frame.left_out
        else:
            assert frame.frame == self.frame + 1
            self.folder.add(frame.entries)
            self.said += [e for e in frame.entries if isinstance(e.event, m.Said)]
            self.left_out += frame.left_out
        self.frame = frame.frame


def test_a_snapshot_comes_first_then_what_is_new_then_nothing():
    story, reel, browser = running(), Reel(7), Browser()
    reel.take(story.entries)
    feed = reel.open()
    first = feed.next_frame()
    assert isinstance(first, Snapshot)
    assert (first.epoch, first.frame) == (7, 1)
    assert feed.next_frame() is None
    browser.take(first)
    before = len(story.entries)
    story.start(10)
    reel.take(story.entries[before:])
    second = feed.next_frame()
    assert isinstance(second, Delta)
    assert (second.epoch, second.frame) == (7, 2)
    browser.take(second)
    assert browser.folder.view == reel.view
    assert feed.next_frame() is None


def test_many_batches_make_one_frame():
    story, reel = running(), Reel()
    feed = reel.open()
    feed.next_frame()
    for entry in story.entries:
        reel.take([entry])
    assert len(feed.next_frame().entries) == len(story.entries)
    assert feed.next_frame() is None


def test_a_hidden_browser_gets_nothing_and_then_a_snapshot():
    story, reel = running(), Reel()
    feed = reel.open()
    feed.next_frame()
    feed.hide()
    reel.take(story.entries)
    assert feed.is_hidden
    assert feed.next_frame() is None
    assert feed._pending == []
    feed.show()
    assert restored(feed.next_frame()) == reel.view
    assert feed.next_frame() is None


def test_a_browser_that_lost_a_frame_gets_a_snapshot():
    story, reel, browser = running(), Reel(), Browser()
    feed = reel.open()
    feed.next_frame()
    reel.take(story.entries)
    feed.next_frame()  # lost on its way
    reel.take([said(90)])
    feed.ask_snapshot()
    browser.take(feed.next_frame())
    assert browser.folder.view == reel.view
    assert [entry.seq for entry in browser.said] == [90]


def test_a_current_snapshot_is_followed_by_the_next_delta():
    story, reel, browser = running(), Reel(), Browser()
    feed = reel.open()
    feed.next_frame()
    reel.take(story.entries)
    browser.take(feed.current())
    browser.take(feed.next_frame())  # it overlaps
    assert browser.folder.view == reel.view


def test_the_newest_output_is_sent_and_the_rest_is_counted():
    reel, browser = Reel(), Browser()
    feed = reel.open()
    browser.take(feed.next_frame())
    for seq in range(1, 101):
        reel.take([said(seq, "y" * SIZE)])
    frame = feed.next_frame()
    assert len(encode_frame(frame)) < limits.FRAME_TEXT + SIZE
    browser.take(frame)
    assert browser.said[-1].seq == 100
    assert len(browser.said) + browser.left_out == 100


def test_a_snapshot_holds_the_newest_output_and_counts_the_rest():
    reel = Reel()
    reel.take([said(seq, "y" * SIZE) for seq in range(1, 101)])
    frame = reel.open().next_frame()
    assert sum(len(entry.event.text) for entry in frame.said) <= limits.SNAPSHOT_TEXT
    assert frame.said[-1].seq == 100
    assert len(frame.said) + frame.left_out == 100


def test_output_that_comes_a_dot_at_a_time_is_bounded_too():
    reel, count = Reel(), 20_000
    reel.take([said(seq, ".") for seq in range(1, count + 1)])
    frame = reel.open().next_frame()
    assert len(encode_frame(frame)) < 2 * limits.SNAPSHOT_TEXT
    assert frame.said[-1].seq == count
    assert len(frame.said) + frame.left_out == count


def test_output_that_is_replayed_is_not_kept_twice():
    reel = Reel()
    reel.take([said(1), said(2)])
    reel.take([said(2), said(3)])
    assert [entry.seq for entry in reel.snapshot(1).said] == [1, 2, 3]


def test_facts_are_never_left_out_for_output():
    story, reel, browser = running(), Reel(), Browser()
    feed = reel.open()
    browser.take(feed.next_frame())
    for entry in story.entries:
        reel.take([entry, *[said(1000 + entry.seq * 10 + i, "y" * SIZE) for i in range(10)]])
    browser.take(feed.next_frame())
    assert browser.folder.view == reel.view


def test_a_browser_that_does_not_read_starts_anew():
    reel, story = Reel(), Story()
    feed = reel.open()
    feed.next_frame()
    story.submit(dict.fromkeys(range(10, 10 + limits.FRAME_ROWS), ("a", ())))
    reel.take(story.entries)
    assert feed._pending == []
    assert restored(feed.next_frame()) == reel.view


def test_a_closed_feed_keeps_nothing():
    reel = Reel()
    feed = reel.open()
    feed.next_frame()
    reel.close(feed)
    reel.close(feed)
    reel.take(running().entries)
    assert feed._pending == []


def test_two_browsers_each_have_their_own_numbers():
    story, reel = running(), Reel()
    one = reel.open()
    one.next_frame()
    reel.take(story.entries)
    other = reel.open()
    assert (one.next_frame().frame, other.next_frame().frame) == (2, 1)


@pytest.mark.parametrize("text", ["\ud800", "</script>", "\x00\x1b[31m", "\u202eabc"])
def test_a_frame_is_json_whatever_it_says(text):
    reel = Reel()
    reel.take([said(1, text)])
    frame = json.loads(encode_frame(reel.open().next_frame()))
    assert frame["type"] == "Snapshot"
    assert frame["said"][0]["event"]["text"] == text.replace("\ud800", "?")


def logged(seq, texts):
    rows = tuple(LogRow(2.0, 20, "INFO", "mine", text) for text in texts)
    event = m.Logged(tid(10), Assignment(1), seq, EngineId(0), rows, sum(row.size for row in rows))
    return m.Entry(seq, 1.0, None, event)


def test_log_records_are_sent_as_lines_without_what_only_handlers_need():
    reel = Reel()
    feed = reel.open()
    feed.next_frame()
    reel.take([logged(1, ["a", "b"])])
    (entry,) = feed.next_frame().entries
    event = entry.event
    assert (entry.seq, event.stream, event.text) == (1, "log", "INFO mine: a\nINFO mine: b\n")
    assert (event.task, event.number, event.at) == (tid(10), 1, 2.0)


def test_of_a_flood_of_records_the_newest_lines_are_sent_and_the_others_counted():
    reel = Reel()
    feed = reel.open()
    feed.next_frame()
    for seq in range(1, 101):
        reel.take([logged(seq, [f"{seq} {'x' * 100}"] * 100)])
    frame = feed.next_frame()
    shown = sum(entry.event.text.count("\n") for entry in frame.entries)
    assert shown + frame.left_out == 10_000
    assert len(encode_frame(frame)) < 2 * limits.FRAME_TEXT
    late = reel.open().next_frame()
    shown = sum(entry.event.text.count("\n") for entry in late.said)
    assert shown + late.left_out == 10_000
