"""What the jobs of a step are."""

from pathlib import Path
from typing import NamedTuple

from flowlab.compat.ruffus.parameters import jobs_of, outputs_of, steps_before
from flowlab.compat.ruffus.steps import files, find_steps, follows, output_from
from tests.compat.ruffus.pipelines import named, write


def step(name, *given, behind=()):
    function = follows(*behind)(named(write, name))
    if given:
        files(*given)(function)
    return find_steps(function, "Task")[0]


def test_a_function_without_files_is_called_once_with_nothing():
    assert jobs_of(step("one")) == [()]
    assert outputs_of(step("one")) == []


def test_files_that_match_are_those_of_now(place):
    given = step("one", ["*.txt", "plain"], "made"), step("two", "*.txt", "made")
    for name in ("b.txt", "a.txt"):
        Path(name).write_text("")
    assert jobs_of(given[0]) == [(["a.txt", "b.txt", "plain"], "made")]
    assert jobs_of(given[1]) == [(["a.txt", "b.txt"], "made")]
    assert jobs_of(step("three", "*.none", "made")) == [([], "made")]


def test_a_step_stands_for_what_it_makes():
    one = step("one", None, "a.1")
    two = step("two", [[None, "a.2"], [None, ["b.2", "c.2"]]])
    assert outputs_of(one) == "a.1"
    assert outputs_of(two) == ["a.2", ["b.2", "c.2"]]
    assert jobs_of(step("x", one.function, "m")) == [("a.1", "m")]
    assert jobs_of(step("y", two.function, "m")) == [(["a.2", ["b.2", "c.2"]], "m")]
    assert jobs_of(step("z", [one.function, two.function, "d"], "m")) == [
        (["a.1", "a.2", ["b.2", "c.2"], "d"], "m")
    ]
    assert jobs_of(step("n", output_from("one"), "m")) == [("a.1", "m")]
    assert jobs_of(step("m", output_from("one", "two"), "m")) == [
        (["a.1", "a.2", ["b.2", "c.2"]], "m")
    ]


def test_what_a_function_gives_are_the_jobs():
    given = []
    made = step("one", lambda: iter(given))
    assert jobs_of(made) == []
    given += [["a", "b"], (None, "c", 3)]
    assert jobs_of(made) == [("a", "b"), (None, "c", 3)]


def test_what_must_end_first_is_what_it_follows_and_what_it_reads():
    one, two = step("one", None, "a.1"), step("two", None, "a.2")
    three = step("three", [[["x", [one.function]], "m"]], behind=["two", one.function])
    assert steps_before(three) == [two, one]
    assert steps_before(one) == []


def test_a_tuple_with_names_stays_one_and_what_stands_for_a_name_stays_together():
    class Pair(NamedTuple):
        left: object
        right: object

    first = files([[None, "a.1"], [None, "a.2"]])(named(write, "first"))
    second = files(Pair(first, "b"), "c")(named(write, "second"))
    ((read, _),) = jobs_of(find_steps(second, "Task")[0])
    assert read == Pair(["a.1", "a.2"], "b")
    assert read.right == "b"
