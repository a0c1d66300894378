"""What is shown, by policy."""

import _thread
import threading

import pytest

from flowlab.notebook.display import tasks_of
from flowlab.notebook.extension import loaded
from flowlab.notebook.widget import BUILD, GraphWidget, is_built

VIEW = "application/vnd.jupyter.widget-view+json"


def test_text_says_what_a_cell_reads_and_makes(notebook, capsys):
    notebook.run("k = 2")
    notebook.run("%%task a\n1")
    notebook.run("%%task b -o c\nc = a * k")
    assert "task b: reads a, captures k; makes c" in capsys.readouterr().out


def test_hidden_names_are_warned_of(notebook, capsys):
    notebook.run("%%task a\neval('1')")
    assert "eval() can read names" in capsys.readouterr().out


def test_none_shows_nothing(notebook, capsys):
    notebook.run("%config FlowLab.display = 'none'")
    notebook.run("%%task a\n1")
    notebook.run("%submit --wait")
    assert capsys.readouterr().out == ""


def test_static_leaves_a_picture_with_its_text(notebook, capsys):
    notebook.run("%config FlowLab.display = 'static'")
    notebook.run("%%task a\n1")
    notebook.run("%submit --wait")
    assert "1/1" in capsys.readouterr().out


def test_a_front_end_gets_a_picture_that_is_replaced_when_the_graph_is_done(notebook):
    shown, updated = [], threading.Event()

    def publish(data, **more):
        shown.append((data, more))
        if more.get("update"):
            updated.set()

    notebook.run("%config FlowLab.display = 'static'")
    notebook.shell.display_pub.publish = publish
    notebook.run("%%task a\n1")
    loaded(notebook.shell).screen.front_end = True
    loaded(notebook.shell).magics.submit("")
    assert updated.wait(10)
    assert "svg" in shown[-1][0]["image/svg+xml"]
    assert "1/1" in shown[-1][0]["text/plain"]


@pytest.fixture
def published(notebook):
    shown = []
    notebook.shell.display_pub.publish = lambda data, **more: shown.append(data)
    return shown


@pytest.fixture
def submit_in_a_front_end(notebook):
    def submit(policy):
        notebook.run(f"%config FlowLab.display = {policy!r}")
        notebook.run("%%task a\n1")
        loaded(notebook.shell).screen.front_end = True
        loaded(notebook.shell).magics.submit("--wait")

    return submit


def test_a_front_end_gets_the_live_view_where_it_was_built(
    notebook, published, submit_in_a_front_end
):
    submit_in_a_front_end("widget")
    assert (VIEW in published[0]) == is_built()
    assert "<svg" in published[0]["image/svg+xml"]
    assert (loaded(notebook.shell).screen.outputs.widget is not None) == is_built()


def test_where_it_was_not_built_a_line_says_once_how_to(
    monkeypatch, published, submit_in_a_front_end, capsys
):
    monkeypatch.setattr(GraphWidget, "_esm", "")  # as in a checkout that nobody built
    submit_in_a_front_end("auto")
    assert BUILD not in capsys.readouterr().out  # a terminal's shell gets text
    submit_in_a_front_end("widget")
    submit_in_a_front_end("widget")
    assert capsys.readouterr().out.count(BUILD) == 1
    assert published
    assert not any(VIEW in data for data in published)


def test_headless_there_is_no_live_view_even_when_it_is_asked_for(notebook, published):
    notebook.run("%config FlowLab.display = 'widget'")
    notebook.run("%%task a\n1")
    notebook.run("%submit --wait")
    assert [set(data) for data in published] == [{"image/svg+xml", "text/plain"}]
    assert loaded(notebook.shell).screen.outputs.widget is None


def test_closing_ends_what_is_shown_alive_and_leaves_its_picture(
    notebook, published, submit_in_a_front_end
):
    submit_in_a_front_end("widget")
    notebook.run("%flowlab close")
    assert VIEW not in published[-1]
    assert "1/1 task finished" in published[-1]["text/plain"]
    assert not [each for each in threading.enumerate() if each.name == "flowlab-flusher"]


def test_an_interrupted_wait_stops_the_tasks(notebook):
    notebook.run("%%task slow\nimport time\ntime.sleep(60)")
    session = notebook.workspace.session
    loaded(notebook.shell).magics.submit("")
    threading.Timer(0.5, _thread.interrupt_main).start()
    with pytest.raises(KeyboardInterrupt):
        loaded(notebook.shell).magics.wait("")
    assert session.settled(timeout=10)
    session.update([notebook.names["slow"].task])
    assert notebook.names["slow"].task.state == "cancelled"


def test_tasks_of_objects_are_their_makers(notebook):
    notebook.run("%%task a\n1")
    obj = notebook.names["a"]
    assert tasks_of([obj, obj.task]) == [obj.task, obj.task]


def test_a_replaced_task_is_not_shown_any_longer(notebook, capsys):
    notebook.run("%%task a\n1 / 0")
    notebook.run("%submit --wait")
    assert "0/1" in capsys.readouterr().out
    notebook.run("%%task a\n1")
    notebook.run("%submit --wait")
    assert "1/1 task finished" in capsys.readouterr().out
