"""How a PyMW task runs on an engine: a function or a script, and what it prints is kept."""

import contextlib
import io
import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from typing import Any, TextIO

from flowlab.errors import TaskError
from flowlab.model.limits import TRACE_TASK
from flowlab.tasks.kind import Context

INPUT, OUTPUT, PRINTED = ".pymw-in", ".pymw-out", ".pymw-printed"

Answer = tuple[Any, str, str]  # the value, and what was printed and said of errors


def call_function(
    ctx: Context,
    function: Callable[..., Any],
    given: Sequence[Any],
    helpers: Sequence[Callable[..., Any]],
    modules: Sequence[str],
) -> Answer:
    """Call a function that may use these helpers and modules by their names."""
    known = getattr(function, "__globals__", {})
    for name in modules:
        known.setdefault(name.partition(".")[0], import_module(name.partition(".")[0]))
        import_module(name)
    for helper in helpers:
        known.setdefault(helper.__name__, helper)
    with _kept(ctx, "stdout") as printed, _kept(ctx, "stderr") as said:
        value = function(*given)
    return value, printed.getvalue(), said.getvalue()


def call_script(ctx: Context, script: str, given: Any) -> Answer:
    """Run a script that unpickles its input from one file and pickles its result into another."""
    place = ctx.sandbox
    (place / INPUT).write_bytes(pickle.dumps(given))
    status, said = ctx.run_program([sys.executable, script, INPUT, OUTPUT], None, place / PRINTED)
    printed = (place / PRINTED).read_text(errors="replace")
    if status != 0:
        ctx.user.update(stdout=printed[-TRACE_TASK:], stderr=said)
        raise TaskError(f"Executable failed with error {status}\n{said}")
    if not os.path.exists(place / OUTPUT):
        raise TaskError(
            f"the script {script!r} left no result: it is to pickle it into the file that "
            "sys.argv[2] names"
        )
    return pickle.loads((place / OUTPUT).read_bytes()), printed, said


class _Both(io.StringIO):
    """Keeps what this thread writes, and passes all of it on."""

    def __init__(self, below: TextIO) -> None:
        super().__init__()
        self._below = below
        self._thread = threading.get_ident()

    def write(self, text: str) -> int:
        self._below.write(text)
        return super().write(text) if threading.get_ident() == self._thread else len(text)

    def flush(self) -> None:
        self._below.flush()


@contextlib.contextmanager
def _kept(ctx: Context, name: str) -> Iterator[io.StringIO]:
    """Keep what is written to a standard stream; of a task that fails, in its info."""
    below = getattr(sys, name)
    both = _Both(below)
    setattr(sys, name, both)
    try:
        yield both
    except BaseException:
        ctx.user[name] = both.getvalue()[-TRACE_TASK:]
        raise
    finally:
        setattr(sys, name, below)
