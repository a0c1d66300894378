"""The decorators (U5, U10)."""

import pytest

from flowlab import WrongKind
from flowlab.compat.ruffus.errors import (
    JobsLimitArgumentError,
    error_ambiguous_task,
    error_node_not_task,
    error_task_files,
)
from flowlab.compat.ruffus.steps import (
    all_steps,
    clear_pipeline,
    files,
    find_steps,
    follows,
    jobs_limit,
    mkdir,
    output_from,
    posttask,
)
from tests.compat.ruffus.pipelines import named, write


def step_of(function):
    return find_steps(function, "Task")[0]


def test_a_decorated_function_is_itself_and_a_step():
    function = named(write, "first")
    assert files(None, "a.1")(function) is function
    assert [step.name for step in all_steps()] == ["first"]
    assert step_of(function).jobs == [(None, "a.1")]
    assert step_of(function).single


def test_the_order_of_decorators_does_not_matter():
    one, two = named(write, "one"), named(write, "two")
    files(None, "a")(follows("x")(one))
    follows("x")(files(None, "a")(two))
    assert step_of(one).follows == step_of(two).follows == ["x"]
    assert step_of(one).jobs == step_of(two).jobs


def test_a_function_that_is_defined_again_takes_the_place_of_the_first():
    first, again = named(write, "same"), named(write, "same")
    files(None, "a")(first)
    files(None, "b")(again)
    assert step_of(first) is step_of(again)
    assert step_of("same").jobs == [(None, "b")]
    assert len(all_steps()) == 1


def test_steps_are_found_by_their_whole_name_or_its_end():
    far = named(write, "far")
    far.__module__ = "some.where"
    files(None, "a")(far)
    assert step_of("far") is step_of("some.where.far") is step_of(far) is step_of(step_of(far))
    assert step_of(output_from("far")) is step_of(far)
    other = named(write, "far")
    other.__module__ = "else.where"
    files(None, "b")(other)
    with pytest.raises(error_ambiguous_task, match=r"some\.where\.far, else\.where\.far"):
        step_of("far")


def test_what_is_no_step_is_an_error_that_lists_those_there_are():
    files(None, "a")(named(write, "first"))
    with pytest.raises(error_node_not_task, match="Target task 'nono' is not a pipelined task"):
        find_steps(["nono"], "Target task")
    with pytest.raises(error_node_not_task, match="Known are first"):
        find_steps(len, "Target task")
    with pytest.raises(WrongKind, match="a decorated function or its name"):
        find_steps(3, "Target task")


def test_files_takes_one_job_several_or_what_makes_them():
    one, several, made = (named(write, name) for name in ("one", "several", "made"))
    files("a", "b", 3)(one)
    files([["a", "b"], ("c", "d", 4)])(several)
    files(list)(made)
    assert step_of(one).jobs == [("a", "b", 3)]
    assert step_of(several).jobs == [("a", "b"), ("c", "d", 4)]
    assert callable(step_of(made).jobs)
    assert [step_of(each).single for each in (one, several, made)] == [True, False, False]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((), "Too few arguments for @files of bad"),
        ((["a", "b"],), "Wrong syntax for @files of bad.*'a' is no job"),
        (("a.txt",), "Wrong syntax for @files of bad.*'a.txt' is no job"),
        (([[]],), "Missing input files for job"),
        (([["a"]],), "Missing output files for job"),
        ((3,), "3 is no job"),
    ],
)
def test_what_describes_no_jobs_is_an_error(given, told):
    with pytest.raises(error_task_files, match=told):
        files(*given)(named(write, "bad"))


def test_follows_takes_functions_names_and_directories_to_make():
    first, second = named(write, "first"), named(write, "second")
    follows(first, "third", mkdir("out", "more"))(second)
    assert step_of(second).follows == [first, "third"]
    assert step_of(second).folders == ["out", "more"]
    assert step_of(mkdir("last")(second)).folders == ["out", "more", "last"]
    with pytest.raises(WrongKind, match="@follows takes functions, names and mkdir"):
        follows(3)(second)


# --- U10


def test_u10_a_limit_is_of_a_step_or_of_all_with_its_name():
    one, two, three = (named(write, name) for name in ("one", "two", "three"))
    jobs_limit(3)(one)
    jobs_limit(2, "db")(two)
    jobs_limit(2, "db")(three)
    assert [step_of(each).limit for each in (one, two, three)] == [
        ("jobs_limit one", 3), ("jobs_limit db", 2), ("jobs_limit db", 2),
    ]  # fmt: skip


@pytest.mark.parametrize("most", [0, -1, "many", "3", 1.5, True, None, float("nan")])
def test_u10_what_is_no_positive_number_is_refused(most):
    with pytest.raises(JobsLimitArgumentError, match="Expecting a positive integer"):
        jobs_limit(most)(named(write, "one"))


def test_u10_a_limit_cannot_be_another_one():
    jobs_limit(2, "db")(named(write, "one"))
    with pytest.raises(JobsLimitArgumentError, match=r"'db' cannot be re-defined .* limit of 2"):
        jobs_limit(3, "db")(named(write, "two"))


def test_u10_a_step_that_is_defined_again_may_have_another_limit():
    jobs_limit(2, "db")(named(write, "one"))
    again = jobs_limit(3, "db")(named(write, "one"))
    assert step_of(again).limit == ("jobs_limit db", 3)


def test_u10_all_may_be_forgotten():
    jobs_limit(2, "db")(named(write, "one"))
    clear_pipeline()
    assert step_of(jobs_limit(3, "db")(named(write, "two"))).limit == ("jobs_limit db", 3)


def test_what_is_called_behind_a_step_can_be_called():
    function = posttask(print)(named(write, "one"))
    assert step_of(function).after == [print]
    with pytest.raises(WrongKind, match="@posttask takes functions"):
        posttask("print")


def test_decorators_stand_above_functions():
    with pytest.raises(WrongKind, match="stand above functions"):
        files(None, "a")("text")
