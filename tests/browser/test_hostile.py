"""Names, output and errors that would act or hide: in the notebook and on the page they are text.

Each string is a task's name, what the task prints, and the error that it raises.
"""

import re

import pytest
from playwright.sync_api import expect

from flowlab.view.visible import visible
from tests.browser.panel import Panel
from tests.browser.pixels import screenshot
from tests.house.tree import ROOT
from tests.view.hostile import HOSTILE

pytestmark = [pytest.mark.engines, pytest.mark.timeout(120)]

GROUP = "hostile"
BEGIN = f"""
%load_ext flowlab
import sys
sys.path.insert(0, {str(ROOT)!r})
from flowlab import remote
from tests.view.hostile import HOSTILE

@remote()
def act(ctx, place, text):
    print(text)
    raise ValueError(text)
"""
# The megabytes first: a frame for the browser has room for 128 KiB of output, the newest.
SUBMIT = f"""
for number, text in enumerate(HOSTILE.values()):
    if (len(text) > 10_000) == {{large}}:
        act(number, text[:100_000], name=f"{GROUP}/{{{{number:02d}}}}{{{{text}}}}")
%submit
"""
LARGE = sum(len(text) > 10_000 for text in HOSTILE.values())
# What acts on a terminal or hides on a page; line ends and tabs stand in sources and tracebacks.
ACTS = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]"
)
# What the panel makes of texts; an element of any other kind came from one of them.
STRANGE = """(panel) => [...panel.querySelectorAll('script, img, iframe, object, style, link')]
    .map((one) => one.outerHTML)"""


@pytest.fixture(scope="module")
def notebook(open_notebook):
    opened = open_notebook(BEGIN, SUBMIT.format(large=True), SUBMIT.format(large=False))
    opened.run(0)
    return opened


@pytest.fixture(scope="module")
def panel(notebook):
    for cell, failed in ((1, LARGE), (2, len(HOSTILE))):
        notebook.run(cell)
        notebook.show(cell)
        panel = Panel(notebook.output(cell)).ready()
        counts = panel.panel.locator(".counts")
        expect(counts).to_contain_text(f"{failed} failed", timeout=30_000)
    return panel


def is_plain(text):
    """Whether it is shown as it is, and in whole."""
    return visible(text, 60) == text != "" and "/" not in text


@pytest.fixture(scope="module", params=HOSTILE)
def case(request):
    return list(HOSTILE).index(request.param), HOSTILE[request.param]


def test_it_is_text_wherever_it_stands(panel, case):
    number, text = case
    panel.open_tab("Outline")
    panel.find(f"{GROUP}/{number:02d}")
    expect(panel.inspector.locator("h3")).to_contain_text(f"{GROUP}/{number:02d}")
    expect(panel.outline.locator("[aria-selected=true] .label")).to_be_visible()
    expect(panel.inspector).to_contain_text("ValueError")
    if is_plain(text):
        expect(panel.outline).to_contain_text(f"{number:02d}{text}")
        expect(panel.inspector).to_contain_text(f"ValueError: {text}")
        expect(panel.lines).to_contain_text(text)
    for part in (panel.outline, panel.inspector, panel.lines):
        assert not ACTS.search(part.inner_text())
    assert panel.panel.evaluate(STRANGE) == []


def test_the_graph_of_them_is_painted(panel):
    panel.search.fill("")
    panel.open_tab("Graph")
    assert panel.pixels().painted > 0.001
    screenshot(panel.panel, "hostile")


def test_nothing_of_ours_is_on_the_console(notebook):
    assert notebook.complaints.ours == []
