"""The live view in JupyterLab: what it shows and obeys while a cell runs and while none does."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.panel import Panel

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

BEGIN = "%load_ext flowlab\nfrom flowlab import remote"
STEPS = """
@remote(outputs=1)
def step(ctx, number, seconds):
    import time
    print("step", number, flush=True)
    time.sleep(seconds)
    return b"x"

def steps(group, count, seconds):
    for number in range(count):
        step(number, seconds, name=f"{group}/{number:02d}").output.keep()
"""


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook(BEGIN, STEPS)
    opened.run(0)
    opened.run(1)
    return opened


@pytest.fixture
def shown(notebook):
    """Run a cell that submits; its panel."""

    def run(source):
        cell = notebook.append(source)
        notebook.run(cell)
        notebook.show(cell)
        return Panel(notebook.output(cell)).ready()

    return run


def test_it_is_alive_while_the_kernel_is_idle(shown):
    panel = shown("steps('idle', 6, 0.3)\n%submit")
    assert panel.finished()[0] < 6
    panel.find("idle/05")
    expect(panel.inspector).to_contain_text("ready")  # one of the last
    panel.expect_finished()
    expect(panel.inspector).to_contain_text("finished")
    expect(panel.lines).to_contain_text("step 5")


def test_it_is_alive_while_a_cell_runs(notebook, shown):
    panel = shown("steps('busy', 4, 0.3)\n%submit")
    cell = notebook.append("import time; time.sleep(6)")
    notebook.start(cell)
    notebook.until_running(cell)
    panel.expect_finished()
    panel.find("busy/03")
    expect(panel.inspector).to_contain_text("finished")
    expect(panel.inspector).to_contain_text("time.sleep(seconds)")
    assert notebook.is_running(cell)
    notebook.finish(cell)


def test_letters_go_to_the_search_and_not_to_the_notebook(notebook, shown):
    panel = shown("steps('keys', 2, 0)\n%submit")
    panel.expect_finished()
    panel.search.fill("")
    count = notebook.count
    for place in (panel.search, panel.canvas, panel.inspector, panel.lines):
        place.focus()
        notebook.page.keyboard.type("ddabx")
    panel.open_tab("Outline")
    panel.outline.focus()
    notebook.page.keyboard.type("ddabx")
    assert notebook.count == count
    assert panel.search.input_value() == "ddabx"


def test_the_graph_is_walked_by_keys_and_heard(shown):
    panel = shown("steps('walk', 3, 0)\n%submit")
    panel.expect_finished()
    panel.open_tab("Graph")
    panel.canvas.focus()
    panel.canvas.press("Home")
    heard = panel.panel.locator(".fl-voice")
    first = heard.inner_text()
    assert first
    panel.canvas.press("ArrowDown")
    expect(heard).not_to_have_text(first)
    panel.canvas.press("Enter")
    expect(panel.inspector.locator("h3")).to_be_visible()


def test_stop_works_while_a_cell_runs(notebook):
    cell = notebook.append("steps('endless', 2, 60)\n%submit\n%wait")
    notebook.start(cell)
    notebook.show(cell)
    panel = Panel(notebook.output(cell)).ready()
    expect(panel.panel.locator(".counts")).to_contain_text("2 running")
    pressed = time.monotonic()
    panel.stop.click()
    outputs = notebook.finish(cell, 15)
    assert time.monotonic() - pressed < 5
    assert any("cancelled" in output.get("evalue", "") for output in outputs)
    expect(panel.panel.locator(".counts")).to_contain_text("2 cancelled")
    expect(panel.stop).to_be_hidden()


def test_nothing_of_ours_is_on_the_console(notebook):
    assert notebook.complaints.ours == []
