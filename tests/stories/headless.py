"""Notebooks of ours, run by notebooks/run.py as `make demo` does."""

import os
import subprocess
import sys
from pathlib import Path

import nbformat

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def execute(name, folder, **environment):
    """The executed copy of a notebook; the test fails when a cell did that should not have."""
    done = subprocess.run(
        [sys.executable, NOTEBOOKS / "run.py", NOTEBOOKS / name, "--to", folder],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return nbformat.read(folder / name, as_version=4)


def printed(notebook, cell_id):
    """What a cell printed."""
    (cell,) = (each for each in notebook.cells if each.id == cell_id)
    return "".join(one.get("text", "") for one in cell.outputs if one.get("name") == "stdout")
