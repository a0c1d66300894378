"""The quickstart notebook, run headless on real engines, gives what plain Python gives."""

import pickle
import re
from typing import Any, NamedTuple

import nbformat
import pandas as pd
import pytest

from notebooks.serial import analysis
from tests.stories.headless import NOTEBOOKS, execute

SOURCE = NOTEBOOKS / "quickstart.ipynb"
COLOUR = re.compile(r"\x1b\[[0-9;]*m")  # a traceback is coloured, sometimes amid a line


class Run(NamedTuple):
    """What one run of the notebook left behind."""

    executed: nbformat.NotebookNode
    results: dict[str, Any]


@pytest.fixture(scope="module")
def run(tmp_path_factory) -> Run:
    folder = tmp_path_factory.mktemp("quickstart")
    results = folder / "results.pkl"
    executed = execute(SOURCE.name, folder, FLOWLAB_DEMO_RESULTS=str(results))
    return Run(executed, pickle.loads(results.read_bytes()))


def cell(notebook: nbformat.NotebookNode, cell_id: str) -> nbformat.NotebookNode:
    """The one cell with this id."""
    (found,) = (each for each in notebook.cells if each.id == cell_id)
    return found


@pytest.mark.engines
@pytest.mark.timeout(600)  # the notebook's work once on engines, once serially
def test_the_results_equal_the_serial_analysis(run):
    expected = analysis()
    assert list(run.results) == list(expected)
    for name, value in expected.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(run.results[name], value, check_exact=True, obj=name)
        else:
            assert run.results[name] == value, name


@pytest.mark.engines
@pytest.mark.timeout(600)
def test_the_mistaken_cell_shows_its_own_line_and_only_that_cell_fails(run):
    failed = {
        each.id: output
        for each in run.executed.cells
        for output in each.get("outputs", [])
        if output.output_type == "error"
    }
    assert list(failed) == ["fetch-by-age-wrong"]
    shown = "".join(
        output.get("text", "") + "\n".join(output.get("traceback", []))
        for output in cell(run.executed, "fetch-by-age-wrong").outputs
    )
    shown = COLOUR.sub("", shown)
    assert "dated = planes.assign" in shown
    assert "Cannot convert non-finite values" in shown


@pytest.mark.engines
@pytest.mark.timeout(600)
def test_the_figure_is_in_the_executed_copy(run):
    kinds = [kind for output in cell(run.executed, "figure").outputs for kind in output.get("data")]
    assert "image/png" in kinds


def test_the_stored_notebook_is_valid_and_holds_no_outputs():
    stored = nbformat.read(SOURCE, as_version=4)
    nbformat.validate(stored)
    code = [each for each in stored.cells if each.cell_type == "code"]
    assert all(not each.outputs and each.execution_count is None for each in code)
    assert len({each.id for each in stored.cells}) == len(stored.cells)


@pytest.mark.engines
@pytest.mark.timeout(600)
def test_the_executed_file_holds_the_last_picture_and_no_widget(run):
    shown = [
        output["data"]
        for each in run.executed.cells
        for output in each.get("outputs", [])
        if "image/svg+xml" in output.get("data", {})
    ]
    assert re.search(r"(\d+)/\1 tasks finished", shown[-1]["text/plain"])
    assert not any("application/vnd.jupyter.widget-view+json" in data for data in shown)
    assert "widgets" not in run.executed.metadata
