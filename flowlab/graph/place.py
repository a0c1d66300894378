"""Where a task was declared: the nearest line that is the user's own."""

import sys
from collections.abc import Callable

from flowlab.model.specs import Place

CellFinder = Callable[[str], int | None]

_find_cell: CellFinder = lambda _: None  # noqa: E731 - outside a notebook no file is a cell
_ours: dict[str, bool] = {}  # modules that were met, and whether they are flowlab's
_places: dict[tuple[str, int, int | None], Place] = {}  # the same line declares many tasks
_MOST = 1_000


def set_cell_finder(finder: CellFinder | None) -> None:
    """Say how the cell is found that a code object's file name stands for; None: it is not."""
    global _find_cell  # noqa: PLW0603 - one notebook a process
    _find_cell = finder if finder is not None else lambda _: None


def find_place() -> Place:
    """Where the user's code called into flowlab."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.stack reads source files: 1000 × slower
    while frame.f_back is not None:
        module = frame.f_globals.get("__name__", "")
        if not (_ours[module] if module in _ours else _is_ours(module)):
            break
        frame = frame.f_back
    file, line = frame.f_code.co_filename, frame.f_lineno
    key = (file, line, _find_cell(file))
    place = _places.get(key)
    if place is None:
        if len(_places) >= _MOST:
            _places.clear()
        place = _places[key] = Place(*key)
    return place


def _is_ours(module: str) -> bool:
    known = _ours[module] = f"{module}.".startswith("flowlab.")
    return known
