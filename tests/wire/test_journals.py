"""The recorded sessions hold what they are named after, and frames of them lose nothing."""

import pytest

from flowlab.events import messages as m
from flowlab.model.states import State
from flowlab.view.feed import Reel
from flowlab.view.fold import Folder, fold
from flowlab.view.frames import Snapshot
from flowlab.view.picture import SessionState, View
from tests.view.restored import restored
from tests.wire.journals import STORIES, read


def states(name):
    return {task.name: task.state for task in fold(View(), read(name)).tasks.values()}


def kinds(name):
    return [type(entry.event) for entry in read(name)]


def test_a_success_with_groups():
    assert set(states("success").values()) == {State.FINISHED}
    assert {name.split("/")[0] for name in states("success")} == {"load", "join", "more"}
    assert kinds("success").count(m.Submitted) > 1


def test_failures_and_what_they_skip():
    found = states("failures")
    assert (found["a/fail"], found["shell"]) == (State.FAILED, State.FAILED)
    assert (found["b/next"], found["b/last"]) == (State.SKIPPED, State.SKIPPED)


def test_a_cancelled_task_and_one_that_is_replaced():
    assert states("cancelled") == {"slow": State.CANCELLED, "kept": State.FINISHED}
    assert any(
        isinstance(e.event, m.CancelRequested) and e.event.replaced for e in read("cancelled")
    )


def test_an_engine_that_is_lost_and_a_task_given_out_again():
    assert m.EngineLost in kinds("lost-engine")
    assert m.TasksGivenBack in kinds("lost-engine")
    view = fold(View(), read("lost-engine"))
    assert {task.attempts for task in view.tasks.values() if task.name == "risky"} == {2}


def test_a_session_that_fails_as_a_whole():
    (session,) = fold(View(), read("failed-session")).sessions.values()
    assert session.state is SessionState.FAILED


def test_output_of_two_streams():
    said = [entry.event for entry in read("output") if isinstance(entry.event, m.Said)]
    assert {event.stream for event in said} == {"stdout", "stderr"}


@pytest.mark.parametrize("name", STORIES)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_frames_of_a_recorded_session_give_its_view(name, size):
    entries, reel, folder = read(name), Reel(), None
    feed = reel.open()
    for start in range(0, len(entries), size):
        reel.take(entries[start : start + size])
        frame = feed.next_frame()
        if isinstance(frame, Snapshot):
            folder = Folder(restored(frame))
        else:
            folder.add(frame.entries)
    assert folder.view == fold(View(), entries)
