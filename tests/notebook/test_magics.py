"""The magics in a real shell, on an inline engine."""

import pytest
from IPython.core.error import UsageError as WrongWords

from flowlab.errors import CellError, TaskError, UsageError
from flowlab.notebook.magics import value_of


def test_a_graph_of_cells_runs_from_one_end_to_the_other(notebook):
    notebook.run("factor = 3")
    notebook.run("%%task load -o raw\nraw = list(range(4))")
    notebook.run("%%task scale\n[factor * n for n in raw]")
    notebook.run("%submit")
    notebook.run("found = %fetch scale")
    assert notebook.names["found"] == [0, 3, 6, 9]


def test_a_function_of_the_notebook_travels_with_the_task(notebook):
    notebook.run("def inner(n): return n + offset\noffset = 2\ndef outer(n): return inner(n)")
    notebook.run("%%task use\nouter(40)")
    notebook.run("%submit")
    assert notebook.value("%fetch use") == 42


def test_a_failure_shows_the_cells_own_line(notebook):
    notebook.run("%%task bad\nx = 1\ny = 1 / (x - 1)")
    notebook.run("%submit --wait")
    with pytest.raises(TaskError) as failed:
        notebook.run("%wait bad")
    shown = "".join(failed.value._render_traceback_())
    assert "y = 1 / (x - 1)" in shown
    assert "ZeroDivisionError" in shown
    assert "line 3" in shown
    assert "flowlab/" not in shown


def test_a_mended_cell_heals_the_graph(notebook, capsys):
    notebook.run("%%task load -o raw\nraw = [1, 'x']")
    notebook.run("%%task total\nsum(raw)")
    notebook.run("%submit --wait")
    with pytest.raises(TaskError, match="TypeError"):
        notebook.run("%fetch total")
    notebook.run("%%task load -o raw\nraw = [1, 2]")
    notebook.run("%submit")
    assert "because what they read was replaced: total" in capsys.readouterr().out
    assert notebook.value("%fetch total") == 3


def test_a_shell_cell_maps_files_in_and_out(notebook):
    notebook.run("%%task words\n'b\\na\\n'")
    notebook.run("%%task --sh order -i in.txt=words -o first=STDOUT -o whole=out.txt\n"
                 "sort in.txt > out.txt; head -1 out.txt")  # fmt: skip
    notebook.run("%submit")
    assert notebook.value("%fetch first") == "a\n"
    assert notebook.value("%fetch whole") in (b"a\nb\n", "a\nb\n")


@pytest.mark.parametrize(
    ("cell", "error", "text"),
    [
        ("%%task t\nlen(nowhere)", CellError, r"task 't' \(In \[1\]\) reads 'nowhere'"),
        ("%%task t -o y\nx = 1", CellError, "never assigns its output 'y'"),
        ("%%task t --cpus 0\n1", CellError, "at least 1"),
        ("%%task t\n\n", CellError, "empty body"),
        ("%%task a/b\n1", CellError, "use --name for groups"),
        ("%%task print\n1", CellError, "would hide Python's own print"),
        ("%%task t -o class=x\nx = 1", CellError, "would hide Python's own class"),
        ("%%task t\nx = 1\nawait x", CellError, r"In \[1\], line 3: .*: await x"),
        ("%%task t --nome x\n1", WrongWords, "did you mean --name"),
        ("%fetch nothing", UsageError, "'nothing' is no task and no object"),
        ("%flowlab dance", WrongWords, "the verbs are"),
    ],
)
def test_bad_input_names_the_cell_and_the_remedy(notebook, cell, error, text):
    with pytest.raises(error, match=text):
        notebook.run(cell)


def test_an_object_that_was_not_submitted_says_so(notebook):
    notebook.run("%%task t\n1")
    with pytest.raises(UsageError, match="not submitted"):
        notebook.run("%fetch t")


def test_a_value_that_cannot_be_pickled_is_named(notebook):
    notebook.run("import threading\ngate = threading.Lock()")
    with pytest.raises(UsageError, match="gate"):
        notebook.run("%%task t\ngate.locked()")


def test_why_explains_and_status_draws(notebook, capsys):
    notebook.run("%%task t --name group/t\n1")
    notebook.run("%submit --wait")
    notebook.run("%flowlab why t")
    notebook.run("%flowlab status")
    shown = capsys.readouterr().out
    assert "finished" in shown
    assert "group" in shown


def test_a_directory_is_fetched_as_an_instance(notebook, tmp_path):
    (tmp_path / "a.txt").write_text("text")
    notebook.names["folder"] = str(tmp_path)
    notebook.run("from flowlab import directory\ntree = directory(folder)\ntree.keep()")
    notebook.run("%%task --sh names -i tree=tree\nls tree")
    notebook.run("%submit")
    assert notebook.value("%fetch names") == "a.txt\n"
    assert notebook.value("%fetch tree").data_type == "dir"
    assert value_of(notebook.names["tree"].fetch()).data_type == "dir"


def test_a_task_that_makes_nothing_says_so_and_its_failure_comes_first(notebook):
    notebook.run("%%task quiet\nx = 1")
    notebook.run("%%task loud\nraise ValueError('why not')\nx = 1")
    notebook.run("%submit --wait")
    with pytest.raises(WrongWords, match="makes nothing"):
        notebook.run("%fetch quiet")
    with pytest.raises(TaskError, match="why not"):
        notebook.run("%fetch loud")


def test_a_refused_task_stands_in_nobodys_way(notebook):
    with pytest.raises(CellError, match=r"task 'wide' \(In \[1\]\).*99"):
        notebook.run("%%task wide --cpus 99\n1")
    notebook.run("%%task narrow\n1")
    notebook.run("%submit")
    assert notebook.value("%fetch narrow") == 1


def test_leftovers_at_a_stage_point_are_listed(notebook, capsys, tmp_path):
    (tmp_path / "point").mkdir()
    notebook.run(f"%flowlab gc {tmp_path}/point --older-than 12h")
    assert "0 with 0 bytes left over" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no stage point is set"):
        notebook.run("%flowlab gc")


def test_what_was_not_made_is_fetched_as_none(notebook):
    notebook.run("from flowlab import Output\nfrom flowlab.tasks import Execute")
    notebook.run("maybe = Execute('true', output_paths=Output('log', optional=True))")
    notebook.run("maybe.keep_outputs()\n%submit --wait")
    assert notebook.value("%fetch maybe") is None


def test_a_shell_cells_pattern_gives_a_directory(notebook, tmp_path):
    notebook.run("%%task parts --sh -o 'part*'\nprintf abcd | split -b 2 - part")
    notebook.run("%submit")
    notebook.value("%fetch part").write(tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["partaa", "partab"]


def test_the_stage_point_is_set_shown_and_taken_back(notebook, capsys, tmp_path):
    for words, shown in (
        ("", "none; files go between hosts in pieces"),
        (str(tmp_path), str(tmp_path)),
        ("", str(tmp_path)),
        ("none", "none; files go between hosts in pieces"),
    ):
        notebook.run(f"%flowlab stage {words}")
        assert capsys.readouterr().out == f"stage point: {shown}\n"
    with pytest.raises(UsageError, match="does not know"):
        notebook.run("%flowlab stage nonsense://x")
