"""`modules`: what it makes is a bundle of a kind of its own."""

from importlib.machinery import EXTENSION_SUFFIXES

import pytest

import flowlab
from flowlab.errors import UsageError
from flowlab.model.bundles import MODULES, platform_tag


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    (tmp_path / "fl_helper.py").write_text("X = 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_it_is_keyed_by_what_is_in_it(here):
    first = flowlab.modules("fl_helper")
    assert first.kind == MODULES
    assert flowlab.modules("fl_helper.py").key == first.key
    (here / "fl_helper.py").write_text("X = 2")
    assert flowlab.modules("fl_helper").key != first.key


def test_only_compiled_code_is_for_one_platform(here):
    assert flowlab.modules("fl_helper").platform == ""
    (here / f"fl_fast{EXTENSION_SUFFIXES[0]}").write_bytes(b"")
    assert flowlab.modules("fl_fast").platform == platform_tag()


def test_it_needs_a_name():
    with pytest.raises(UsageError, match="takes names of modules"):
        flowlab.modules()
