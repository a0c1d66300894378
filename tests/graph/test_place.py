"""Where a task was declared."""

import inspect

from flowlab.graph import place
from flowlab.graph.nodes import Task
from flowlab.graph.place import find_place, set_cell_finder
from tests.graph.owner import NoEngines


def test_a_place_is_the_line_that_asked():
    found = find_place()
    assert found.file == __file__
    assert found.line == inspect.currentframe().f_lineno - 2


def test_frames_of_flowlab_are_passed_over():
    task = Task("k", session=NoEngines())
    assert (task.place.file, task.place.line) == (__file__, inspect.currentframe().f_lineno - 1)


def test_a_file_that_is_a_cell_gives_its_number():
    set_cell_finder({__file__: 7}.get)
    try:
        assert find_place().cell == 7
    finally:
        set_cell_finder(None)
    assert find_place().cell is None


def test_a_cell_that_runs_again_has_its_new_number():
    numbers = iter([7, 8])
    set_cell_finder(lambda _: next(numbers))
    try:
        found = [find_place() for _ in range(2)]
    finally:
        set_cell_finder(None)
    assert [place.cell for place in found] == [7, 8]


def test_a_line_that_declares_many_tasks_is_one_place():
    first, second = (find_place() for _ in range(2))
    assert first is second


def test_places_are_not_remembered_without_end():
    cells = iter(range(10_000))
    set_cell_finder(lambda _: next(cells))
    try:
        assert [find_place().cell for _ in range(3_000)] == list(range(3_000))
    finally:
        set_cell_finder(None)
    assert len(place._places) <= 1_000
