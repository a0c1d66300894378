"""Ten thousand tasks in twenty groups, while 250 a second end and write 1,000 lines a second.

What is asserted are counts; frames a second depend on the machine, and `make bench` prints them.
"""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.lab import Complaints
from tests.browser.panel import Panel
from tests.browser.pixels import screenshot
from tests.browser.traffic import Traffic
from tests.house.tree import ROOT

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

TASKS, GROUPS, ENDS, LINES = 10_000, 20, 250, 1_000
AHEAD = TASKS - 8 * ENDS  # ended before anybody looks, so that the end is seen within seconds
SHOW = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from tests.browser.crowd import Crowd, show
thread = show(Crowd({TASKS}, {GROUPS}, {LINES // ENDS}, {AHEAD}), {ENDS})
"""
BYTES = 300_000  # for a second's news, most of them for its 1,000 lines


def watch_to_the_end(panel, traffic, go):
    """Count from here to the last task's end, and hold what was counted against the limits."""
    go()
    traffic.settle()
    before = panel.counts()
    panel.expect_finished(TASKS)
    seconds, after = traffic.seconds, panel.counts()
    assert traffic.snapshots == 0  # no gap
    assert 10 < traffic.deltas <= 10 * seconds + 1
    assert traffic.bytes < (TASKS - AHEAD) / ENDS * BYTES
    assert after.layouts - before.layouts <= 1
    assert after.nodes <= 150
    assert after.drawn <= after.nodes
    assert after.frames - before.frames <= 11 * seconds + 5  # none is drawn without news


def expect_all_right(panel):
    """Everything that was told is seen."""
    panel.open_tab("Outline")
    for group in (0, 7, 19):
        panel.search.fill(f"stage-{group:02d}/")
        expect(panel.row(f"stage-{group:02d}/")).to_contain_text("500/500")
    panel.find("stage-19/step-499")
    expect(panel.inspector).to_contain_text("def step(ctx, before)")
    expect(panel.lines).to_contain_text(f"task {TASKS - 1} says line 3")
    panel.open_tab("Graph")


def test_the_widget_keeps_up(open_notebook):
    seen = []
    notebook = open_notebook(SHOW, watch=lambda page: seen.append(Traffic(page)))
    (traffic,) = seen
    notebook.run(0)
    assert notebook.errors() == []
    notebook.show(0)
    panel = Panel(notebook.output(0)).ready()
    watch_to_the_end(panel, traffic, lambda: notebook.execute("thread.start()"))
    screenshot(panel.panel, "crowd-widget")
    expect_all_right(panel)
    assert notebook.complaints.ours == []


@pytest.fixture
def crowd(jupyter):
    """A process whose journal holds the graph, and which tells the rest when it is sent a line."""
    told = ["crowd", f"--tasks={TASKS}", f"--ends={ENDS}", f"--lines={LINES}", f"--ahead={AHEAD}"]
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.browser.crowd", *told],
        cwd=ROOT,
        env=jupyter.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert started.stdout.readline() == "begun\n"
    yield started
    started.kill()
    started.communicate()


def test_the_dashboard_keeps_up(jupyter, new_context, crowd):
    page = new_context().new_page()
    complaints, traffic = Complaints(page), Traffic(page)
    page.goto(jupyter.url("flowlab"))
    page.locator("tbody tr").get_by_role("link", name="crowd").click()
    panel = Panel(page.locator("body")).ready()
    watch_to_the_end(panel, traffic, lambda: print(file=crowd.stdin, flush=True))
    screenshot(page, "crowd-dashboard")
    expect_all_right(panel)
    assert complaints.all == []
    page.context.close()
