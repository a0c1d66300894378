"""Programs that tasks run: a process group that ends with its task, its output tapped live.

The thread of the task itself reads the pipes while it waits, so an interrupt ends both at once.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flowlab.model.limits import KIB
from flowlab.worker.environment import clean_environment
from flowlab.worker.failure import bounded

TAIL = 16 * KIB  # bytes kept of stderr
_TURN = 0.1  # s between looks whether the program ended, where its end cannot be selected on
_READ = 64 * KIB

Say = Callable[[str, str], None]  # stream, text
Shelter = Callable[[], contextlib.AbstractContextManager[None]]  # no interrupt reaches its inside


@dataclass
class _Pipe:
    stream: str
    file: IO[bytes]
    tail: bytes = b""


# size: a program, its place, its three streams, and how it is kept whole
def run_program(
    args: Sequence[str],
    place: Path,
    stdin: Path | None,
    stdout: Path | None,
    say: Say,
    *,
    shelter: Shelter = contextlib.nullcontext,
) -> tuple[int, str]:
    """Run a program in `place`; gives its exit status and the tail of its stderr."""
    with contextlib.ExitStack() as files:
        source = files.enter_context(open(stdin or os.devnull, "rb"))
        target = files.enter_context(open(stdout, "wb")) if stdout else subprocess.PIPE
        process: subprocess.Popen[bytes] | None = None
        pipes: list[_Pipe] = []
        try:
            with shelter():  # interrupted between its fork and here, it would live on unknown
                process = subprocess.Popen(
                    list(args),
                    cwd=place,
                    stdin=source,
                    stdout=target,
                    stderr=subprocess.PIPE,
                    env=clean_environment(os.environ),
                    start_new_session=True,
                )
            pipes += [
                _Pipe(stream, file)
                for stream, file in (("stdout", process.stdout), ("stderr", process.stderr))
                if file is not None
            ]
            _attend(process, pipes, say)
        finally:
            with shelter():
                if process is not None:
                    _end_group(process)
                for pipe in pipes:
                    pipe.file.close()
    return process.returncode, bounded(pipes[-1].tail.decode("utf-8", "replace"), TAIL)


def _attend(process: "subprocess.Popen[bytes]", pipes: list[_Pipe], say: Say) -> None:
    """Read until the program has ended; what it left behind may hold the pipes open longer."""
    with contextlib.ExitStack() as exits:
        selector = exits.enter_context(selectors.DefaultSelector())
        for pipe in pipes:
            os.set_blocking(pipe.file.fileno(), False)
            selector.register(pipe.file, selectors.EVENT_READ, pipe)
        if hasattr(os, "pidfd_open"):
            ended = os.pidfd_open(process.pid)
            exits.callback(os.close, ended)
            selector.register(ended, selectors.EVENT_READ, None)
        while process.poll() is None:
            _listen(selector, say)
    for pipe in pipes:
        while _read(pipe, say):
            continue


def _listen(selector: selectors.BaseSelector, say: Say) -> None:
    """Wait for output or the end, for one turn."""
    for key, _ in selector.select(_TURN):
        if key.data is not None and not _read(key.data, say):
            selector.unregister(key.fileobj)


def _read(pipe: _Pipe, say: Say) -> bool:
    """Pass on what has come; False when there is no more for now."""
    try:
        data = os.read(pipe.file.fileno(), _READ)
    except BlockingIOError:
        return False
    if not data:
        return False
    pipe.tail = (pipe.tail + data)[-TAIL:]
    say(pipe.stream, data.decode("utf-8", "replace"))
    return True


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    """Nothing that the program started outlives its task."""
    with contextlib.suppress(ProcessLookupError, PermissionError):  # all ended; or all are zombies
        os.killpg(process.pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(_TURN)
