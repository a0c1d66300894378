"""`make demo` runs a notebook by notebooks/run.py: these tests run small ones with real kernels."""

import subprocess
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.house.tree import ROOT


def run(tmp_path, *cells):
    """Write a notebook of these cells, execute it; the finished process."""
    source = tmp_path / "sample.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Text"), *cells]), source)
    program = [sys.executable, str(ROOT / "notebooks" / "run.py"), str(source)]
    return subprocess.run(
        [*program, "--to", str(tmp_path / "build")],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )


def executed(tmp_path):
    return nbformat.read(tmp_path / "build" / "sample.ipynb", as_version=4)


def test_the_executed_copy_is_saved_and_the_source_left_alone(tmp_path):
    done = run(tmp_path, new_code_cell("6 * 7"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert executed(tmp_path).cells[1].outputs[0].data["text/plain"] == "42"
    assert nbformat.read(tmp_path / "sample.ipynb", as_version=4).cells[1].outputs == []
    assert str(tmp_path / "build" / "sample.ipynb") in done.stdout
    assert " s: " in done.stdout


def test_a_failing_cell_ends_the_run_and_shows_its_error(tmp_path):
    done = run(tmp_path, new_code_cell("1 / 0"), new_code_cell("'never'"))
    assert done.returncode == 1
    assert "ZeroDivisionError" in done.stdout
    assert executed(tmp_path).cells[2].execution_count is None


def test_a_cell_that_is_meant_to_fail_does_not_end_the_run(tmp_path):
    meant = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    done = run(tmp_path, meant, new_code_cell("'after'"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert executed(tmp_path).cells[2].outputs[0].data["text/plain"] == "'after'"


def test_a_dead_kernel_is_an_error(tmp_path):
    done = run(tmp_path, new_code_cell("import os; os._exit(3)"))
    assert done.returncode == 1
    assert "died" in done.stdout.lower()


def test_a_missing_notebook_is_said(tmp_path):
    program = [sys.executable, str(ROOT / "notebooks" / "run.py"), str(tmp_path / "no.ipynb")]
    done = subprocess.run(program, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert "there is no notebook" in done.stderr
