"""The panel in every theme: nothing keeps anybody from using it, and pictures to be looked at."""

import pytest
from playwright.sync_api import expect

from tests.browser.axe import violations
from tests.browser.panel import Panel
from tests.browser.pixels import screenshot

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

BEGIN = """
%load_ext flowlab
import logging
import time
import flowlab
from flowlab import remote

mutex = flowlab.get_active_session().shared("Lock", name="desk")

@remote(outputs=1, auto_load=True, auto_encode="pickle")
def load(ctx, part):
    \"\"\"One part of the table.\"\"\"
    print("read part", part)
    ctx.debug("rows: 1000")
    return part

@remote(outputs=1, auto_load=True, auto_encode="pickle")
def fit(ctx, parts, model):
    if model == "cubic":
        raise ValueError(f"{model}: no solution after 100 steps")
    print("fitted", model)
    return sum(parts)

@remote(outputs=1, auto_load=True, auto_encode="pickle")
def wait_for(ctx, what, seconds):
    with mutex:
        logging.getLogger("long").warning("%s has the desk", ctx.spec.name)
    time.sleep(seconds)
    return what
"""
SUBMIT = """
parts = [load(part, name=f"load/part-{part}").output for part in range(4)]
fits = [fit(parts, model, name=f"fit/{model}").output for model in ("linear", "cubic", "spline")]
fit(fits, "all", name="report/best")
table = fit([fits[0], fits[2]], "two", name="report/table").output
table.keep()
%submit
"""
# On its own, once the rest is over: it takes both engines for good.
LONG = """
long = [wait_for(table, 600, name=f"long/{n}").output for n in range(3)]
fit(long, "later", name="report/later")
%submit
"""
THEMES = {
    "light": "JupyterLab Light",
    "dark": "JupyterLab Dark",
    "contrast": "JupyterLab Dark High Contrast",
}
# The output with the panel; Jupyter's own <img> for an earlier cell's picture can carry no text.
OUTPUT = ".jp-OutputArea-output:not(:has(img))"
PAPER = {"light": "#ffffff", "dark": "#212121", "contrast": "#111111"}  # --jp-layout-color1


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook(BEGIN, SUBMIT, LONG)
    opened.run(0)
    opened.run(1)
    opened.show(1)
    counts = Panel(opened.output(1)).ready().panel.locator(".counts")
    expect(counts).to_contain_text("1 failed", timeout=30_000)
    opened.run(2)
    opened.show(2)
    return opened


@pytest.fixture(scope="module")
def panel(notebook):
    panel = Panel(notebook.output(2)).ready()
    counts = panel.panel.locator(".counts")
    expect(counts).to_contain_text("2 running", timeout=30_000)
    return panel


@pytest.fixture(params=[*THEMES, "forced"])
def theme(notebook, request):
    page = notebook.page
    if request.param == "forced":
        page.emulate_media(forced_colors="active")
    notebook.use_theme(THEMES.get(request.param, THEMES["light"]))
    yield request.param
    page.emulate_media(forced_colors="none")


def test_the_panel_can_be_used_by_anybody(notebook, panel, theme):
    panel.search.fill("")
    for tab in ("Graph", "Outline"):
        panel.open_tab(tab)
        panel.find("fit/cubic")
        expect(panel.inspector).to_contain_text("no solution after 100 steps")
        panel.find("long/0")
        expect(panel.inspector).to_contain_text("desk")
        screenshot(panel.panel, f"panel-{tab.lower()}-shared-{theme}")
        panel.search.fill("")
        found = violations(notebook.page, OUTPUT)
        assert found == []
        screenshot(panel.panel, f"panel-{tab.lower()}-{theme}")


def test_the_graph_has_the_colours_of_the_theme(panel, theme):
    panel.open_tab("Graph")
    found = panel.pixels()
    assert found.painted > 0.01
    assert len(found.colours) > 10
    if theme in PAPER:
        assert found.background == PAPER[theme]


def test_a_narrow_panel_shows_one_thing_below_the_other(notebook, panel):
    notebook.use_theme(THEMES["light"])
    notebook.page.set_viewport_size({"width": 640, "height": 900})
    panel.find("fit/linear")
    screenshot(panel.panel, "panel-narrow")
    assert violations(notebook.page, OUTPUT) == []
    notebook.page.set_viewport_size({"width": 1280, "height": 900})


def test_nothing_of_ours_is_on_the_console(notebook):
    assert notebook.complaints.ours == []
