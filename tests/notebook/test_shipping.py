"""`%flowlab ship`: the notebook's own modules in its tasks."""

import sys

import pytest

from flowlab.errors import UsageError
from flowlab.notebook.shipping import Shipping


class Told:
    """A session that notes what it is given."""

    def __init__(self):
        self.told = []

    def bundle(self, made, *, instead_of):
        self.told.append((made, instead_of))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    (tmp_path / "fl_one.py").write_text("import fl_two\nX = 1")
    (tmp_path / "fl_two.py").write_text("")
    (tmp_path / "fl_three.py").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield tmp_path
    for name in [name for name in sys.modules if name.startswith("fl_")]:
        del sys.modules[name]


def test_what_was_shipped_is_shipped_anew(here):
    shipping, session = Shipping(), Told()
    assert "nothing was shipped yet" in shipping.ship([], session)
    said = shipping.ship(["fl_one"], session)
    assert said == "tasks that are declared from now on can import fl_one, fl_two"
    assert shipping.ship(["fl_three"], session).endswith("import fl_one, fl_three, fl_two")
    (here / "fl_two.py").write_text("Y = 1")
    shipping.ship([], session)
    bundles = [made for made, _ in session.told]
    assert [old for _, old in session.told] == [None, *bundles[:2]]
    assert len({made.key for made in bundles}) == 3


def test_a_name_that_is_wrong_changes_nothing():
    shipping, session = Shipping(), Told()
    shipping.ship(["fl_one"], session)
    with pytest.raises(UsageError, match="no module 'fl_gone'"):
        shipping.ship(["fl_gone"], session)
    shipping.ship([], session)
    assert len(session.told) == 2


def test_a_changed_module_is_the_new_one_in_later_tasks(notebook, here):
    notebook.run("%flowlab ship fl_one")
    notebook.run("%%task first\nimport fl_one\nfl_one.X")
    notebook.run("%submit --wait")
    (here / "fl_one.py").write_text("X = 2")
    notebook.run("%flowlab ship")
    notebook.run("%%task second\nimport fl_one\nfl_one.X")
    notebook.run("%submit")
    assert (notebook.value("%fetch first"), notebook.value("%fetch second")) == (1, 2)
    assert "fl_one" not in sys.modules
