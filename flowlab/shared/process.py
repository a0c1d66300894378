"""Starts a process of our own that runs one of our modules."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import flowlab

_PROGRAM = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


def spawn(
    module: str, *words: str, run: str, errors: Path, pass_fds: Sequence[int] = ()
) -> "subprocess.Popen[bytes]":
    """Start it with these words, of this run; orders and answers go by pipes.

    errors  the file that its stderr is appended to
    `-P`: a file `queue.py` beside the notebook must not become ours.
    """
    home = str(Path(flowlab.__file__).parent.parent)
    number = os.open(errors, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        return subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM, home, module, *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=number,
            pass_fds=pass_fds,
            env={**os.environ, "FLOWLAB_RUN": run},
            start_new_session=True,
        )
    finally:
        os.close(number)
