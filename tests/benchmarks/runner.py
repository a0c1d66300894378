"""Runs a system in a process of its own, and leaves nothing of it behind.

Each run has a directory of its own, which is also its mark: whatever has it in its environment was
started by it, wherever it is among the processes, and is killed at the end.
"""

import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Self

import psutil

from tests.benchmarks.cases.processor import MARK
from tests.benchmarks.plan import Plan
from tests.house.tree import ROOT

START_LIMIT = 60.0  # s until a system is warm
SWEEPS = 10  # what is being started while we kill is found by the next one
STOP_LIMIT = 15.0  # s until it has stopped by itself
UNLOGGED = ROOT / "tests" / "benchmarks" / "unlogged"

# What root may do and an ordinary user may not: read-only files would not be so to it
_POWERS = "-dac_override,-dac_read_search,-fowner"

Answer = dict[str, Any]


def measure(system: str, plan: Plan, workloads: list[str]) -> Iterator[Answer]:
    """An answer for each workload; those that come after one that was too slow begin anew."""
    left = list(workloads)
    while left:
        with _Run(system, plan, left) as run:
            for answer in run.answers():
                yield answer
                left.remove(answer["workload"])


class _Run:
    """One process of `tests.benchmarks.one`, with all that it starts."""

    def __init__(self, system: str, plan: Plan, workloads: list[str]) -> None:
        self._system = system
        self._plan = plan
        self._workloads = list(workloads)
        self._place = Path(tempfile.mkdtemp(prefix="fb-"))
        self._rest = b""

    def __enter__(self) -> Self:
        size = "quick" if self._plan.quick else "whole"
        module = [sys.executable, "-m", "tests.benchmarks.one", self._system, size]
        errors = (self._place / "errors").open("wb")
        with errors:
            self._process = subprocess.Popen(
                [*_without_powers(), *module, *self._workloads],
                cwd=self._place,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,
            )
        return self

    def __exit__(self, *_exc: object) -> None:
        end_marked(str(self._place))
        self._process.wait()
        assert self._process.stdout is not None
        self._process.stdout.close()
        shutil.rmtree(self._place, ignore_errors=True)

    def _environment(self) -> dict[str, str]:
        path = [str(UNLOGGED)] if self._system == "flowlab-unlogged" else []
        here = str(self._place)
        return {
            **os.environ,
            MARK: here,
            # Where a system finds the programs that it brings along
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "TMPDIR": here,
            "FLOWLAB_DATA": f"{here}/data",
            "IPYTHONDIR": f"{here}/ipython",
            "PYTHONPATH": os.pathsep.join([*path, str(ROOT)]),
            # One thread a process: two workers on two cores
            "OMP_NUM_THREADS": "1",
            "OPENBLAS_NUM_THREADS": "1",
        }

    def answers(self) -> Iterator[Answer]:
        """One for each workload, until one takes too long."""
        first = self._next(START_LIMIT)
        if "ready" not in first:
            for workload in self._workloads:
                yield {"workload": workload, "error": f"did not start: {self._trouble(first)}"}
            return
        for workload in self._workloads:
            answer = self._next(self._plan.limit)
            if "workload" not in answer:
                yield {"workload": workload, **self._excuse(answer), "ready": first["ready"]}
                return
            yield {**answer, "ready": first["ready"]}
        self._next(STOP_LIMIT)

    def _excuse(self, answer: Answer) -> Answer:
        if "late" in answer:
            return {"late": self._plan.limit}
        return {"error": self._trouble(answer)}

    def _trouble(self, answer: Answer) -> str:
        if "late" in answer:
            return f"nothing within {START_LIMIT:.0f} s"
        lines = (self._place / "errors").read_text(errors="replace").strip().splitlines()
        return lines[-1][:200] if lines else "it ended without a word"

    def _next(self, seconds: float) -> Answer:
        """The next line; `late` or `ended` when there is none."""
        assert self._process.stdout is not None
        until = time.monotonic() + seconds
        while b"\n" not in self._rest:
            if not select.select([self._process.stdout], [], [], max(until - time.monotonic(), 0))[
                0
            ]:
                return {"late": True}
            data = os.read(self._process.stdout.fileno(), 1 << 16)
            if not data:
                return {"ended": True}
            self._rest += data
        line, self._rest = self._rest.split(b"\n", 1)
        found: Answer = json.loads(line)
        return found


@cache
def _without_powers() -> list[str]:
    """As an ordinary user, where we are root and may be less: that is how it is used."""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        return []
    prefix = ["setpriv", f"--bounding-set={_POWERS}", f"--inh-caps={_POWERS}"]
    done = subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if done.returncode == 0 else []


def end_marked(mark: str) -> None:
    """Kill whatever was started by the run with this mark, until there is none."""
    for _ in range(SWEEPS):
        found = [process for process in psutil.process_iter() if _has_mark(process, mark)]
        if not found:
            return
        for process in found:
            _kill(process)
        psutil.wait_procs(found, timeout=5)
    raise RuntimeError(f"processes that cannot be killed: {found}")


def _has_mark(process: psutil.Process, mark: str) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and process.environ().get(MARK) == mark
    except psutil.Error:
        return False


def _kill(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return
