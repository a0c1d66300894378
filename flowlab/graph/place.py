"""Where a task was declared: the nearest line that is the user's own."""

import sys

from flowlab.model.specs import Place


def find_place() -> Place:
    """Where the user's code called into flowlab."""
    frame = sys._getframe(1)  # noqa: SLF001 - inspect.stack reads source files: 1000 × slower
    while frame.f_back is not None and f"{frame.f_globals.get('__name__')}.".startswith("flowlab."):
        frame = frame.f_back
    return Place(frame.f_code.co_filename, frame.f_lineno)
