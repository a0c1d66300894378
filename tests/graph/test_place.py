"""Where a task was declared."""

import inspect

from flowlab.graph.nodes import Task
from flowlab.graph.place import find_place, set_cell_finder
from tests.graph.owner import NoEngines


def test_a_place_is_the_line_that_asked():
    place = find_place()
    assert place.file == __file__
    assert place.line == inspect.currentframe().f_lineno - 2


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
