"""Which files make a module importable elsewhere."""

import os
import sys
from importlib.machinery import EXTENSION_SUFFIXES

import pytest

import flowlab
from flowlab.errors import StoreError, UsageError, WrongKind
from flowlab.staging.modules import find_modules, is_compiled

FILES = {
    "fl_one.py": "import fl_two, os, numpy\nfrom fl_pack.deep import x",
    "fl_two.py": "def f():\n    import fl_three\n",
    "fl_three.py": "import fl_one  # and round again",
    "fl_four.py": "raise RuntimeError('nothing is imported to be found')",
    "fl_pack/__init__.py": "from . import deep",
    "fl_pack/deep/__init__.py": "from ..other import y\nimport fl_four",
    "fl_pack/other.py": "y = 1",
    "fl_pack/table.json": "{}",
    "fl_pack/.hidden": "",
    "fl_pack/__pycache__/old.pyc": "",
    "fl_bare/inner.py": "x = 1",
    "fl_bare/big.csv": "not a module",
    "lib/fl_far.py": "import fl_two",
    "random.py": "x = 1",
    "two-words.py": "x = 1",
    "broken.py": "def (",
}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def names(*given):
    return sorted(one.name for one in find_modules(given) if "__pycache__" not in one.name)


PACK = ["fl_pack/__init__.py", "fl_pack/deep/__init__.py", "fl_pack/other.py", "fl_pack/table.json"]


def test_a_module_comes_with_the_local_ones_that_it_imports():
    assert names("fl_three") == ["fl_four.py", "fl_one.py", *PACK, "fl_three.py", "fl_two.py"]
    assert not [name for name in sys.modules if name.startswith("fl_")]


def test_a_package_is_whole_with_its_data(here):
    assert names("fl_pack") == ["fl_four.py", *PACK]
    assert names("fl_pack.deep") == names("fl_pack")
    assert names(here / "fl_pack") == names("fl_pack")


def test_a_file_is_a_module_wherever_it_lies(here):
    assert "fl_far.py" in names("lib/fl_far.py")
    assert "fl_two.py" in names("lib/fl_far.py")
    assert names("fl_two.py", "fl_two") == names("fl_two")


def test_of_a_directory_without_init_only_modules_travel():
    assert names("fl_bare") == ["fl_bare/inner.py"]
    assert names("./fl_bare") == ["fl_bare/inner.py"]


def test_bytecode_comes_along():
    made = [one.name for one in find_modules(["fl_bare"])]
    assert made == [
        "fl_bare/inner.py", f"fl_bare/__pycache__/inner.{sys.implementation.cache_tag}.pyc",
    ]  # fmt: skip


def test_what_is_broken_travels_as_it_is():
    assert names("broken") == ["broken.py"]


def test_a_file_that_was_written_a_moment_ago_is_found(here):
    with pytest.raises(UsageError, match="no module 'fl_new' can be found"):
        names("fl_new")
    (here / "fl_new.py").write_text("")
    assert names("fl_new") == ["fl_new.py"]


@pytest.mark.parametrize("name", ["json", "os.path", "flowlab", "flowlab.tasks"])
def test_what_each_engine_has_is_refused(name):
    with pytest.raises(UsageError, match="is on each engine already; leave it out"):
        names(name)


@pytest.mark.parametrize("name", ["numpy", "pytest", "msgspec"])
def test_what_is_installed_is_refused(name):
    with pytest.raises(UsageError, match=r"is installed \(.*install it on the engines' hosts"):
        names(name)


def test_a_file_that_would_hide_pythons_own_is_refused():
    with pytest.raises(UsageError, match=r"would take its place there; rename it"):
        names("random.py")
    with pytest.raises(UsageError, match=r"cannot be imported by its name; rename it"):
        names("two-words.py")


@pytest.mark.parametrize("name", ["pipe", "pipe.py"])
def test_a_named_pipe_in_a_package_is_named_and_never_waited_for(here, name):
    os.mkfifo(here / "fl_pack" / name)
    with pytest.raises(StoreError, match=rf"cannot bundle .*fl_pack/{name}': no plain file"):
        flowlab.modules("fl_pack")


def test_two_of_one_name_are_refused(here):
    (here / "lib/fl_two.py").write_text("")
    with pytest.raises(UsageError, match=r"two modules are called 'fl_two'"):
        names("lib/fl_two.py", "fl_two")


@pytest.mark.parametrize("name", ["gone.py", "lib/gone", "fl_gone"])
def test_what_is_not_there_is_said(name):
    with pytest.raises(UsageError, match=r"no module"):
        names(name)


@pytest.mark.parametrize("name", [3, b"fl_one.py", ""])
def test_anything_else_is_refused(name):
    with pytest.raises(WrongKind, match="takes names and paths"):
        names(name)


def test_compiled_code_is_known_by_its_name(here):
    (here / f"fl_fast{EXTENSION_SUFFIXES[0]}").write_bytes(b"")
    assert [name for name in names("fl_fast") if is_compiled(name)] == names("fl_fast")
    assert names(here / f"fl_fast{EXTENSION_SUFFIXES[0]}") == names("fl_fast")
    assert not is_compiled("fl_fast.py")
