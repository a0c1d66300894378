"""A cell as the user wrote it."""

import pytest

from flowlab.errors import CellError
from flowlab.model.specs import Place
from flowlab.notebook.definitions import read_definition
from flowlab.notebook.options import TASK


def define(line, body="x = 1"):
    return read_definition(vars(TASK.read(line)), body, Place(cell=4), "In [4]")


def test_the_words_become_a_definition():
    found = define("clean -i a=b -o x -o y=z --name prep/clean --cpus 2")
    assert (found.task_name, found.shown, found.cpus) == ("clean", "prep/clean", 2)
    assert found.inputs == (("a", "b"),)
    assert found.outputs == (("x", "x"), ("y", "z"))
    assert str(found) == "task 'clean' (In [4])"
    assert found.bound == ()


def test_where_it_runs_and_what_it_counts_for():
    found = define("t --where b --where 3 --limit db --limit disk")
    assert found.claims == {"cpus": 1, "where": ("b", 3), "limit": ("db", "disk")}
    assert define("t").claims == {"cpus": 1, "where": None, "limit": ()}


def test_a_file_of_a_shell_cell_binds_its_stem():
    assert define("--sh t -o out/table.csv -o log=run.log").outputs == (
        ("table", "out/table.csv"),
        ("log", "run.log"),
    )


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("t -o a.b", "needs a name"),
        ("t -o x -o x=y", "stands twice"),
        ("t -o x=", "names nothing"),
        ("--sh t -o STD-OUT", "needs a name"),
    ],
)
def test_wrong_outputs_are_refused_with_the_cell(line, text):
    with pytest.raises(CellError, match=text) as refused:
        define(line)
    assert "In [4]" in str(refused.value)


def test_a_pattern_of_a_shell_cell_is_called_by_what_stands_before_it():
    found = define("--sh t -o 'out/part*' -o 'rest=x?.txt' --bundle data --bundle tools")
    assert found.outputs == (("part", "out/part*"), ("rest", "x?.txt"))
    assert found.bundles == ("data", "tools")
