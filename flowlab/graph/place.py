"""Where a task was declared: the nearest line that is the user's own."""

import sys
from collections.abc import Callable

from flowlab.model.specs import Place

CellFinder = Callable[[str], int | None]

_find_cell: CellFinder = lambda _: None  # noqa: E731 - outside a notebook no file is a cell


def set_cell_finder(finder: CellFinder | None) -> None:
    """Say how the cell is found that a code object's file name stands for; None: it is not."""
    global _find_cell  # noqa: PLW0603 - one notebook a process
    _find_cell = finder if finder is not None else lambda _: None


def find_place() -> Place:
    """Where the user's code called into flowlab."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.stack reads source files: 1000 × slower
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith("flowlab."):
        frame = frame.f_back
    file = frame.f_code.co_filename
    return Place(file, frame.f_lineno, _find_cell(file))
