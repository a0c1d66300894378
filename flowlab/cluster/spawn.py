"""Starts our own engines on this host, a process each; they need no controller (engine.py).

Each is told on its standard input where to link and by which key, so that neither stands in its
arguments or its environment. The one rule: an engine's number is never used again in its run, by a
later scheduler process neither: its log has it for a name, and is always a new file.
"""

import json
import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import flowlab
from flowlab.cluster.logs import read_end
from flowlab.cluster.run import RunDirectory
from flowlab.staging.store import private_directory

# `-P` and the end of the path: a file `queue.py` beside the notebook must not become ours
PROGRAM = (
    "import sys; sys.path.append(sys.argv.pop(1)); from flowlab.cluster.engine import main; main()"
)


class OwnEngines:
    """said: what the one that failed last had to say."""

    def __init__(self, run: RunDirectory) -> None:
        self.said = ""
        self._run = run
        self._next = 0
        self._processes: list[tuple[subprocess.Popen[bytes], Path]] = []

    def start(self, number: int, order: dict[str, str]) -> list[int]:
        """Start so many; gives their pids. `order` is what bootstrap.py takes."""
        logs = private_directory(self._run.profile, "log")
        return [self._start_one(logs, order) for _ in range(number)]

    def look(self) -> None:
        """Take leave of those that ended."""
        for process, log in list(self._processes):
            if process.poll() is not None:
                self._processes.remove((process, log))
                if process.returncode > 0:  # not killed by a signal, such as one of ours
                    self.said = read_end(log)

    def _start_one(self, logs: Path, order: dict[str, str]) -> int:
        number, log, output = self._new_log(logs)
        home = str(Path(flowlab.__file__).parent.parent)
        label = f"ipyparallel.engine={number}"  # read by people who look at processes
        try:
            process = subprocess.Popen(
                [sys.executable, "-P", "-c", PROGRAM, home, label],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, "FLOWLAB_RUN": self._run.run},
                start_new_session=True,
            )
        finally:
            os.close(output)
        self._processes.append((process, log))
        text = json.dumps({**order, "engine": number, "profile": str(self._run.profile)})
        assert process.stdin is not None
        with suppress(BrokenPipeError), process.stdin as pipe:  # one that ended at once is noticed
            pipe.write(text.encode())
        return process.pid

    def _new_log(self, logs: Path) -> tuple[int, Path, int]:
        """The next number, its log, and a descriptor of that."""
        while True:
            number, self._next = self._next, self._next + 1
            log = logs / f"engine-{number}.log"
            with suppress(FileExistsError):
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
                return number, log, os.open(log, flags, 0o600)
