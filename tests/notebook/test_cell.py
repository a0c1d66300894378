"""What a cell reads and writes: cases as data, one line a rule."""

import pytest

from flowlab.errors import CellError
from flowlab.notebook.cell import analyse

READS = [
    ("x += 1", ("x",)),
    ("x = x + 1", ("x",)),
    ("for i in data: total = total + i", ("data", "total")),
    ("print(later); later = 3", ("later",)),
    ("del tmp; print(tmp2)", ("tmp", "tmp2")),
    ("def f(v):\n    return g(v) * scale\nf(1)", ("g", "scale")),
    ("match cmd:\n    case [op, *rest] if op in ops: pass", ("cmd", "ops")),
    ("def h():\n    global cnt\n    cnt = cnt + 1\nh()", ("cnt",)),
    ("cnt = 0\ndef h():\n    global cnt\n    cnt = cnt + 1\nh()", ()),
    ("if flag: m = 1\nprint(m)", ("flag",)),
    ("[k for k in ks if (q := k)]", ("ks",)),
    ("class A(Base):\n    x: T = v", ("Base", "T", "v")),
    ("f'{a!r:>{w}}'", ("a", "w")),
    ("lambda n: n + off", ("off",)),
    ("try:\n    import one\nexcept ImportError:\n    one = two", ("two",)),
    ("y: int = z", ("z",)),
    ("ctx.debug('said')", ()),
    ("len(range(3))", ()),
    ("import os\nos.getcwd()", ()),
]


@pytest.mark.parametrize(("source", "reads"), READS, ids=[source for source, _ in READS])
def test_names_that_nobody_in_the_cell_binds_are_read(source, reads):
    assert analyse(source, "In [1]").reads == reads


def test_names_bound_at_top_level_are_written():
    source = (
        "import os\nfrom math import pi as p\na, (b, *c) = 1, (2, 3)\ndef f(): inner = 1\n_own = 1"
    )
    assert analyse(source, "In [1]").writes == {"os", "p", "a", "b", "c", "f"}


def test_a_star_import_makes_names_uncertain_and_says_so():
    found = analyse("from math import *\ny = sin(t)", "In [1]")
    assert (found.reads, found.starred) == ((), ("sin", "t"))
    assert "from math import *" in found.warnings[0]


@pytest.mark.parametrize("hiding", ["exec('a')", "eval('a')", "globals()", "locals()", "vars()"])
def test_what_hides_names_is_a_warning_with_its_line(hiding):
    assert analyse(f"x = 1\n{hiding}", "In [1]").warnings[0].startswith("line 2: ")


@pytest.mark.parametrize(("source", "value"), [("a = 1\na", True), ("a = 1", False), ("", False)])
def test_a_last_expression_is_the_value(source, value):
    assert analyse(source, "In [1]").value is value


def test_a_syntax_error_names_the_cell_and_the_line():
    with pytest.raises(CellError, match=r"In \[7\], line 2: .*: y = = 2"):
        analyse("x = 1\ny = = 2", "In [7]")


@pytest.mark.parametrize("line", ["%time f()", "!ls", "?print"])
def test_ipythons_own_syntax_is_refused_with_the_remedy(line):
    with pytest.raises(CellError, match="%%task --sh"):
        analyse(line, "In [1]")
