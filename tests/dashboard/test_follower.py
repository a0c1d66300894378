"""A session followed in its journal: what each viewer is sent, and what it costs to look."""

import asyncio
import time

import msgspec
import pytest

from flowlab.dashboard import follower as followers
from flowlab.dashboard.follower import Follower, Followers
from flowlab.model import limits
from tests.dashboard.journals import (
    ONE,
    TWO,
    Written,
    dead,
    opened,
    ready,
    said,
    submitted,
)


def play(story):
    return asyncio.run(asyncio.wait_for(story(), 60))


async def take(viewer, kind):
    """The next message of a kind; others are passed over."""
    while True:
        message = msgspec.json.decode(await viewer.take())
        if message["type"] == kind:
            return message


async def until(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


@pytest.fixture
def journal(tmp_path):
    return Written(tmp_path).write(opened(), submitted(3), said("hello"))


def test_a_snapshot_comes_first_with_the_output_and_then_what_happens(journal):
    async def story():
        follower = Follower(journal.path, ONE)
        viewer = follower.join()
        snapshot = await take(viewer, "Snapshot")
        assert len(snapshot["tasks"]["ids"]) == 3
        assert [entry["event"]["text"] for entry in snapshot["said"]] == ["hello"]
        journal.write(ready(2), said("more", 2))
        delta = await take(viewer, "Delta")
        kinds = [entry["event"]["type"] for entry in delta["entries"]]
        assert sorted(kinds) == ["Said", "TasksReady"]
        assert (delta["epoch"], delta["frame"]) == (snapshot["epoch"], snapshot["frame"] + 1)

    play(story)


def test_another_session_of_the_same_client_is_left_out(journal):
    journal.write(opened(TWO, "other"), submitted(5, TWO), said("theirs", 1, TWO), session=TWO)

    async def story():
        viewer = Follower(journal.path, TWO).join()
        snapshot = await take(viewer, "Snapshot")
        assert [session["name"] for session in snapshot["sessions"]] == ["other"]
        assert len(snapshot["tasks"]["ids"]) == 5
        assert [entry["event"]["text"] for entry in snapshot["said"]] == ["theirs"]

    play(story)


def test_a_large_journal_is_whole_in_the_first_snapshot(journal, monkeypatch):
    monkeypatch.setattr(followers, "PIECE", 500)
    for first in range(100, 300, 10):
        journal.write(submitted(10, first=first), said("x", first))

    async def story():
        viewer = Follower(journal.path, ONE).join()
        snapshot = await take(viewer, "Snapshot")
        assert len(snapshot["tasks"]["ids"]) == 203
        assert len(snapshot["said"]) == 21

    play(story)


def test_two_viewers_share_one_follower_and_both_see_all(journal):
    async def story():
        both = Followers()
        (one, first), (other, second) = (both.join(journal.path, ONE) for _ in range(2))
        assert one is other
        for viewer in (first, second):
            assert len((await take(viewer, "Snapshot"))["tasks"]["ids"]) == 3
        journal.write(ready(3))
        for viewer in (first, second):
            assert len((await take(viewer, "Delta"))["entries"]) == 1
        both.leave(one, first)
        journal.write(said("still"))
        assert (await take(second, "Delta"))["entries"][0]["event"]["text"] == "still"
        both.leave(one, second)
        assert both._followers == {}

    play(story)


def test_nobody_looking_costs_nothing(journal):
    async def story():
        follower = Follower(journal.path, ONE)
        viewer = follower.join()
        await take(viewer, "Snapshot")
        viewer.ask("hidden")
        follower.wake()
        await until(lambda: follower._task.done() or not follower._wake.is_set())
        await asyncio.sleep(3 * followers.PACE)  # what is under way comes to its end
        before = follower.turns
        journal.write(ready(3))
        await asyncio.sleep(5 * followers.PACE)
        assert follower.turns == before
        viewer.ask("shown")
        follower.wake()
        assert (await take(viewer, "Snapshot"))["seq"] == journal.seq
        follower.leave(viewer)
        await until(follower._task.done)

    play(story)


def test_frames_come_ten_times_a_second_at_most(journal):
    async def story():
        viewer = Follower(journal.path, ONE).join()
        await take(viewer, "Snapshot")
        began, frames, texts = time.monotonic(), 0, []
        for number in range(200):
            journal.write(said(str(number), number + 2))
        while len(texts) < 200:
            delta = await take(viewer, "Delta")
            frames += 1
            texts += [entry["event"]["text"] for entry in delta["entries"]]
        assert texts == [str(number) for number in range(200)]
        assert frames <= 1 + (time.monotonic() - began) / followers.PACE

    play(story)


def test_a_viewer_who_does_not_read_costs_a_bounded_amount(journal):
    text = "x" * 10_000

    async def story():
        follower = Follower(journal.path, ONE)
        viewer = follower.join()
        await take(viewer, "Snapshot")  # and is not sent to its end yet
        for number in range(1000):  # 10 MB
            journal.write(said(text, number + 2))
        await until(lambda: follower._reel.view.trace_seq == journal.seq)
        turns = follower.turns
        await until(lambda: follower.turns > turns + 1)
        feed = follower._feeds[viewer]
        assert feed._text <= 2 * limits.FRAME_TEXT + len(text)
        assert (viewer._frame, viewer._note) == (b"", b"")
        frame = await take(viewer, "Delta")
        assert frame["left_out"] > 0
        assert sum(len(entry["event"]["text"]) for entry in frame["entries"]) <= limits.FRAME_TEXT

    play(story)


def test_hello_brings_a_snapshot(journal):
    async def story():
        follower = Follower(journal.path, ONE)
        viewer = follower.join()
        first = await take(viewer, "Snapshot")
        viewer.ask("hello")
        follower.wake()
        again = await take(viewer, "Snapshot")
        assert again["frame"] > first["frame"]
        assert again["seq"] == first["seq"]

    play(story)


def test_traces_that_are_rotated_away_are_followed(tmp_path):
    journal = Written(tmp_path, most_traces=8_000).write(opened(), submitted(1))

    async def story():
        viewer = Follower(journal.path, ONE).join()
        await take(viewer, "Snapshot")
        seen = []
        for number in range(40):  # four rotations and more
            journal.write(said(f"{number} {'x' * 400}", number + 1))
            while not any(text.startswith(f"{number} ") for text in seen):
                delta = await take(viewer, "Delta")
                seen += [entry["event"]["text"] for entry in delta["entries"]]
        assert [text.split()[0] for text in seen] == [str(number) for number in range(40)]
        assert (journal.path / "traces.1.jsonl").exists()

    play(story)


def test_the_end_of_the_client_is_said(tmp_path):
    over = Written(tmp_path, "over", dead(Written(tmp_path).meta)).write(opened(), submitted(1))

    async def story():
        for path, life in ((over.path, "over"), (tmp_path / "20260101-120000-abc", "live")):
            viewer = Follower(path, ONE).join()
            assert (await take(viewer, "Standing"))["life"] == life

    play(story)


def test_a_journal_of_a_client_that_is_over_is_looked_at_less_often(tmp_path):
    over = Written(tmp_path, "over", dead(Written(tmp_path).meta)).write(opened())

    async def story():
        follower = Follower(over.path, ONE)
        viewer = follower.join()
        await take(viewer, "Snapshot")
        await asyncio.sleep(1)
        assert follower.turns < 8
        over.write(submitted(1))
        assert (await take(viewer, "Delta"))["entries"]

    play(story)


def test_a_journal_that_goes_away_is_said_and_what_was_seen_stays(journal):
    async def story():
        viewer = Follower(journal.path, ONE).join()
        await take(viewer, "Snapshot")
        for each in journal.path.iterdir():
            each.unlink()
        journal.path.rmdir()
        while not (fault := (await take(viewer, "Standing"))["fault"]):
            pass
        assert "No such file" in fault

    play(story)


def test_damaged_lines_are_counted(journal):
    with (journal.path / "journal.jsonl").open("ab") as file:
        file.write(b"nonsense\n")

    async def story():
        viewer = Follower(journal.path, ONE).join()
        while (await take(viewer, "Standing"))["damaged"] != 1:
            pass
        assert len((await take(viewer, "Snapshot"))["tasks"]["ids"]) == 3

    play(story)


def test_a_follower_that_failed_begins_again_at_the_next_wish(journal, monkeypatch):
    """Whatever ended it is logged by the event loop, and the browser asks by itself."""

    async def story():
        told = []
        handler = lambda _, about: told.append(about["exception"])
        asyncio.get_running_loop().set_exception_handler(handler)
        follower = Follower(journal.path, ONE)
        viewer = follower.join()
        await take(viewer, "Snapshot")
        monkeypatch.setattr(followers, "stamp", lambda _: 1 / 0)
        await until(follower._task.done)
        monkeypatch.undo()
        viewer.ask("hello")
        follower.wake()
        await take(viewer, "Snapshot")
        assert [type(each) for each in told] == [ZeroDivisionError]

    play(story)
