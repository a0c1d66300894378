"""The live view in JupyterLab: what stays when its output is written anew, and who sees what."""

import pytest
from playwright.sync_api import expect

from flowlab.notebook.widget import ANSWER_WITHIN
from tests.browser.panel import Panel
from tests.cluster.peer import wait_until

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

LOAD = "%load_ext flowlab\n%config FlowLab.engines = 2"
TALK = """%%task talk
import time
for n in range({lines}):
    print("line", n)
    time.sleep(0.05)
n"""
WIDGET = """from flowlab.notebook.extension import loaded
widget = loaded(get_ipython()).screen.outputs.widget"""
SEEN = f"{WIDGET}\nwidget.is_seen"
FRAMES = f"{WIDGET}\nwidget._last"
LOOK = f"""{WIDGET}
import threading, time
seen = []
def look():
    while widget.comm is not None:
        seen.append(widget.is_seen)
        time.sleep(0.1)
threading.Thread(target=look, daemon=True).start()"""
STEP = """
@remote(outputs=0)
def step(ctx, number):
    import time
    print("step", number)
    time.sleep(0.1)

for number in range(100):
    step(number, name=f"steps/{number}")"""
FLOOD = """import time
end = time.time() + 7
while time.time() < end:
    print("x" * 99 + "\\n" + ("y" * 99 + "\\n") * 5000)  # the server drops all above 1 MB a second
    time.sleep(0.1)"""
SAVE_STATE = "@jupyter-widgets/jupyterlab-manager:saveWidgetState"
RESTART = "() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()"
VIEW = "application/vnd.jupyter.widget-view+json"


def shown(notebook, cell):
    """What a cell shows, by mime type; what it prints, such as progress, stands among it."""
    return [each["data"] for each in notebook.outputs(cell) if "data" in each]


def kinds(notebook, cell):
    """The mime types of what a cell shows."""
    return [*map(set, shown(notebook, cell))]


def value(notebook, source):
    """The value of an expression in the kernel, as text."""
    (result,) = notebook.execute(source)
    return result["data"]["text/plain"]


def live_cell(notebook):
    """The cell whose output is alive."""
    return next(n for n in range(notebook.count) if VIEW in str(kinds(notebook, n)))


@pytest.fixture(scope="module")
def notebook(open_notebook):
    notebook = open_notebook(LOAD, TALK.format(lines=80), "%submit")
    notebook.run(0)
    notebook.run(1)
    return notebook


def test_what_is_picked_stays_picked_when_the_graph_is_done(notebook):
    notebook.run(2)
    panel = Panel(notebook.output(2)).ready()
    panel.pick("talk")
    panel.row("talk").press("ArrowDown")
    assert kinds(notebook, 2)[-1] == {VIEW, "image/svg+xml", "text/plain"}
    panel.expect_finished(1)
    wait_until(lambda: "1/1" in shown(notebook, 2)[-1]["text/plain"], 10)
    expect(panel.row("talk")).to_have_attribute("aria-selected", "true")
    expect(panel.panel).to_have_count(1)
    assert notebook.page.evaluate("document.activeElement !== document.body")
    expect(panel.lines).to_contain_text("line 79")


def test_the_newest_output_is_alive_and_the_one_before_a_picture(notebook):
    notebook.execute(TALK.format(lines=3))
    notebook.execute("%submit")
    newest = notebook.count - 1
    Panel(notebook.output(newest)).expect_finished(1)
    expect(notebook.output(2).locator(".fl")).to_have_count(0)
    expect(notebook.output(2).locator("svg, img").first).to_be_visible()
    assert kinds(notebook, 2)[-1] == {"image/svg+xml", "text/plain"}


def test_a_page_that_is_loaded_again_sees_it_all(notebook):
    newest = notebook.count - 1
    notebook.save()
    notebook.reload()
    notebook.show(newest)
    panel = Panel(notebook.output(newest)).ready()
    panel.expect_finished(1)
    panel.pick("talk")
    expect(panel.inspector).to_contain_text("time.sleep(0.05)")
    assert value(notebook, SEEN) == "True"


def test_a_view_that_is_scrolled_away_is_sent_nothing(notebook):
    notebook.execute("print('\\n' * 200)")
    notebook.execute("1")
    notebook.show(notebook.count - 1)
    wait_until(lambda: value(notebook, SEEN) == "False", 15)
    before = value(notebook, FRAMES)
    notebook.execute("%fetch talk")
    assert value(notebook, FRAMES) == before


def test_a_page_that_was_left_is_sent_nothing(notebook):
    newest = live_cell(notebook)
    notebook.execute(LOOK)
    notebook.show(newest)
    wait_until(lambda: value(notebook, "seen[-1]") == "True", 15)
    notebook.save()
    notebook.page.goto("about:blank")
    notebook.open()
    # A page that could not say that it goes is missed after a while; the view is below what is seen
    wait_until(lambda: value(notebook, "seen[-1]") == "False", 2 * ANSWER_WITHIN)


def test_saved_with_its_state_the_view_needs_no_kernel(notebook):
    newest = live_cell(notebook)
    notebook.show(newest)
    Panel(notebook.output(newest)).expect_finished(1)
    notebook.page.evaluate(f"() => window.jupyterapp.commands.execute('{SAVE_STATE}')")
    notebook.save()
    notebook.page.evaluate(RESTART)
    notebook.reload()
    notebook.show(newest)
    panel = Panel(notebook.output(newest)).ready()
    panel.expect_finished(1)
    panel.pick("talk")
    expect(panel.lines).to_contain_text("line 2")


def test_a_kernel_that_is_restarted_leaves_what_was_seen_and_that_is_said(open_notebook):
    notebook = open_notebook(LOAD, TALK.format(lines=3), "%submit")
    for cell in range(3):
        notebook.run(cell)
    panel = Panel(notebook.output(2))
    panel.expect_finished(1)
    notebook.page.evaluate(RESTART)
    expect(panel.panel).to_contain_text("The kernel does not answer", timeout=20_000)
    panel.expect_finished(1)
    panel.pick("talk")
    expect(panel.inspector).to_contain_text("line 2")
    assert notebook.complaints.ours == []


def test_a_flood_of_output_beside_it_is_survived(open_notebook):
    many = "from flowlab import remote\n" + STEP
    notebook = open_notebook(LOAD, many, "%submit", FLOOD)
    for cell in range(3):
        notebook.run(cell)
    panel = Panel(notebook.output(2)).ready()
    flood = str(notebook.run(3))
    assert "data rate exceeded" in flood  # the server dropped messages, and ours with them
    notebook.show(2)
    panel.expect_finished(100)
    expect(panel.lines).to_contain_text("step 99")
    assert notebook.complaints.ours == []


def test_nothing_of_ours_is_on_the_console(notebook):
    assert notebook.complaints.ours == []
