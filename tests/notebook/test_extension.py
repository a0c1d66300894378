"""Loading and unloading."""

import threading

from flowlab.graph.place import find_place
from flowlab.notebook.extension import load_ipython_extension, loaded, unload_ipython_extension
from flowlab.notebook.widget import LAST_BEAT
from tests.notebook.browser import Browser

NAMES = [("cell", "task"), ("line", "submit"), ("line", "fetch"), ("line", "wait"),
         ("line", "flowlab"), ("cell", "flowlab")]  # fmt: skip


def test_loading_twice_is_loading_once(shell):
    load_ipython_extension(shell)
    first = loaded(shell)
    load_ipython_extension(shell)
    assert loaded(shell) is first
    assert all(shell.find_magic(name, kind) for kind, name in NAMES)


def test_engines_are_on_their_way_from_the_first_cell_on(notebook):
    assert notebook.workspace.client is None
    notebook.run("1 + 1")
    assert notebook.workspace.client is None
    notebook.run("%%task first\n6 * 7")
    assert "started" in repr(notebook.workspace.client)
    assert "not started" not in repr(notebook.workspace.client)


def test_unloading_undoes_everything(shell):
    before = (list(shell.Completer.custom_matchers), list(shell.configurables))
    names = ("pre_run_cell", "post_run_cell")
    hooks = {name: list(shell.events.callbacks[name]) for name in names}
    load_ipython_extension(shell)
    unload_ipython_extension(shell)
    assert (list(shell.Completer.custom_matchers), list(shell.configurables)) == before
    assert {name: shell.events.callbacks[name] for name in names} == hooks
    assert not any(shell.find_magic(name, kind) for kind, name in NAMES)
    unload_ipython_extension(shell)
    load_ipython_extension(shell)
    assert all(shell.find_magic(name, kind) for kind, name in NAMES)


def test_unloading_ends_every_thread_and_leaves_a_picture(notebook):
    shown = []
    notebook.shell.display_pub.publish = lambda data, **more: shown.append(data)
    before = set(threading.enumerate())
    notebook.run("%config FlowLab.display = 'widget'")
    notebook.run("%%task slow\nimport time\ntime.sleep(0.3)")
    loaded(notebook.shell).screen.front_end = True
    loaded(notebook.shell).magics.submit("")
    unload_ipython_extension(notebook.shell)
    assert set(shown[-1]) == {"image/svg+xml", "text/plain"}
    assert set(threading.enumerate()) <= before


def test_when_a_cell_ended_the_view_hears_which_frame_was_its_last(notebook):
    notebook.shell.display_pub.publish = lambda *_, **__: None
    notebook.run("%config FlowLab.display = 'widget'")
    notebook.run("%%task quick\n1")
    loaded(notebook.shell).screen.front_end = True
    loaded(notebook.shell).magics.submit("--wait")
    widget, browser = loaded(notebook.shell).screen.outputs.widget, Browser()
    widget.comm, widget._saved = browser, 0  # this one has been given nothing yet
    browser.say("shown")
    browser.wait(lambda: browser.frames and browser.saved())
    widget._beat = LAST_BEAT  # the silence was long: no beat comes any more
    notebook.run("1")
    browser.wait(lambda: browser.of("beat"))


def test_a_name_that_is_taken_stays_as_it_is(shell, capsys):
    def submit(line):
        return "theirs"

    shell.register_magic_function(submit, "line", "submit")
    load_ipython_extension(shell)
    assert shell.run_line_magic("submit", "") == "theirs"
    assert "use %flowlab submit" in capsys.readouterr().out
    unload_ipython_extension(shell)
    assert shell.run_line_magic("submit", "") == "theirs"


def test_each_magic_explains_its_words(shell):
    load_ipython_extension(shell)
    assert "--cpus" in shell.find_magic("task", "cell").__doc__


def test_a_call_in_a_cell_knows_the_cell_and_its_line(notebook):
    notebook.run("from flowlab import remote\nf = remote(lambda ctx: b'')")
    notebook.run("x = 1\nmade = f()")
    count = len(notebook.names["In"]) - 1
    assert (notebook.names["made"].place.cell, notebook.names["made"].place.line) == (count, 2)
    unload_ipython_extension(notebook.shell)
    assert find_place().cell is None
