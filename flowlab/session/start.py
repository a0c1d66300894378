"""Starts the scheduler process, and another one when it was killed.

The process says on its standard output that it listens, or what is wrong; until then its errors
are the kernel's to tell. The one rule: whatever was started here is ended here, or by the reaper.
"""

import json
import os
import selectors
import subprocess
import threading
import time
from pathlib import Path
from typing import Any

import msgspec

from flowlab.cluster.reap import start_time
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory
from flowlab.errors import ClusterError, LinkError
from flowlab.session.address import reach
from flowlab.session.wire import Wire
from flowlab.shared.process import spawn

START_SECONDS = 60.0  # s for the process to listen
_TAIL = 4000  # bytes of its stderr that an error shows
_SLICE = 0.2  # s between two looks whether it was ended meanwhile
_MODULE = "flowlab.session.main"


class Orders(msgspec.Struct, frozen=True):
    """What a scheduler process must know, on its standard input.

    journal   directory of the journal
    choice    which engines: fields of cluster.choice.EngineChoice
    owner     pid and start time of the kernel
    after     the last entry that the kernel knows, when this process takes over
    factory   `module:name` of what makes the cluster, instead of real engines
    """

    journal: str
    choice: dict[str, Any]
    owner: tuple[int, str]
    reaper: int
    takeover: bool = False
    after: int = 0
    factory: str = ""


class Starter:
    """The kernel's side of one client's scheduler process; implements remote.Launcher."""

    def __init__(
        self,
        run: RunDirectory,
        reaper: Reaper,
        journal: Path,
        choice: dict[str, Any],
        factory: str = "",
    ) -> None:
        self.run = run
        self.reaper = reaper
        self.process: subprocess.Popen[bytes] | None = None
        self._journal = journal
        self._choice = choice
        self._factory = factory
        self._lock = threading.Lock()
        self._ended = False

    def launch(self, takeover: bool, after: int) -> Wire:
        """Start a process and connect to it."""
        self._collect()
        owner = (os.getpid(), start_time(os.getpid()))
        orders = Orders(
            str(self._journal),
            self._choice,
            owner,
            self.reaper.fd,
            takeover,
            after,
            self._factory,
        )
        with self._lock:
            if self._ended:
                raise LinkError("the client is closed")
            words = (_MODULE, str(self.run.path))
            self.process = process = spawn(
                *words, run=self.run.run, errors=self._errors, pass_fds=(self.reaper.fd,)
            )
        self.reaper.add([process.pid])
        assert process.stdin is not None
        try:
            process.stdin.write(msgspec.json.encode(orders))
            process.stdin.close()
        except BrokenPipeError:
            raise self._fault("ended at once") from None
        self._wait_until_ready(process)
        try:
            return reach(self.run)
        except LinkError:
            if process.poll() is None:
                raise
            raise self._fault("ended as soon as it had started") from None

    def end(self, timeout: float) -> None:
        """Wait for its end, then kill it; what it leaves is the reaper's."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            process = self.process
        if process is not None:
            try:
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            self._close_pipes(process)

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> None:
        """Read the one line that it says on its standard output."""
        assert process.stdout is not None
        end = time.monotonic() + START_SECONDS
        said = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not said.endswith(b"\n"):
                if not selector.select(_SLICE):
                    self._check_patience(process, end)
                    continue
                piece = os.read(process.stdout.fileno(), 65536)
                if not piece:
                    raise self._fault("ended while it started")
                said += piece
        answer = json.loads(said)
        if "fault" in answer:
            raise ClusterError(answer["fault"])

    def _check_patience(self, process: "subprocess.Popen[bytes]", end: float) -> None:
        if self._ended:
            raise LinkError("the client is closed")
        if time.monotonic() > end:
            process.kill()
            raise self._fault(f"did not listen within {START_SECONDS:.0f} s")

    def last_words(self) -> str:
        """What the processes wrote to stderr, as the end of a sentence about them."""
        try:
            tail = self._errors.read_bytes()[-_TAIL:].decode(errors="replace").strip()
        except OSError:
            tail = ""
        return f" It wrote:\n{tail}" if tail else " It wrote nothing."

    def _fault(self, what: str) -> ClusterError:
        return ClusterError(f"the scheduler process {what}.{self.last_words()}")

    @property
    def _errors(self) -> Path:
        return self.run.path / "scheduler.err"

    def _collect(self) -> None:
        """Take leave of the process before."""
        process = self.process
        if process is None:
            return
        if process.poll() is None:
            process.kill()  # its link is gone: whatever it still does, nobody would hear of it
        process.wait()
        self._close_pipes(process)
        self.reaper.remove([process.pid])

    @staticmethod
    def _close_pipes(process: "subprocess.Popen[bytes]") -> None:
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
