"""Programs that tasks run: a process group that ends with its task, its output tapped live.

The thread of the task itself reads the pipes while it waits, so an interrupt ends both at once. It
holds their far ends, too: no end of file is to be waited for, which may come long after the
program's own end, and what wakes it is output or that end, and nothing besides.
"""

import contextlib
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from flowlab.model.limits import KIB
from flowlab.tasks.kind import CHANNEL, CHANNEL_VARIABLE, Ended, Hear
from flowlab.worker.environment import child_environment
from flowlab.worker.failure import bounded

TAIL = 16 * KIB  # bytes kept of stderr
_TURN = 0.1  # s between looks whether the program ended, where its end cannot be polled
_LOOK = 1.0  # s between looks where it can: no task may depend on one wake-up of the system's
_READ = 64 * KIB  # bytes: as many as a pipe holds
_MOURNED = 5.0  # s that a killed program may take to be gone
_BREATH = 0.002  # s between looks at one
_BLOCK = 512  # bytes, by which the system counts what was read and written
_LAST = 16  # reads of what lies there at the end: a pipe can be made to hold 1 MiB

Say = Callable[[str, str], None]  # stream, text
Shelter = Callable[[], contextlib.AbstractContextManager[None]]  # no interrupt reaches its inside


class _Pipe:
    """One stream of a program: `source` to read, `sink` for the program."""

    __slots__ = ("sink", "source", "stream", "tail")

    def __init__(self, stream: str) -> None:
        self.stream = stream
        self.source, self.sink = os.pipe()
        self.tail = b""

    def pass_on(self, hear: Hear) -> None:
        """Read what has come; there is something, and nobody else reads."""
        data = os.read(self.source, _READ)
        self.tail = (self.tail + data)[-TAIL:]
        hear(self.stream, data)


