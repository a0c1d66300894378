"""What an import loads: an engine must not pay for the notebook, nor `import flowlab` for either.

Each test asks a fresh interpreter, since this one has loaded everything already.
"""

import os
import subprocess
import sys

import pytest

PROGRAM = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"

LOAD = """
import sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
before = set(sys.modules)
shell.run_line_magic("load_ext", "flowlab")
shell.run_cell(sys.argv[1]).raise_error()
print(*(set(sys.modules) - before))
"""
CELL = "%%task first\n6 * 7"
SETTINGS = {"FLOWLAB_DISPLAY": "none", "FLOWLAB_INLINE": "1"}

FRONT = {"IPython", "anywidget", "ipywidgets", "traitlets", "tornado", "ipykernel", "pyflakes"}
SERVER = {"jupyter_client", "jupyter_server", "jupyterlab", "jinja2"}
WIRE = {"ipyparallel", "zmq", "fsspec", "psutil"}
DATA = {"numpy", "pandas", "pyarrow", "matplotlib", "polars", "scipy"}


def loaded_by(word: str, program: str = PROGRAM) -> set[str]:
    """The top-level packages that a fresh interpreter has after importing this module."""
    done = subprocess.run(
        [sys.executable, "-c", program, word],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **SETTINGS},
    )
    assert done.returncode == 0, done.stderr
    return {name.split(".", maxsplit=1)[0] for name in done.stdout.split()}


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("flowlab", FRONT | WIRE | DATA),
        ("flowlab.model", FRONT | WIRE | DATA),
        ("flowlab.events", FRONT | WIRE | DATA),
        ("flowlab.graph", FRONT | WIRE | DATA),
        ("flowlab.view", FRONT | WIRE | DATA),
        ("flowlab.scheduler", FRONT | WIRE | DATA),
        ("flowlab.tasks", FRONT | DATA | {"ipyparallel"}),
        ("flowlab.worker", FRONT | DATA | {"ipyparallel"}),
        # what `from flowlab import Client` loads into a kernel, and into the scheduler process
        ("flowlab.session.client", FRONT | SERVER | DATA | {"ipyparallel", "zmq", "fsspec"}),
        ("flowlab.session.main", FRONT | SERVER | DATA | {"ipyparallel", "fsspec"}),
        # what an engine has loaded when its first task comes
        ("flowlab.cluster.engine", FRONT | SERVER | DATA | {"ipyparallel", "fsspec"}),
        ("flowlab.dashboard", DATA | FRONT - {"tornado", "traitlets"} | {"ipyparallel", "fsspec"}),
    ],
)
def test_an_import_loads_no_more_than_it_needs(module, unwanted):
    assert not loaded_by(module) & unwanted


@pytest.mark.parametrize("cell", ["", CELL], ids=["nothing", "a first cell"])
def test_the_extension_loads_no_more_than_it_needs(cell):
    """Widgets come with it: a shell that is there has not loaded them."""
    unwanted = SERVER | DATA | {"ipyparallel", "zmq", "fsspec", "tornado", "ipykernel"}
    assert not loaded_by(cell, LOAD) & unwanted


def test_the_question_is_answered_truly():
    """zmq's own import proves that a loaded package would have been seen."""
    assert "zmq" in loaded_by("zmq")
