"""What tasks with modules import: theirs, once, and nobody else's."""

import os
import subprocess
import sys

import pytest

from flowlab.worker.imports import Imports


@pytest.fixture
def make(tmp_path):
    """Makes the imports of modules by their sources."""
    made = []

    def make(**sources):
        folder = tmp_path / f"modules{len(made)}"
        for name, source in sources.items():
            path = folder / f"{name.replace('__', '/')}.py"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        made.append(Imports([str(folder)]))
        return made[-1]

    yield make
    for each in made:
        each.leave()


def test_a_module_can_be_imported_inside_and_not_outside(make):
    imports = make(fl_helper="X = 1")
    path = list(sys.path)
    imports.enter()
    assert __import__("fl_helper").X == 1
    imports.leave()
    imports.leave()
    assert sys.path == path
    assert "fl_helper" not in sys.modules
    with pytest.raises(ModuleNotFoundError):
        __import__("fl_helper")


def test_it_is_imported_once(make):
    imports = make(fl_helper="X = []", fl_pack__inner="import fl_helper; fl_helper.X.append(1)")
    for _ in range(3):
        imports.enter()
        assert __import__("fl_pack.inner").inner.fl_helper.X == [1]
        imports.leave()
    assert not [name for name in sys.modules if name.startswith("fl_")]


def test_two_versions_do_not_mix(make):
    one, two = make(fl_helper="X = 1", fl_old="Y = 1"), make(fl_helper="X = 2")
    seen = []
    for imports in (one, two, one, two):
        imports.enter()
        seen.append(__import__("fl_helper").X)
        imports.leave()
    assert seen == [1, 2, 1, 2]
    one.enter()
    __import__("fl_old")
    one.leave()
    two.enter()
    with pytest.raises(ModuleNotFoundError):
        __import__("fl_old")


def test_the_processs_own_module_of_that_name_comes_back(make, monkeypatch, tmp_path):
    (tmp_path / "fl_helper.py").write_text("X = 'own'")
    monkeypatch.syspath_prepend(str(tmp_path))
    own = __import__("fl_helper")
    imports = make(fl_helper="X = 1")
    imports.enter()
    assert __import__("fl_helper").X == 1
    imports.leave()
    assert sys.modules["fl_helper"] is own
    sys.modules.pop("fl_helper")


def test_all_of_it_goes_though_modules_came_and_went_meanwhile(make):
    imports = make(fl_helper="X = 1", fl_pack__inner="", fl_late="")
    first = None
    for name in ("fl_helper", "fl_pack.inner", "fl_late"):
        imports.enter()
        __import__(name)
        module = sys.modules["fl_helper"]
        first = first or module
        assert module is first
        if name == "fl_late":
            sys.modules["os"] = sys.modules.pop("os")  # the order of modules says nothing
        imports.leave()
        assert not [one for one in sys.modules if one.startswith("fl_")]
    imports.enter()
    assert {one for one in sys.modules if one.startswith("fl_")} == {
        "fl_helper", "fl_pack", "fl_pack.inner", "fl_late",
    }  # fmt: skip


def test_a_program_finds_them_too_and_writes_nothing_there(make, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    before = sys.dont_write_bytecode
    imports = make(fl_helper="X = 1")
    imports.enter()
    words = [sys.executable, "-c", "import fl_helper, sys; print(fl_helper.X, sys.path)"]
    said = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    __import__("fl_helper")
    folder = sys.path[0]
    imports.leave()
    assert said.startswith("1 ")
    assert "/elsewhere" in said
    assert os.listdir(folder) == ["fl_helper.py"]
    assert os.environ["PYTHONPATH"] == "/elsewhere"
    assert "PYTHONDONTWRITEBYTECODE" not in os.environ
    assert sys.dont_write_bytecode is before


def test_a_function_is_made_anew_beside_other_modules(make):
    one, two = make(fl_a=""), make(fl_a="")
    made = []

    def unpickle(key):
        made.append(key)
        return lambda: key

    assert one.function("k", unpickle) is one.function("k", unpickle)
    assert two.function("k", unpickle) is not one.function("k", unpickle)
    assert made == ["k", "k"]
