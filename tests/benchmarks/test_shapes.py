"""The graphs of the benchmarks are what their names say."""

import pytest

from tests.benchmarks import shapes

ALL = [
    shapes.independent(10),
    shapes.chain(10),
    shapes.tree(8),
    shapes.random_dag(50),
    shapes.wavefront(5),
    shapes.mixed(50),
]


@pytest.mark.parametrize("shape", ALL, ids=range(len(ALL)))
def test_parents_come_before_their_children(shape):
    assert all(parent < number for number, each in enumerate(shape.parents) for parent in each)


@pytest.mark.parametrize(
    ("shape", "tasks", "levels", "value"),
    [
        (shapes.independent(10), 10, 1, 1),
        (shapes.chain(10), 10, 10, 10),
        (shapes.tree(8), 15, 4, 15),
        (shapes.wavefront(3), 25, 4, 8 * 13 + 1),
    ],
)
def test_a_graph_has_its_tasks_its_depth_and_its_last_value(shape, tasks, levels, value):
    assert len(shape.parents) == tasks
    assert len(shape.levels()) == levels
    assert shape.expected() == value


def test_levels_hold_every_task_once():
    shape = shapes.random_dag(200)
    assert sorted(number for level in shape.levels() for number in level) == list(range(200))


def test_a_sink_is_what_nobody_reads():
    assert shapes.tree(4).sinks() == [6]
    assert shapes.independent(3).sinks() == [0, 1, 2]


def test_the_same_graph_comes_each_time():
    assert shapes.random_dag(100) == shapes.random_dag(100)
    assert shapes.mixed(100) == shapes.mixed(100)


def test_the_mixed_graph_is_bound_by_its_work_and_not_by_a_path():
    shape = shapes.mixed(300)
    assert all(0.001 <= each <= 1.0 for each in shape.seconds)
    assert shape.lower_bound(2) == sum(shape.seconds) / 2
    assert shape.lower_bound(1_000_000) < shape.lower_bound(2) / 2


def test_arguments_are_the_time_and_what_stands_for_the_parents():
    shape = shapes.Shape(((), (0,)), (0.5, 0.25))
    assert shape.arguments(1, {0: "value"}.__getitem__) == (0.25, "value")
    assert shapes.chain(2).arguments(1, {0: "value"}.__getitem__) == ("value",)


def test_the_beginning_of_a_graph_is_a_graph():
    few = shapes.chain(10).beginning(3)
    assert (few.parents, few.expected()) == (((), (0,), (1,)), 3)
    assert len(shapes.mixed(50).beginning(5).seconds) == 5
