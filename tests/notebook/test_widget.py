"""What goes between widget and browser: nothing unasked, frames in order, and a stop."""

import json

import pytest

from flowlab import Client, tasks
from flowlab.notebook import widget as module
from flowlab.notebook.flusher import Flusher
from flowlab.notebook.watch import Watch
from flowlab.notebook.widget import BUILD, BUNDLE, GraphWidget, is_built
from tests.house.tree import ROOT
from tests.notebook.browser import Browser


class Table:
    """A session, its widget, and the browser at the other end; turns are taken by hand."""

    def __init__(self, session, *, at_once=True):
        self.now = 0.0
        self.woken = 0
        self.session = session
        self.watch = Watch(session, lambda _: None, lambda _: None)
        self.widget = GraphWidget(self.watch, self._wake, at_once=at_once, clock=lambda: self.now)
        self.browser = Browser()
        self.widget.comm = self.browser

    def _wake(self):
        self.woken += 1

    def run(self, count=1):
        declared = [tasks.Execute("true", shell=True).task_id for _ in range(count)]
        self.session.submit()
        self.watch.expect(declared)
        assert self.watch.await_done(20)

    def say(self, *words, **more):
        self.browser.say(*words, **more)
        return self.widget.turn()

    def close(self):
        self.widget.close()
        self.watch.close()


@pytest.fixture
def table():
    with Client(inline=True) as client, client.new_session("seen", on_error="continue") as session:
        made = Table(session)
        yield made
        made.close()


def test_nothing_is_sent_before_somebody_looks(table):
    table.run()
    assert table.widget.turn() is None
    assert table.browser.messages == []


def test_who_comes_gets_a_snapshot_and_then_what_happens(table):
    table.run()
    table.say("shown")
    table.run()
    table.widget.turn()
    kinds = [(frame["type"], frame["frame"]) for frame in table.browser.frames]
    assert kinds == [("Snapshot", 1), ("Delta", 2)]
    assert {frame["epoch"] for frame in table.browser.frames} == {table.watch.epoch}


def test_a_hello_is_answered_by_a_snapshot(table):
    table.say("shown")
    table.say("hello")
    assert [frame["type"] for frame in table.browser.frames] == ["Snapshot", "Snapshot"]


def test_a_message_only_wakes_whoever_takes_the_turn(table):
    table.browser.say("shown")
    assert table.woken == 1
    assert table.browser.frames == []


def test_a_hidden_view_is_sent_nothing_and_one_that_comes_back_all(table):
    table.say("shown")
    table.say("hidden")
    table.run(3)
    assert table.widget.turn() is None
    assert not table.widget.is_seen
    assert len(table.browser.messages) == 1
    table.say("shown")
    assert table.browser.frames[-1]["type"] == "Snapshot"
    assert len(table.browser.frames[-1]["tasks"]["ids"]) == 3


def test_one_window_that_hides_leaves_the_other_its_frames(table):
    table.say("shown", "left")
    table.say("shown", "right")
    table.say("hidden", "left")
    table.run()
    table.widget.turn()
    assert table.browser.frames[-1]["type"] == "Delta"


def test_after_the_last_frame_beats_say_which_it_was_ever_more_seldom(table):
    pauses = [table.say("shown")]
    while pauses[-1] is not None:
        pauses.append(table.widget.turn())
    assert pauses == [1, 2, 4, 8, 16, 32, 64, None]
    assert table.browser.of("beat")[-1] == {"type": "beat", "epoch": table.watch.epoch, "frame": 1}
    assert len(table.browser.messages) == 7


def test_the_beats_begin_anew_when_a_cell_ended(table):
    """It may have printed so much, and so long, that the server dropped the last one too."""
    table.widget.remind()
    table.say("shown")
    while table.widget.turn() is not None:
        pass
    before = len(table.browser.of("beat"))
    table.widget.remind()
    assert table.widget.turn() == 2
    assert len(table.browser.of("beat")) == before + 1


def test_a_reload_gets_the_graph_of_that_moment_by_the_models_state(table):
    table.run(2)
    state = json.loads(bytes(table.widget.get_state()["_snap"]))
    assert state["type"] == "Snapshot"
    assert len(state["tasks"]["ids"]) == 2


def test_the_state_goes_before_the_next_delta(table):
    table.say("shown")
    state = json.loads(bytes(table.widget.get_state("_snap")["_snap"]))
    table.run()
    table.widget.turn()
    assert table.browser.frames[-1]["frame"] == state["frame"] + 1