class _Program:
    """One program, its streams, and all that must be given back at its end.

    usage  what it used, once it has ended
    """

    def __init__(self, hear: Hear) -> None:
        self.usage: resource.struct_rusage | None = None
        self._hear = hear
        self._opened: list[int] = []
        self._pipes: dict[int, _Pipe] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._poll = select.poll()
        self._ended = -1  # becomes readable when the program ends

    def open_channel(self) -> int:
        """A descriptor for the program to write to, besides its output."""
        return self._pipe(CHANNEL)

    def start(
        self,
        args: Sequence[str],
        place: Path,
        stdin: Path | None = None,
        stdout: Path | None = None,
        *,
        variables: Mapping[str, str] = MappingProxyType({}),
        passed: Sequence[int] = (),
    ) -> None:
        """Start it in `place`, with these variables besides the engine's own."""
        added = {os.fsencode(name): os.fsencode(value) for name, value in variables.items()}
        self._process = subprocess.Popen(
            list(args),
            cwd=place,
            stdin=self._open(stdin or os.devnull, os.O_RDONLY),
            stdout=self._open(stdout, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            if stdout
            else self._pipe("stdout"),
            stderr=self._pipe("stderr"),
            env={**child_environment(os.environ), **added},
            pass_fds=passed,
            start_new_session=True,
        )
        self._ended = _watch(self._process.pid)
        if self._ended >= 0:
            self._opened.append(self._ended)
            self._poll.register(self._ended, select.POLLIN)

    def attend(self) -> None:
        """Pass its output on until it has ended; what it left behind may write on."""
        woken = self._ended >= 0 and threading.current_thread() is threading.main_thread()
        turn = _LOOK if woken else _TURN  # no signal interrupts the wait of another thread
        while not self._has_ended(self._listen(turn)):
            continue

    def end(self) -> tuple[int, str]:
        """Nothing that it started outlives its task; gives its exit status, its stderr's tail."""
        process = self._process
        try:
            if process is not None:
                self._end_group(process)
                self._drain()
        finally:
            for number in self._opened:
                os.close(number)
        status = process.returncode if process is not None else 0
        tails = [pipe.tail for pipe in self._pipes.values() if pipe.stream == "stderr"]
        return status, bounded(b"".join(tails).decode("utf-8", "replace"), TAIL)

    def _drain(self) -> None:
        """Take what was written before the end; one that left the group may write on for ever."""
        for _ in range(_LAST):
            if not any(number in self._pipes for number in self._listen(0)):
                break

    def _listen(self, timeout: float) -> list[int]:
        """Wait so many s for output or the end, and pass output on; gives what there was."""
        found = [number for number, _ in self._poll.poll(timeout * 1000)]
        for number in found:
            if number != self._ended:
                self._pipes[number].pass_on(self._hear)
        return found

    def _has_ended(self, found: list[int]) -> bool:
        assert self._process is not None
        if self._ended < 0:
            return self._has_status(self._process)
        # Its status is not taken: until then its group is its own
        return self._ended in found or (not found and _is_over(self._process.pid))

    def _end_group(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill what is left of the program's group, and take its status."""
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all ended, or zombies
            os.killpg(process.pid, signal.SIGKILL)
        deadline = time.monotonic() + _MOURNED
        while not self._has_status(process) and time.monotonic() < deadline:
            time.sleep(_BREATH)

    def _has_status(self, process: "subprocess.Popen[bytes]") -> bool:
        """Take its status, and what it used, as soon as it has ended."""
        if process.returncode is not None:
            return True
        try:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        except ChildProcessError:  # somebody else took it
            return process.poll() is not None
        if pid:
            process.returncode, self.usage = os.waitstatus_to_exitcode(status), usage
        return pid != 0

    def _pipe(self, stream: str) -> int:
        pipe = _Pipe(stream)
        self._opened += (pipe.source, pipe.sink)
        self._pipes[pipe.source] = pipe
        self._poll.register(pipe.source, select.POLLIN)
        return pipe.sink

    def _open(self, path: Path | str, flags: int) -> int:
        number = os.open(path, flags | os.O_CLOEXEC, 0o666)
        self._opened.append(number)
        return number


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

    def hear(stream: str, data: bytes) -> None:
        say(stream, data.decode("utf-8", "replace"))

    program = _Program(hear)
    try:
        with shelter():  # interrupted between its fork and its end here, it would live on unknown
            program.start(args, place, stdin, stdout)
        program.attend()
    finally:
        with shelter():
            ended = program.end()
    return ended


def attend_program(
    args: Sequence[str],
    place: Path,
    variables: Mapping[str, str],
    hear: Hear,
    *,
    shelter: Shelter = contextlib.nullcontext,
) -> Ended:
    """Run a program in `place`, and hear all that it says; see `Context.attend_program`."""
    program = _Program(hear)
    began = time.monotonic()
    try:
        with shelter():  # as above
            channel = program.open_channel()
            given = {**variables, CHANNEL_VARIABLE: str(channel)}
            program.start(args, place, variables=given, passed=(channel,))
        program.attend()
        seconds = time.monotonic() - began
    finally:
        with shelter():
            status, _ = program.end()
    return Ended(status, seconds, _usage(program.usage))


def _usage(used: "resource.struct_rusage | None") -> dict[str, float]:
    """What a program and those that it waited for used, by name."""
    if used is None:
        return {}
    return {
        "cpu_user": used.ru_utime,
        "cpu_system": used.ru_stime,
        "max_rss": used.ru_maxrss * (1 if sys.platform == "darwin" else KIB),
        "read": used.ru_inblock * _BLOCK,
        "written": used.ru_oublock * _BLOCK,
    }


def _is_over(pid: int) -> bool:
    """Whether this child has ended; its status stays where it is."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:  # somebody else took it
        return True


def _watch(pid: int) -> int:
    """A descriptor that becomes readable when this child ends, or -1 where there is no such."""
    if not hasattr(os, "pidfd_open"):
        return -1
    try:
        return os.pidfd_open(pid)
    except OSError:  # a container may forbid it
        return -1
