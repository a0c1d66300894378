"""Cells and the tasks that stand for them."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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
    for _ in range(2):  # run again, it reads what it read the first time
        notebook.run("%%task b -o n\nn = n + 1")
        notebook.run("%submit")
        assert notebook.value("%fetch n") == 2


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


def test_what_a_closed_session_made_is_unbound(notebook):
    notebook.run("%%task a\n1")
    notebook.run("%flowlab close")
    assert "a" not in notebook.names


def test_a_step_that_rebinds_its_input_is_not_left_out(notebook):
    notebook.run("%%task load -o df\ndf = ['raw']")
    notebook.run("%%task clean -o df\ndf = df + ['cleaned']")
    notebook.run("%%task model\nlist(df)")
    notebook.run("%submit")
    assert notebook.value("%fetch model") == ["raw", "cleaned"]
    notebook.run("%%task load -o df\ndf = ['again']")
    assert notebook.workspace.stale() == ["clean", "model"]
    notebook.run("%submit")
    assert notebook.value("%fetch model") == ["again", "cleaned"]
    assert notebook.value("%fetch df") == ["again", "cleaned"]


def test_an_output_that_is_renamed_leaves_its_readers_out_and_says_so(notebook, capsys):
    notebook.run("%%task r -o r1\nr1 = 1")
    notebook.run("%%task s\nr1 + 1")
    notebook.run("%%task r -o r2\nr2 = 1")
    notebook.run("%submit")
    assert "left out: task 's'" in capsys.readouterr().out
    assert "r1" not in notebook.names
    assert notebook.value("%fetch r2") == 1
    notebook.run("%%task s\nr2 + 1")
    notebook.run("%submit")
    assert notebook.value("%fetch s") == 2


def test_two_cells_that_rebind_each_others_input_come_to_rest(notebook):
    notebook.run("%%task base -o x\nx = 1")
    notebook.run("%%task c2 -o y\ny = x + 1")
    notebook.run("%%task c3 -o x\nx = y + 1")
    notebook.run("%submit")
    assert notebook.value("%fetch x") == 3
    notebook.run("%%task c2 -o y\ny = x + 10")
    notebook.run("%submit")
    assert (notebook.value("%fetch y"), notebook.value("%fetch x")) == (11, 12)
    assert notebook.workspace.stale() == []


def test_a_call_that_reads_a_replaced_object_is_left_out_and_blocks_nothing(notebook, capsys):
    notebook.run("from flowlab import remote")
    notebook.run("@remote(auto_load=True, auto_encode='pickle')\ndef twice(ctx, n): return 2 * n")
    notebook.run("%%task a\n1")
    notebook.run("double = twice(a, name='double').output")
    notebook.run("%%task a\n5")
    notebook.run("%submit")
    assert "left out: <Task" in capsys.readouterr().out
    assert notebook.value("%fetch a") == 5
    notebook.run("double = twice(a, name='double').output\ndouble.keep()")
    notebook.run("%submit")
    assert notebook.value("%fetch double") == 10


CHAIN = ("v0", "v1", "v2", "v3")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9), st.booleans()), max_size=6))
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_run_again_in_whatever_order_the_values_are_the_serial_ones(notebook, runs):
    added = dict.fromkeys(CHAIN, 1)

    def run(place):
        before = f"v{place - 1} + " if place else ""
        name = CHAIN[place]
        notebook.run(f"%%task t{place} -o {name}\n{name} = {before}{added[name]}")

    notebook.run("%flowlab close")
    for place in range(4):
        run(place)
    for place, number, submit in runs:
        added[CHAIN[place]] = number
        run(place)
        if submit:
            notebook.run("%submit --wait")
    notebook.run("%submit")
    total = 0
    for name in CHAIN:
        total += added[name]
        assert notebook.value(f"%fetch {name}") == total


def test_the_session_has_the_name_of_the_notebooks_file(notebook, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "reports/sales 2026.ipynb")
    assert notebook.workspace.session.name == "sales 2026"
    notebook.workspace.close()
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert notebook.workspace.session.name == "notebook"
