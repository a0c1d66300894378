"""Cells and the tasks that stand for them."""

import pytest

from flowlab.errors import CellError
from flowlab.notebook.workspace import Workspace


def test_nothing_starts_before_the_first_cell():
    workspace = Workspace({}, pytest.fail)
    assert workspace.client is None
    assert workspace.open_session is None
    workspace.close()


def test_a_cell_run_again_replaces_its_task(notebook):
    notebook.run("%%task a\n1")
    first = notebook.names["a"]
    notebook.run("%%task a\n2")
    assert notebook.names["a"] is not first
    assert notebook.workspace.session.task_count == 1
    notebook.run("%submit")
    assert notebook.value("%fetch a") == 2


def test_what_read_a_replaced_output_is_stale_through_the_graph(notebook):
    notebook.run("%%task a\n1")
    notebook.run("%%task b\na + 1")
    notebook.run("%%task c\nb + 1")
    notebook.run("%submit --wait")
    assert notebook.workspace.stale() == []
    notebook.run("%%task a\n10")
    assert notebook.workspace.stale() == ["b", "c"]
    notebook.run("%submit")
    assert notebook.value("%fetch c") == 12
    assert notebook.workspace.stale() == []


def test_a_cell_may_read_the_output_that_it_replaces(notebook):
    notebook.run("%%task a -o n\nn = 1")
    notebook.run("%%task b -o n\nn = n + 1")
    notebook.run("%submit")
    assert notebook.value("%fetch n") == 2
    assert notebook.workspace.stale() == []


def test_a_function_that_reads_an_object_as_a_global_is_refused(notebook):
    notebook.run("%%task a\n1")
    notebook.run("def f(): return a")
    with pytest.raises(CellError, match="reads the object 'a' as a global"):
        notebook.run("%%task b\nf()")


def test_an_explicit_input_has_another_name_in_the_cell(notebook):
    notebook.run("%%task a\n20")
    notebook.run("%%task b -i n=a\neval('n') + 1")
    notebook.run("%submit")
    assert notebook.value("%fetch b") == 21


def test_a_closed_session_is_replaced_at_the_next_cell(notebook):
    notebook.run("%%task a\n1")
    first = notebook.workspace.session
    notebook.run("%flowlab close")
    notebook.run("%%task b\n2")
    assert notebook.workspace.session is not first
    notebook.run("%submit")
    assert notebook.value("%fetch b") == 2
