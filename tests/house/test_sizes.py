"""Files and functions stay small: 300 lines a file, 60 a function, 6 arguments, 3 levels deep.

What must be larger says why, in a comment of this form, with at least five words of reason:

    # size: the table of all events is read as one

For a file it stands at the margin; for a function on the line above its `def` (or above its
decorators), or inside it.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.tree import ROOT, name_of, parsed, sources

FILE_LINES = 300
FUNCTION_LINES = 60
SHORT_LINES = 30  # nine functions of ten are no longer
SHORT_SHARE = 0.9
ARGUMENTS = 6
NESTING = 3
WORDS_OF_REASON = 5

EXCUSE = re.compile(r"^\s*# size: (?P<reason>.*)$")

type_of_function = (ast.FunctionDef, ast.AsyncFunctionDef)
blocks = (
    *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
    *(ast.Try, ast.TryStar, ast.Match),
)


def excused(lines: list[str]) -> bool:
    """Whether one of these lines gives a reason for the size."""
    found = (EXCUSE.match(line) for line in lines)
    return any(match and len(match["reason"].split()) >= WORDS_OF_REASON for match in found)


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, type_of_function))


def span(function: ast.AST) -> tuple[int, int]:
    """First and last line, decorators included."""
    first = min([function.lineno, *(each.lineno for each in function.decorator_list)])
    return first, function.end_lineno


def length(function: ast.AST) -> int:
    """Lines from `def` to the end, without the docstring: to explain costs nothing."""
    size = function.end_lineno - function.lineno + 1
    first = function.body[0]
    is_constant = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    if is_constant and isinstance(first.value.value, str):
        size -= first.end_lineno - first.lineno + 1
    return size


def arguments(function: ast.AST) -> int:
    """How many arguments a caller may give; self and cls are not the caller's."""
    given = function.args
    named = [each.arg for each in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    return len(named) - (named[:1] in (["self"], ["cls"]))


def depth(node: ast.AST, level: int = 0) -> int:
    """The deepest block inside; an elif is as deep as its if, a nested def begins anew."""
    deepest = level
    for child, is_elif in _children(node):
        if isinstance(child, (*type_of_function, ast.Lambda, ast.ClassDef)):
            continue
        deeper = isinstance(child, blocks) and not is_elif
        deepest = max(deepest, depth(child, level + deeper))
    return deepest


def _children(node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    for child in ast.iter_child_nodes(node):
        is_elif = (
            isinstance(node, ast.If)
            and [child] == node.orelse
            and isinstance(child, ast.If)
            and child.col_offset == node.col_offset
        )
        yield child, is_elif


def complaints(path: Path) -> list[str]:
    """What is too large in this file and gives no reason."""
    text = path.read_text(encoding="utf-8").splitlines()
    found = []
    at_the_margin = [line for line in text if line.startswith("#")]
    if len(text) > FILE_LINES and not excused(at_the_margin):
        found.append(f"{len(text)} lines, more than {FILE_LINES}")
    for function in functions(parsed(path)):
        first, last = span(function)
        if excused(text[max(first - 2, 0) : last]):
            continue
        limits = (
            (length(function), FUNCTION_LINES, "lines"),
            (arguments(function), ARGUMENTS, "arguments"),
            (depth(function), NESTING, "levels of nesting"),
        )
        found += [
            f"line {function.lineno}: {function.name} has {size} {what}, more than {limit}"
            for size, limit, what in limits
            if size > limit
        ]
    return found


@pytest.mark.parametrize("path", sources("flowlab", "tests", "notebooks", "docs"), ids=name_of)
def test_files_and_functions_are_small_or_say_why(path):
    found = complaints(path)
    assert not found, f"{name_of(path)}: " + "; ".join(found) + " (or say why: # size: …)"


def test_nine_functions_of_ten_are_short():
    lengths = [
        (length(function), f"{name_of(path)}:{function.lineno}")
        for path in sources("flowlab")
        for function in functions(parsed(path))
    ]
    long = sorted((each for each in lengths if each[0] > SHORT_LINES), reverse=True)
    assert len(long) <= len(lengths) * (1 - SHORT_SHARE), long


def complaints_about(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "sample.py"
    path.write_text(text)
    return complaints(path)


LONG_BODY = "    pass\n" * 60
DEEP = """
def f(a):
    for b in a:
        with b:
            if b:
                return 1
            elif a:
                while True:
                    pass
"""


def test_a_long_function_is_found_and_a_reason_excuses_it(tmp_path):
    long = f"def f():\n{LONG_BODY}"
    assert complaints_about(tmp_path, long) == ["line 1: f has 61 lines, more than 60"]


@pytest.mark.parametrize(
    ("comment", "is_enough"),
    [
        ("# size: it is one table that is read from top to bottom", True),
        ("# size: long", False),
        ("# it is one table that is read from top to bottom", False),
    ],
)
def test_an_excuse_needs_its_mark_and_a_sentence(tmp_path, comment, is_enough):
    long = f"{comment}\ndef f():\n{LONG_BODY}"
    assert (complaints_about(tmp_path, long) == []) is is_enough


def test_an_excuse_in_a_function_excuses_no_file(tmp_path):
    text = (
        "def f():\n    # size: this is about the function and nothing else\n    pass\n"
        + "\n" * 299
        + "x = 1\n"
    )
    assert complaints_about(tmp_path, text) == ["303 lines, more than 300"]


def test_a_docstring_counts_for_no_length(tmp_path):
    quotes = '"' * 3
    text = f"def f():\n    {quotes}A picture.\n" + "    x\n" * 80 + f"    {quotes}\n    return 1\n"
    assert complaints_about(tmp_path, text) == []


def test_deep_nesting_is_found(tmp_path):
    assert complaints_about(tmp_path, DEEP) == ["line 2: f has 4 levels of nesting, more than 3"]


def test_arguments_are_counted_without_self(tmp_path):
    six = "class A:\n    def f(self, a, b, c, *, d, e, f):\n        return a\n"
    seven = "def f(a, b, c, d, /, e, f, *rest, g, **more):\n    return a\n"
    assert complaints_about(tmp_path, six) == []
    parsed.cache_clear()
    assert complaints_about(tmp_path, seven) == ["line 1: f has 7 arguments, more than 6"]


def test_the_walk_finds_this_file():
    assert ROOT / "tests" / "house" / "test_sizes.py" in sources("tests")
