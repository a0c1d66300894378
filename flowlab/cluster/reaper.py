"""The reaper, seen from the processes that hold its pipe: nothing outlives kernel and scheduler.

One rule: engines and tasks never inherit the pipe, or the reaper would wait for them.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

from flowlab.cluster import reap
from flowlab.cluster.run import RunDirectory

_PROGRAM = Path(reap.__file__)


class Reaper:
    """A handle of the reaper's pipe.

    fd  write end, to be handed to the scheduler process by `pass_fds` and there to `attach`
    """

    def __init__(self, fd: int, process: "subprocess.Popen[bytes] | None" = None) -> None:
        self.fd = fd
        self._process = process
        self._lock = threading.Lock()
        self._listed: set[int] = set()
        os.set_inheritable(fd, False)
        # A fork of ours (multiprocessing in a notebook) keeps every descriptor: it must not keep
        # this one, for it may live longer than we do.
        os.register_at_fork(after_in_child=self._forget)

    @classmethod
    def start(cls, run: RunDirectory) -> "Reaper":
        """Start the process; it ends the run once every holder of the pipe is gone."""
        reading, writing = os.pipe()
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", str(_PROGRAM), run.run],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(reading)
        reaper = cls(writing, process)
        for directory in run.directories():
            reaper.directory(directory)
        return reaper

    @classmethod
    def attach(cls, fd: int) -> "Reaper":
        """The same reaper from another process, by the descriptor that it was handed."""
        return cls(fd)

    @property
    def pid(self) -> int | None:
        """Its process, if this process started it."""
        return self._process.pid if self._process else None

    def add(self, pids: Iterable[int]) -> None:
        """These processes belong to the run; telling it twice is harmless."""
        new = [pid for pid in pids if pid not in self._listed]
        self._listed.update(new)
        self._say("".join(f"+{pid} {reap.start_time(pid)}\n" for pid in new))

    def remove(self, pids: Iterable[int]) -> None:
        """These are gone."""
        old = [pid for pid in pids if pid in self._listed]
        self._listed.difference_update(old)
        self._say("".join(f"-{pid}\n" for pid in old))

    def directory(self, path: Path) -> None:
        """Remove this directory in the end."""
        self._say(f"dir {path}\n")

    def close(self, timeout: float = 5.0) -> None:
        """Let go of the pipe; wait for the reaper's end if it is our child and we are the last."""
        with self._lock:
            if self.fd < 0:
                return
            os.close(self.fd)
            self.fd = -1
        if self._process is not None:
            try:
                self._process.wait(timeout)
            except subprocess.TimeoutExpired:
                return  # another process still holds the pipe: it ends with that one

    def _say(self, text: str) -> None:
        with self._lock:
            if text and self.fd >= 0:
                try:
                    os.write(self.fd, text.encode())
                except BrokenPipeError:  # somebody killed it: our own close() still ends the run
                    os.close(self.fd)
                    self.fd = -1

    def _forget(self) -> None:
        """In a forked child: the pipe is not ours."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