def test_the_browser_gets_what_it_saves_once_for_each_graph_that_is_done(table):
    table.say("shown")
    table.run()
    for _ in range(3):
        table.widget.turn()
    assert table.browser.saved() == 1
    table.run()
    table.widget.turn()
    assert table.browser.saved() == 2


def test_stop_stops_the_tasks(table):
    declared = tasks.Execute("sleep 60", shell=True)
    table.session.submit()
    table.watch.expect([declared.task_id])
    table.say("stop")
    assert table.watch.await_done(20)
    assert [str(task.state) for task in table.watch.view.tasks.values()] == ["cancelled"]


def test_a_stop_that_comes_too_late_is_said(table, capsys):
    table.session.close()
    table.say("stop")
    assert "nothing was stopped" in capsys.readouterr().out


def test_a_page_that_does_not_answer_any_more_is_taken_for_closed(table):
    table.say("shown")
    table.now = module.ASK_AFTER + 1
    table.run()
    table.widget.turn()
    last = table.browser.messages[-1][1]
    asked = [m[1]["content"]["answer"] for m in table.browser.messages if "content" in m[1]]
    assert asked == [False, True], last
    table.now += module.ANSWER_WITHIN + 1
    assert table.widget.turn() is None
    assert not table.widget.is_seen
    table.say("here")
    assert table.browser.frames[-1]["type"] == "Snapshot"


def test_a_page_that_answers_stays(table):
    table.say("shown")
    table.now = module.ASK_AFTER + 1
    table.run()
    table.widget.turn()
    table.say("here")
    table.now += module.ANSWER_WITHIN + 1
    table.widget.turn()
    assert table.widget.is_seen


@pytest.fixture
def deaf():
    """Of a kernel that hears nothing while a cell runs."""
    with Client(inline=True) as client, client.new_session("seen", on_error="continue") as session:
        made = Table(session, at_once=False)
        yield made
        made.close()


def test_where_messages_wait_for_the_cell_no_answer_is_asked_for(deaf):
    deaf.say("shown")
    deaf.now = module.ASK_AFTER + 1
    deaf.run()
    deaf.widget.turn()
    sent = [data["content"] for _, data, _, _ in deaf.browser.messages if "content" in data]
    assert [content["answer"] for content in sent] == [False, False]


def test_where_messages_wait_for_the_cell_all_is_sent_unasked_until_one_comes(deaf):
    kinds = []
    for now in (0.0, 0.1, 0.5, 0.6, 1.5, 1.6):
        deaf.now = now
        deaf.run()
        deaf.widget.turn()
        kinds.append(deaf.browser.frames[-1]["type"])
    assert kinds == ["Snapshot", "Delta", "Snapshot", "Delta", "Snapshot", "Delta"]
    deaf.say("hidden")
    before = len(deaf.browser.frames)
    deaf.now = 60
    deaf.run()
    deaf.widget.turn()
    assert len(deaf.browser.frames) == before


def test_what_is_no_message_of_ours_changes_nothing(table):
    table.browser.hear(["stop"])
    table.browser.say("shown", viewer=7)
    table.widget.turn()
    assert table.browser.messages == []


def test_frames_are_ten_a_second_at_most_whatever_happens(table):
    flusher = Flusher(table.widget.turn)
    table.browser.say("shown")
    flusher.wake()
    declared = []
    for _ in range(150):
        declared.append(tasks.Execute("true", shell=True).task_id)
        table.session.submit()
        flusher.wake()
    table.watch.expect(declared)
    while not table.watch.await_done(0.01):
        flusher.wake()
    flusher.wake()
    table.browser.wait(lambda: not table.watch.view.unfinished)
    flusher.close()
    times = table.browser.times("frame")
    assert len(times) <= 1 + (times[-1] - times[0]) * 10 + 1
    numbers = [frame["frame"] for frame in table.browser.frames]
    assert numbers == list(range(1, len(numbers) + 1))


def test_the_bundle_holds_view_and_picture(table):
    data, _ = table.widget._repr_mimebundle_()
    assert set(data) == {
        "application/vnd.jupyter.widget-view+json", "image/svg+xml", "text/plain"
    }  # fmt: skip
    assert data["text/plain"] == "no tasks"


def test_a_widget_that_was_closed_says_nothing(table):
    table.say("shown")
    table.widget.close()
    table.run()
    assert table.widget.turn() is None
    assert table.browser.messages[-1][0] == "comm_close"


def test_where_the_bundle_lies_and_how_it_comes_there():
    assert is_built() == BUNDLE.is_file()
    assert BUNDLE.parent == ROOT / "flowlab" / "static"
    assert (ROOT / "js" / "package.json").is_file()
    assert "js run build" in BUILD
