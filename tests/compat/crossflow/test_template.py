"""Names in braces, and the names of many files."""

import pytest

from flowlab.compat.crossflow.template import check_names, fill, numbered, variables_of
from flowlab.errors import WrongKind, WrongValue


@pytest.mark.parametrize(
    ("template", "values", "command"),
    [
        ("tail -n {n} log", {"n": 15}, "tail -n 15 log"),
        ("awk '{print $1}' log", {}, "awk '{print $1}' log"),
        ("awk '{print $1}' {log}", {"log": "a"}, "awk '{print $1}' a"),
        ("awk '{{print $1}}' {log}", {"log": "a"}, "awk '{print $1}' a"),  # escaped for str.format
        ("awk '{if (x) {print}}' {a} {ab}", {"a": 1, "ab": 2}, "awk '{if (x) {print}}' 1 2"),
        ("echo ${HOME} {n}", {"n": 1}, "echo ${HOME} 1"),
        ("printf {x:.2f}", {"x": 3.14159}, "printf 3.14"),
        ("echo {a.b} {c}", {"a.b": 1, "c": 2}, "echo 1 2"),
        ("echo {a} }", {"a": "{b}", "b": "no"}, "echo {b} }"),
        ("{", {}, "{"),
        ("{}", {}, "{}"),
        ("{x:{y}}", {"x": 1, "y": 2}, "{x:2}"),
    ],
)
def test_declared_names_are_filled_in_and_nothing_else(template, values, command):
    assert fill(template, values) == command


def test_a_name_in_braces_is_a_variable():
    template = "run {n} {x:.2f} {size!r} input.dat {other} {a+b}"
    names = ["n", "x", "size", "input.dat", "a+b", "absent"]
    assert variables_of(template, names) == {"n", "x", "size", "a+b"}


@pytest.mark.parametrize(
    ("pattern", "count", "names"),
    [
        ("file*", 2, ["file0", "file1"]),
        ("file*.txt", 10, [f"file{i:02d}.txt" for i in range(10)]),
        ("f??.dat", 3, ["f00.dat", "f01.dat", "f02.dat"]),
        ("*", 1, ["0"]),
        ("in/{x}*", 1, ["in/{x}0"]),
        ("f*", 0, []),
    ],
)
def test_many_files_are_numbered(pattern, count, names):
    assert numbered(pattern, count) == names


def test_more_files_than_a_pattern_has_marks_are_refused():
    assert len(numbered("f?", 9)) == 9
    with pytest.raises(WrongValue, match="too many files"):
        numbered("f?", 10)
    with pytest.raises(ValueError, match="takes one file, and was given a list of 2"):
        numbered("file", 2)


@pytest.mark.parametrize("names", [("a", "b"), "ab", None, ["a", 1], [""], ["a\0"]])
def test_names_are_a_list_of_names(names):
    with pytest.raises(TypeError):
        check_names(names, "inputs")


@pytest.mark.parametrize("name", ["/etc/passwd", "../x", "a/../../x"])
def test_names_stay_in_the_working_directory(name):
    with pytest.raises(WrongValue, match="leads out of the task's working directory"):
        check_names([name], "outputs")


def test_a_name_stands_once():
    with pytest.raises(WrongValue, match="'a' stands twice among the inputs"):
        check_names(["a", "b", "a"], "inputs")
    with pytest.raises(WrongKind, match="must be of type list"):
        check_names(("a",), "inputs")
