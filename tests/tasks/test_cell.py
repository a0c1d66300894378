"""Notebook cells as tasks: what runs is what would have run in the notebook."""

import linecache
import pickle
import subprocess
import sys
import textwrap
import threading
import traceback

import pytest

from flowlab.errors import CellError, ContentTypeError, UsageError
from flowlab.model.limits import CAPTURED_VALUE
from flowlab.model.specs import Place
from flowlab.tasks.cell import declare_cell
from flowlab.tasks.objects import blob, directory, pickled


def cell(source, outputs=(), last=None, reads=None, captured=None, **more):
    return declare_cell(
        name="load",
        source=textwrap.dedent(source),
        filename="In [3]",
        reads=reads or {},
        captured=captured or {},
        outputs=list(outputs),
        last_value=last,
        **more,
    )


def notebook(source):
    """What a notebook holds after running this: functions and classes of `__main__`."""
    names = {"__name__": "__main__"}
    exec(textwrap.dedent(source), names)
    return names


def values(engine, task):
    return {spec.label: i.load() for spec, i in zip(task.outputs, engine.run(task), strict=True)}


def test_named_values_and_the_last_expression_are_outputs(engine):
    assert values(engine, cell("x = 1\ny = x + 1", ["x", "y"])) == {"x": 1, "y": 2}
    assert values(engine, cell("x = 20\nx + 1  # last\n", last="load")) == {"load": 21}
    assert values(engine, cell("None", last="load")) == {"load": None}
    assert values(engine, cell("a = 1\n(a,\n 2)", ["a"], last="v")) == {"a": 1, "v": (1, 2)}
    assert values(engine, cell("print('only for its effect')")) == {}


def test_functions_classes_imports_and_recursion_work_in_a_cell(engine):
    source = """
        from __future__ import annotations
        from math import *
        import collections
        from dataclasses import dataclass

        @dataclass
        class Point:
            x: Undefined
            def norm(self): return sqrt(self.x ** 2)

        def depth(n): return 0 if n == 0 else 1 + depth(n - 1)
        scale = 2
        lengths = [depth(n) * scale for n in range(3) if n < scale + 1]
        counted = collections.Counter(lengths)
        point = Point(-4)
        norm = point.norm()
    """
    found = values(engine, cell(source, ["lengths", "counted", "point", "norm", "depth"]))
    assert found["lengths"] == [0, 2, 4]
    assert found["counted"] == {0: 1, 2: 1, 4: 1}
    assert found["norm"] == found["point"].norm() == 4
    assert found["depth"](5) == 5


def test_inputs_are_loaded_afresh_for_each_task(engine, tmp_path):
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "f").write_text("file")
    reads = {
        "rows": pickled([1]),
        "text": blob("text"),
        "raw": blob(b"raw"),
        "folder": directory(tmp_path / "d"),
    }
    source = """
        rows.append(2)
        folder.write("here")
        everything = rows, text, raw, open("here/f").read()
    """
    for _ in range(2):
        made = values(engine, cell(source, ["everything"], reads=reads))
        assert made == {"everything": ([1, 2], "text", b"raw", "file")}


def test_a_cell_reads_what_another_made(engine):
    first = cell("x = {'a': 1}\ny = 2", ["x", "y"])
    reads = {"x": first.outputs["x"], "why": first.outputs["y"]}
    second = cell("x['a'] + why", last="sum", reads=reads)
    assert second.inputs.labels() == ["x", "why"]
    assert values(engine, second) == {"sum": 3}


def test_captured_values_share_what_they_shared(engine):
    names = notebook("""
        rows = []
        offset = 1
        def add(x):
            rows.append(x + offset)
            return len(rows)
        def twice(x): return add(x) + add(x)
        class Table:
            def size(self): return len(rows)
    """)
    captured = {name: names[name] for name in ("rows", "twice", "Table")}
    source = "count = twice(1)\nsize = Table().size()\nseen = list(rows)"
    task = cell(source, ["count", "size", "seen"], captured=captured)
    for _ in range(2):  # nothing is left from the run before
        assert values(engine, task) == {"count": 3, "size": 2, "seen": [2, 2]}
    assert names["rows"] == []


def test_functions_of_the_notebook_see_what_the_cell_assigns(engine):
    names = notebook("""
        rate = 1
        def price(x): return x * rate
    """)
    source = "before = price(10)\nrate = 2\nafter = price(10)"
    task = cell(source, ["before", "after"], captured={"price": names["price"]})
    assert values(engine, task) == {"before": 10, "after": 20}


def test_functions_of_the_notebook_still_work_after_an_inline_task(engine):
    names = notebook("""
        import math
        class Circle:
            def area(self): return math.pi
    """)
    task = cell("Circle().area()", last="area", captured={"Circle": names["Circle"]})
    area = values(engine, task)["area"]
    assert names["Circle"]().area() == area


def test_a_captured_value_is_as_it_was_when_the_cell_was_declared(engine):
    config = {"a": 1}
    task = cell("config['a']", last="a", captured={"config": config})
    config["a"] = 2
    assert values(engine, task) == {"a": 1}


