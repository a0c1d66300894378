"""The wheel is what users get: it holds the whole package, and runs the demo on its own."""

import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.house.tree import ROOT, name_of, sources

# What must not leak from this environment into the one under test.
LEAKS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end; its output."""
    clean = {name: value for name, value in os.environ.items() if name not in LEAKS}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    run(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("jupyter_flowlab-*.whl")
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {name_of(path) for path in sources("flowlab")} <= held
    assert "flowlab/py.typed" in held
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert {name.split("/")[0].split("-")[0] for name in held} == {"flowlab", "jupyter_flowlab"}


@pytest.mark.long
@pytest.mark.engines
@pytest.mark.timeout(900)
def test_the_demo_runs_from_the_wheel_alone(wheel, tmp_path):
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks")
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    run(python, "-m", "pip", "install", "--quiet", f"{wheel}[demo]", cwd=tmp_path)
    where = run(python, "-c", "import flowlab; print(flowlab.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(tmp_path)
    run(python, "notebooks/run.py", cwd=tmp_path)
    assert (tmp_path / "build" / "quickstart.ipynb").is_file()
