"""What an import loads: an engine must not pay for the notebook, nor `import flowlab` for either.

Each test asks a fresh interpreter, since this one has loaded everything already.
"""

import subprocess
import sys

import pytest

PROGRAM = "import sys, importlib; importlib.import_module(sys.argv[1]); print(*sys.modules)"

FRONT = {"IPython", "anywidget", "ipywidgets", "traitlets", "tornado", "ipykernel", "pyflakes"}
WIRE = {"ipyparallel", "zmq", "fsspec", "psutil"}
DATA = {"numpy", "pandas", "pyarrow", "matplotlib"}


def loaded_by(module: str) -> set[str]:
    """The top-level packages that a fresh interpreter has after importing this module."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, module],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
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
        ("flowlab.dashboard", DATA | FRONT - {"tornado", "traitlets"} | {"ipyparallel", "fsspec"}),
    ],
)
def test_an_import_loads_no_more_than_it_needs(module, unwanted):
    assert not loaded_by(module) & unwanted


def test_the_question_is_answered_truly():
    """zmq's own import proves that a loaded package would have been seen."""
    assert "zmq" in loaded_by("zmq")
