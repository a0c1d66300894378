"""The quickstart in JupyterLab and in Notebook 7: every task ends, and one can be looked at."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.panel import Panel
from tests.browser.pixels import screenshot
from tests.house.tree import ROOT

pytestmark = [pytest.mark.engines, pytest.mark.timeout(240)]

QUICKSTART = ROOT / "notebooks" / "quickstart.ipynb"
FINISHED = "#009e73"  # flowlab.view.glyphs, on light paper
TALK = "%%task talk --name last/talk\nprint('somebody', 'listens')\nlen(findings)"


class Story:
    """The quickstart's cells by their id, run one after the other."""

    def __init__(self, notebook):
        self.notebook = notebook
        ids = notebook.cell_ids()
        self.place = {name: index for index, name in enumerate(ids)}
        self.next = 0

    def run_to(self, name):
        """Run all cells before this one."""
        while self.next < self.place[name]:
            if self.notebook.is_code(self.next):
                self.notebook.run(self.next)
            self.next += 1

    def begin(self, name):
        """Start this cell, and do not wait for it; its number."""
        self.run_to(name)
        self.notebook.start(self.next)
        self.next += 1
        return self.next - 1


@pytest.fixture(scope="module", params=["lab", "notebook"])
def story(request, open_notebook, tmp_path_factory):
    """In JupyterLab as it is; in Notebook 7 a third of the computing shows the same."""
    source = QUICKSTART
    if request.param == "notebook":
        source = tmp_path_factory.mktemp("shorter") / QUICKSTART.name
        source.write_text(shorter(QUICKSTART.read_text(encoding="utf-8")), encoding="utf-8")
    return Story(open_notebook(application=request.param, source=source))


def shorter(text):
    """The notebook with fewer repetitions in its two bootstraps."""
    for before, after in (("repeats=3000", "repeats=1000"), ("repeats=50_000", "repeats=10_000")):
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


def test_a_task_is_inspected_while_a_cell_runs(story):
    notebook = story.notebook
    cell = story.begin("submit-all")
    panel = Panel(notebook.output(cell)).ready()
    notebook.show(cell)
    panel.find("tables/load")
    expect(panel.inspector).to_contain_text("pd.read_csv")
    expect(panel.inspector).to_contain_text("finished")
    assert notebook.is_running(cell)
    panel.find("evening/12-LGA")
    expect(panel.inspector).to_contain_text("differences = np.empty(repeats)")
    assert notebook.is_running(cell)
    screenshot(notebook.page, f"{notebook.application}-quickstart-running")
    notebook.finish(cell, 90)


def test_every_task_is_seen_finished(story):
    panel = Panel(story.notebook.output(story.place["submit-all"]))
    panel.expect_finished()
    good, total = panel.finished()
    assert good == total > 50
    painted = panel.pixels()
    assert painted.painted > 0.01
    assert painted.colours.get(FINISHED, 0) > 100
    panel.open_tab("Outline")
    for group, told in (("evening/", "36/36"), ("rain/", "12/12")):
        panel.search.fill(group)
        expect(panel.row(group)).to_contain_text(told)
    panel.search.fill("")
    screenshot(panel.panel, f"{story.notebook.application}-quickstart-outline")
    panel.open_tab("Graph")


def test_the_rest_runs_and_only_the_meant_mistake_is_an_error(story):
    story.run_to("results")
    (error,) = story.notebook.errors()
    assert "by_age" in error


def test_a_task_is_inspected_while_the_kernel_is_idle(story):
    notebook = story.notebook
    notebook.execute(TALK)
    notebook.execute("%submit")
    panel = Panel(notebook.output(notebook.count - 1)).ready()
    panel.expect_finished()
    panel.search.fill("last/talk")  # what is looked for is what the outline shows
    panel.pick("talk")
    expect(panel.inspector).to_contain_text("print('somebody', 'listens')")
    expect(panel.inspector).to_contain_text("somebody listens")
    expect(panel.lines).to_contain_text("somebody listens")
    panel.search.fill("")
    panel.click_graph()
    expect(panel.inspector.locator("h3")).to_contain_text(re.compile(r"\w+"))
    screenshot(notebook.page, f"{notebook.application}-quickstart-done")


def test_the_saved_notebook_holds_the_last_picture_and_no_error_of_the_view(story):
    saved = story.notebook.save()
    shown = [
        output["data"]
        for cell in saved.cells
        for output in cell.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in output.get("data", {})
    ]
    (last,) = shown  # earlier outputs became pictures
    assert "<svg" in last["image/svg+xml"]
    assert re.search(r"(\d+)/\1 tasks finished", last["text/plain"])


def test_nothing_of_ours_is_on_the_console(story):
    assert story.notebook.complaints.ours == []
