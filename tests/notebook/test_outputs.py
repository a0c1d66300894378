"""Which output is alive, which is a picture, and what is left at the end."""

import threading

import pytest

from flowlab import Client, tasks
from flowlab.notebook.config import FlowLab
from flowlab.notebook.outputs import Outputs
from flowlab.notebook.watch import Watch
from tests.notebook.browser import Browser

VIEW = "application/vnd.jupyter.widget-view+json"


class Page:
    """What the front end shows: by display id, the newest data of each output."""

    def __init__(self, shell):
        self.shown = {}
        self.order = []
        self._changed = threading.Condition()
        shell.display_pub.publish = self._publish

    def _publish(self, data, transient=None, update=False, **more):
        with self._changed:
            name = transient["display_id"]
            if not update:
                self.order.append(name)
            self.shown[name] = data
            self._changed.notify_all()

    def output(self, place):
        return self.shown[self.order[place]]

    def wait(self, place, text):
        with self._changed:
            told = lambda: text in self.output(place)["text/plain"]
            assert self._changed.wait_for(told, 20), self.shown


class Room:
    def __init__(self, shell, session, config):
        self.page = Page(shell)
        self.session = session
        self.outputs = Outputs(config, shell)
        self.watch = Watch(session, lambda _: None, self.outputs.news)

    def submit(self, command="true", *, alive=True):
        declared = tasks.Execute(command, shell=True)
        self.session.submit()
        self.watch.expect([declared.task_id])
        self.outputs.show(self.watch, alive=alive)


@pytest.fixture
def config(shell):
    return FlowLab(parent=shell)


@pytest.fixture
def room(shell, config):
    with Client(inline=True) as client, client.new_session("shown", on_error="continue") as session:
        made = Room(shell, session, config)
        yield made
        made.outputs.close()
        made.watch.close()


def flushers():
    return [each for each in threading.enumerate() if each.name == "flowlab-flusher"]


def test_a_live_output_holds_view_and_picture_and_both_at_the_end(room):
    room.submit()
    assert VIEW in room.page.output(0)
    room.page.wait(0, "1/1 task finished")
    assert VIEW in room.page.output(0)
    assert "<svg" in room.page.output(0)["image/svg+xml"]


def test_only_the_newest_is_alive_and_the_one_before_keeps_its_last_picture(room):
    room.submit()
    room.page.wait(0, "1/1 task finished")
    room.submit()
    room.page.wait(1, "2/2 tasks finished")
    assert VIEW not in room.page.output(0)
    assert room.page.output(0)["text/plain"] == "1/1 task finished"
    assert room.page.output(0)["image/svg+xml"] != room.page.output(1)["image/svg+xml"]
    assert VIEW in room.page.output(1)


def test_both_outputs_show_one_model(room):
    room.submit()
    first = room.page.output(0)[VIEW]["model_id"]
    room.submit()
    assert room.page.output(1)[VIEW]["model_id"] == first


def test_an_output_that_was_left_before_its_end_gets_its_last_picture_too(room):
    room.submit("sleep 0.5")
    room.submit()
    assert VIEW not in room.page.output(0)
    room.page.wait(0, "2/2 tasks finished")
    room.page.wait(1, "2/2 tasks finished")


def test_a_view_that_cannot_be_sent_does_not_cost_the_picture(room, capsys):
    room.submit("sleep 0.5")
    comm = Browser()
    comm.publish_msg = lambda *_, **__: {}["no such socket"]
    room.outputs.widget.comm = comm
    comm.say("shown")
    room.page.wait(0, "1/1 task finished")
    room.outputs.widget.comm = Browser()
    assert "no such socket" in capsys.readouterr().err


def test_a_picture_is_brought_up_to_date(room):
    room.submit(alive=False)
    room.page.wait(0, "1/1 task finished")
    assert VIEW not in room.page.output(0)
    assert room.outputs.widget is None


def test_freezing_leaves_the_picture_alone(room, config, tmp_path):
    config.freeze = True
    gate = tmp_path / "gate"
    room.submit(f"until [ -e {gate} ]; do sleep 0.02; done")
    assert VIEW in room.page.output(0)
    gate.touch()
    room.page.wait(0, "1/1 task finished")
    assert VIEW not in room.page.output(0)


def test_closing_leaves_pictures_and_no_thread(room):
    room.submit("sleep 30")
    room.outputs.close()
    assert VIEW not in room.page.output(0)
    assert "<svg" in room.page.output(0)["image/svg+xml"]
    assert room.outputs.widget is None
    assert flushers() == []
    room.outputs.close()


def test_news_that_come_while_it_closes_start_no_thread(room):
    room.submit("sleep 30")
    publish = room.outputs._shell.display_pub.publish

    def tell(*what, **how):
        """News in the middle of closing, when the last pictures are left."""
        room.outputs.news(room.watch)
        publish(*what, **how)

    room.outputs._shell.display_pub.publish = tell
    room.outputs.close()
    room.outputs.news(room.watch)
    assert flushers() == []


def test_after_closing_it_can_be_used_again(room):
    room.submit()
    room.outputs.close()
    room.submit()
    room.page.wait(1, "2/2 tasks finished")
    assert len(flushers()) == 1


def test_another_sessions_output_leaves_the_first_as_it_was(room):
    room.submit("sleep 30")
    with Client(inline=True) as client, client.new_session("other") as session:
        other = Watch(session, lambda _: None, room.outputs.news)
        room.outputs.show(other, alive=True)
        assert VIEW not in room.page.output(0)
        assert VIEW in room.page.output(1)
        other.close()
