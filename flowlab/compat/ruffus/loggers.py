"""Where a pipeline says how it goes, and its jobs: what has `info`, `warning`, `error`, `debug`."""

import logging
import sys
from collections.abc import Collection
from typing import Any, Protocol


class Logger(Protocol):
    """What `pipeline_run(logger=…)` takes, a `logging.Logger` for one."""

    def info(self, message: str, /) -> object: ...
    def warning(self, message: str, /) -> object: ...
    def error(self, message: str, /) -> object: ...
    def debug(self, message: str, /) -> object: ...


class _BlackHole:
    """Says nothing."""

    def info(self, message: str, /) -> None: ...
    def warning(self, message: str, /) -> None: ...
    def error(self, message: str, /) -> None: ...
    def debug(self, message: str, /) -> None: ...


class _Stderr:
    """Says everything on stderr, which in a notebook is the cell's output."""

    def info(self, message: str, /) -> None:
        sys.stderr.write(f"{message}\n")

    def warning(self, message: str, /) -> None:
        sys.stderr.write(f"\n\nWARNING:\n    {message}\n\n")

    def error(self, message: str, /) -> None:
        sys.stderr.write(f"\n\nERROR:\n    {message}\n\n")

    def debug(self, message: str, /) -> None:
        sys.stderr.write(f"{message}\n")


black_hole_logger = _BlackHole()
stderr_logger = _Stderr()


class Progress:
    """A logger with the level up to which it is told.

    verbose  0 nothing, 1 tasks, 2 what they say of themselves, 3 jobs that run, 4 why they do,
             5 those that need not, 6 the jobs of tasks that are up to date, too
    """

    def __init__(self, logger: Logger, verbose: int) -> None:
        self.logger: Logger = logger if verbose > 0 else black_hole_logger
        self.verbose = verbose

    def say(self, level: int, message: str) -> bool:
        """Say it if so much is wanted; whether it was."""
        if level <= self.verbose:
            self.logger.info(message)
        return level <= self.verbose

    def head(self, title: str) -> None:
        """Begin a part of the report."""
        for line in ("", "_" * 40, title, "", ""):
            self.logger.info(line)


class LoggerProxy:
    """Sends what it is told to the logger that all share.

    shared  the object of the session
    silent  levels whose messages are not said on stderr, too, of the job or of the notebook; None:
            nothing is
    """

    def __init__(self, shared: Any, silent: Collection[int] | None = None) -> None:
        self.shared = shared
        self._silent = silent

    def debug(self, message: object, *args: object, **kwargs: Any) -> None:
        """Log a message; so do `info`, `warning`, `error` and `critical`."""
        self._repeat(logging.DEBUG, message, args)
        self.shared.debug(message, *args, **kwargs)

    def info(self, message: object, *args: object, **kwargs: Any) -> None:
        self._repeat(logging.INFO, message, args)
        self.shared.info(message, *args, **kwargs)

    def warning(self, message: object, *args: object, **kwargs: Any) -> None:
        self._repeat(logging.WARNING, message, args)
        self.shared.warning(message, *args, **kwargs)

    def error(self, message: object, *args: object, **kwargs: Any) -> None:
        self._repeat(logging.ERROR, message, args)
        self.shared.error(message, *args, **kwargs)

    def critical(self, message: object, *args: object, **kwargs: Any) -> None:
        self._repeat(logging.CRITICAL, message, args)
        self.shared.critical(message, *args, **kwargs)

    def log(self, level: int, message: object, *args: object, **kwargs: Any) -> None:
        """Log a message at a level of one's own."""
        self._repeat(level, message, args)
        self.shared.log(level, message, *args, **kwargs)

    def _repeat(self, level: int, message: object, args: tuple[object, ...]) -> None:
        """Say it on stderr, if that is wanted."""
        if self._silent is not None and level not in self._silent:
            sys.stderr.write(f"    {str(message) % args if args else message}\n")

    def __str__(self) -> str:
        return "<LoggingProxy>"

    def __repr__(self) -> str:
        return "LoggerProxy()"
