"""Runs a task in this process, without a client: in a temporary directory that goes afterwards."""

import contextlib
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from flowlab.compat.crossflow.running import SAID, SHELL, Arguments, Body, Command
from flowlab.staging.filehandle import FileHandle


def run_here(task: Command | Body, given: Arguments) -> Any:
    """Run it with what is given by name; its only output, or a tuple of all."""
    with tempfile.TemporaryDirectory(prefix="flowlab-") as name:
        place = Path(os.path.realpath(name))
        giver = Here(place)
        if isinstance(task, Body):
            with contextlib.chdir(place):
                return task.perform(given, place, giver)
        command = task

        def run(text: str) -> "subprocess.CompletedProcess[bytes]":
            with (place / SAID).open("wb") as said:
                ended = subprocess.run(
                    [SHELL, "-c", text],
                    cwd=place,
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=subprocess.PIPE,
                    check=False,
                )
            stdout = command.read_said(place)
            return subprocess.CompletedProcess(text, ended.returncode, stdout, ended.stderr)

        return command.perform(given, place, run, giver)


class Here:
    """Takes what a task made out of its working directory in this process: as handles."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def file(self, path: str, name: str) -> FileHandle:
        """A file or a directory."""
        return FileHandle.load(self._place / path, name=name)

    def files(self, folder: str, count: int) -> list[FileHandle]:
        """A list of files."""
        numbered = sorted((self._place / folder).iterdir())
        return [FileHandle.load(each) for one in numbered for each in one.iterdir()]

    def value(self, value: object) -> Any:
        """Anything else as it is."""
        return value
