"""From a name to an object; the rest is seen in test_workspace.py."""

import pytest

from flowlab.errors import CellError
from flowlab.notebook.resolver import objects_behind


def test_a_task_with_several_outputs_is_no_input(notebook):
    notebook.run("from flowlab import remote")
    notebook.run("@remote(outputs=2)\ndef two(ctx): return b'1', b'2'\npair = two()")
    with pytest.raises(CellError, match="a task with 2 outputs"):
        notebook.run("%%task t\nlen(pair)")


def test_a_map_is_read_as_the_list_of_its_results(notebook):
    notebook.run("import flowlab\nm = flowlab.map(lambda n: n * n, range(100))")
    notebook.run("one = m[5]")
    notebook.run("%%task t\nsum(m) + one")
    notebook.run("%submit --wait")
    assert notebook.value("%fetch t") == sum(n * n for n in range(100)) + 25


def test_objects_behind_functions_are_found_through_calls(notebook):
    notebook.run("%%task a\n1")
    notebook.run("def inner(): return a\ndef outer(): return inner()\ndef plain(): return len('x')")
    names = notebook.names
    for name in ("inner", "outer", "plain"):
        names[name].__module__ = "__main__"
    assert list(objects_behind(names["outer"])) == ["a"]
    assert list(objects_behind(names["plain"])) == []
    assert list(objects_behind(12)) == []


def test_a_cells_bundles_are_those_of_the_notebook(notebook, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("A")
    notebook.run("import flowlab\ndata = flowlab.bundle('*.txt')")
    notebook.run("%%task one --bundle data\nopen('a.txt').read()")
    notebook.run("%%task two --sh --bundle data\ncat a.txt")
    notebook.run("%submit --wait")
    assert notebook.value("%fetch one") == notebook.value("%fetch two") == "A"
    with pytest.raises(CellError, match=r"--bundle gone: this name stands for no bundle"):
        notebook.run("%%task three --bundle gone\n1")
    with pytest.raises(CellError, match=r"give it to a task by bundle="):
        notebook.run("%%task four\nlen(data.names)")