def test_an_output_never_assigned_is_named_with_the_cell(engine):
    message = r"cell 'load' \(In \[3\]\) never assigned its output 'y'.*leave out `-o y`"
    with pytest.raises(CellError, match=message):
        engine.run(cell("if False:\n    y = 1", ["y"]))
    with pytest.raises(CellError, match=message):
        engine.run(cell("y = 1\ndel y", ["y"]))


def test_an_output_that_cannot_be_pickled_is_named_with_the_remedy(engine):
    with pytest.raises(
        ContentTypeError,
        match=r"cell 'load' \(In \[3\]\): its output 'y' of type 'lock' cannot be pickled .*plain",
    ):
        engine.run(cell("import threading\ny = threading.Lock()", ["y"]))


def test_a_cell_that_makes_nothing_is_refused(session):
    with pytest.raises(CellError, match=r"'load' \(In \[3\]\) makes nothing"):
        cell("x = 1", last="load")
    with pytest.raises(CellError, match="makes nothing"):
        cell("", last="load")
    assert session.added == []


def test_a_cell_that_is_no_python_is_refused_with_its_line():
    with pytest.raises(CellError, match=r"load In \[3\]>, line 2: .*'return' outside function"):
        cell("x = 1\nreturn x", ["x"])
    with pytest.raises(CellError, match="line 1"):
        cell("x = = 1", ["x"])


def test_a_traceback_shows_the_cells_own_lines(engine):
    source = """
        def divide(a):
            return a / 0  # here

        divide(1)
    """
    task = cell(source, last="x")
    linecache.clearcache()  # an engine has never seen this cell
    with pytest.raises(ZeroDivisionError) as caught:
        engine.run(task)
    frames = traceback.extract_tb(caught.tb)[-2:]
    assert [frame.filename for frame in frames] == ["<flowlab load In [3]>"] * 2
    assert [frame.lineno for frame in frames] == [5, 3]
    assert [frame.line for frame in frames] == ["divide(1)", "return a / 0  # here"]


def test_a_large_captured_value_is_refused_with_its_name_and_the_remedy(session):
    large = bytes(CAPTURED_VALUE)
    with pytest.raises(
        UsageError, match=r"'load' \(In \[3\]\) reads 'large', a bytes of 26\d+ bytes.*256 KiB.*"
        r"limits.CAPTURED_VALUE.*large = pickled\(large\)"
    ):  # fmt: skip
        cell("len(large)", last="n", captured={"small": 1, "large": large})
    assert session.added == []


def test_several_values_below_the_limit_may_be_more_together(engine):
    captured = {name: name.encode() * (CAPTURED_VALUE - 1000) for name in "ab"}
    assert values(engine, cell("len(a + b)", last="n", captured=captured)) == {
        "n": 2 * (CAPTURED_VALUE - 1000)
    }


def test_a_captured_value_that_cannot_be_pickled_is_named():
    with pytest.raises(CellError, match=r"reads 'lock', a lock of this notebook that cannot"):
        cell("lock", last="x", captured={"fine": 1, "lock": threading.Lock()})
    with pytest.raises(CellError, match=r"'data'.*give it to a task as an input"):
        cell("data", last="x", captured={"data": [blob("")]})


def test_it_has_the_names_that_every_task_has(engine):
    source = "ctx.debug('said')\n(__name__, __file__, len(ctx.outputs))"
    assert values(engine, cell(source, last="x")) == {"x": ("__main__", "<flowlab load In [3]>", 1)}
    assert engine.said == ["said"]


def test_it_knows_its_place_and_source(session):
    task = cell("1", last="x", cpus=2, place=Place("nb.ipynb", 4, 3))
    assert (task.name, task.place.cell, task.spec.resources["cpus"]) == ("load", 3, 2)
    assert task.function.source == "1"
    assert cell("1", last="x").function.key == task.function.key


ELSEWHERE = """
import pickle, sys
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.encoding import encode
from flowlab.staging.instance import DataInstance
from flowlab.tasks.kind import find_kind
import flowlab.tasks
config, function, outputs = pickle.load(sys.stdin.buffer)
class Context:
    inputs, sandbox = (), None
    def pickled(value):
        return DataInstance(DataType.BLOB, "pickle", encode(value, "pickle"))
Context.config, Context.function = config, pickle.loads(function)
Context.outputs = [ObjectSpec(1, label) for label in outputs]
sys.stdout.buffer.write(find_kind("cell").run(Context)[0].get_bytes())
"""


def test_a_process_that_never_saw_the_notebook_can_run_it():
    names = notebook("""
        import math
        class Shape:
            def __init__(self, r): self.r = r
            def area(self): return math.floor(math.pi * self.r ** 2)
        def unit(): return Shape(1)
    """)
    task = cell(
        "class Big(Shape): pass\nshape = Big(2)\nunit(), shape",
        last="x",
        captured={name: names[name] for name in ("Shape", "unit")},
    )
    given = pickle.dumps((task.config, task.function.data, ["x"]))
    done = subprocess.run(
        [sys.executable, "-c", ELSEWHERE], input=given, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    one, big = pickle.loads(done.stdout)
    assert (one.area(), big.area()) == (3, 12)
    assert isinstance(one, names["Shape"])  # the very class that the notebook has
