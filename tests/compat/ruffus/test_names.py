"""File names in parameters."""

from pathlib import Path
from typing import NamedTuple

import pytest

from flowlab.compat.ruffus.names import is_glob, names_in, renamed, shown, shown_extra


class Pair(NamedTuple):
    left: str
    right: object


class Dull:
    """Says nothing of itself."""


class Bad:
    def __str__(self):
        raise RuntimeError


def test_names_are_found_at_any_depth_and_once():
    assert names_in(["a", ("b", {"c"}), None, 3, "a", {"d": "e"}]) == ["a", "b", "c"]
    assert names_in("a") == ["a"]
    assert names_in(Path("x/y")) == ["x/y"]
    assert names_in(None) == []


def test_renaming_leaves_the_form_and_all_that_is_no_name():
    given = ["a", ("b", 3), Path("c"), None]
    assert renamed(given, lambda name: f"new/{name}") == [
        "new/a",
        ("new/b", 3),
        Path("new/c"),
        None,
    ]


def test_a_tuple_with_names_keeps_them():
    given = Pair("a", Pair("b", None))
    assert renamed(given, str.upper) == Pair("A", Pair("B", None))
    assert renamed(given, str.upper).right.left == "B"


def test_a_pattern_has_one_of_four_letters():
    assert [is_glob(each) for each in ("*.txt", "a?", "a[1]", "a.1", None)] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("/a/b", "/a/b"),
        ("/a/b/c/d/e", ".../d/e"),
        ("a/b/c/d/e", ".../d/e"),
        ("../x", "../x"),
        (["/a/b/c/d.txt", None], "[.../c/d.txt, None]"),
        (("a.1",), "[a.1]"),
        ('a"b', "a'b"),
        (3, "3"),
    ],
)
def test_names_are_shown_as_ruffus_shows_them(value, text):
    assert shown(value) == text


def test_a_long_name_below_the_working_directory_is_shown_from_there(place):
    assert shown(str(place / "x" / "y")) == "x/y"


def test_what_stands_behind_the_files_shows_its_text_and_no_address():
    assert shown_extra("a/b/c/d/e") == "a/b/c/d/e"
    assert shown_extra(Dull()) == f"<{__name__}.Dull>"
    assert shown_extra(Bad()) == "<Bad>"
    assert shown_extra([1, "a"]) == "[1, 'a']"
