"""What ipyparallel's processes wrote last: the end of an error about one that did not come."""

import logging
from pathlib import Path

TAIL = 1500  # characters that are shown


class Heard(logging.Handler):
    """Keeps the output of the process that failed last: ipyparallel logs it and drops its file."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Take in what is logged."""
        said = record.getMessage()
        if "Output for" in said:
            self.text = said[-TAIL:].strip()


def last_words(directory: Path, heard: str) -> str:
    """Where the logs are, and what a failed process said, or else the end of the newest log."""
    where = f"The logs are in {directory}"
    if heard:
        return f"{where}; what failed last said:\n{heard}"
    try:
        written = [path for path in directory.iterdir() if path.is_file() and path.stat().st_size]
        newest = max(written, key=lambda path: path.stat().st_mtime, default=None)
        if newest is None:
            return f"{where}, and say nothing."
    except OSError:
        return f"{where}."  # a process that is being ended takes them away
    return f"{where}; the newest, {newest.name}, ends with:\n{read_end(newest)}"


def read_end(log: Path) -> str:
    """The end of a log; empty when it is gone."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL))
            return file.read(TAIL).decode(errors="replace").strip()
    except OSError:
        return ""
