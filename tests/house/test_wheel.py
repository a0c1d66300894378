"""The wheel is what users get: it holds the whole package, and runs the demo on its own."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

from tests.house.test_front_end import BUNDLES
from tests.house.tree import ROOT, files, name_of

# What must not leak from this environment into the one under test.
LEAKS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "JUPYTER_PATH", "JUPYTER_CONFIG_DIR")


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command to its end; its output."""
    clean = {name: value for name, value in os.environ.items() if name not in LEAKS}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The source archive, taken out of its box."""
    folder = tmp_path_factory.mktemp("archive")
    run(sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", folder, cwd=ROOT)
    (packed,) = folder.glob("jupyter_flowlab-*.tar.gz")
    with tarfile.open(packed) as opened:
        opened.extractall(folder, filter="data")
    (unpacked,) = (each for each in folder.iterdir() if each.is_dir())
    return unpacked


@pytest.fixture
def without_node(monkeypatch, tmp_path):
    """No program is found by its name."""
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps")
    run(*pip, "--wheel-dir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("jupyter_flowlab-*.whl")
    return built


def test_the_wheel_holds_the_package_and_nothing_else(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    written = {name_of(path) for path in files()}  # the dashboard's page too
    assert {name for name in written if name.startswith("flowlab/")} <= held
    assert {"flowlab/py.typed", "flowlab/dashboard/page.html"} <= held
    assert any(name.endswith("licenses/LICENSE") for name in held)
    assert {name.split("/")[0].split("-")[0] for name in held} == {"flowlab", "jupyter_flowlab"}


def test_the_wheel_holds_the_front_end_and_turns_the_dashboard_on(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    assert {f"flowlab/static/{name}" for name in BUNDLES} <= held
    turned_on = "etc/jupyter/jupyter_server_config.d/jupyter_flowlab.json"
    assert any(name.endswith(turned_on) for name in held)


def test_the_source_archive_is_built_without_node(archive, without_node, tmp_path):
    assert (archive / "js" / "src" / "widget.ts").is_file()
    assert not (archive / "js" / "node_modules").exists()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path, cwd=archive)
    (built,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(built).namelist())
    assert {f"flowlab/static/{name}" for name in BUNDLES} <= held


def test_a_checkout_without_node_says_what_is_missing(archive, without_node, tmp_path):
    checkout = shutil.copytree(archive, tmp_path / "checkout")
    (checkout / "flowlab" / "static" / "widget.js").unlink()
    build = (sys.executable, "-m", "hatchling", "build", "-t", "wheel")
    done = subprocess.run(build, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Node.js >= 20" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@pytest.mark.parametrize("changed", ["js/src/fold.ts", "js/src/theme.css", "js/build.mjs"])
def test_a_change_makes_the_bundles_old(archive, changed, tmp_path):
    checkout = shutil.copytree(archive, tmp_path / "checkout")
    hook = load(checkout / "js" / "hatch_build.py")
    assert hook.is_fresh(checkout)
    os.utime(checkout / "js" / "src" / "fold.test.ts")
    assert hook.is_fresh(checkout)
    os.utime(checkout / changed)
    assert not hook.is_fresh(checkout)


def load(path: Path) -> ModuleType:
    """A Python file that lies in no package."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
