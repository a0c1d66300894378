"""A log file that all tasks write: a logger where the file is, and its proxy's methods.

After Ruffus' "How to share data across jobs". A record is made where it is said, with that time and
process, and written in the order of arrival.
"""

import logging
import sys
import traceback
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from types import FrameType
from typing import Any

from flowlab.errors import UsageError

FORMAT = "%(asctime)s %(levelname)s %(message)s"
METHODS = ("write", "setLevel", "getEffectiveLevel", "isEnabledFor")
_MADE_THERE = frozenset(
    ("name", "levelno", "levelname", "msg", "args", "exc_info", "relativeCreated")
)  # of a record: all else travels, with what `extra` has added


class _File(RotatingFileHandler):
    """Whoever says a line hears that it could not be written."""

    def handleError(self, _record: logging.LogRecord) -> None:  # noqa: N802 - as `logging` has it
        error = sys.exc_info()[1]
        assert error is not None
        raise error


class LogBook:
    """The logger; nobody else's handlers hear of it.

    path          of the file, absolute
    max_bytes     after which another file is begun
    backup_count  files that are kept of those before
    """

    # size: what may be said of a log, each by name
    def __init__(
        self, path: str, level: int | str, max_bytes: int, backup_count: int, form: str
    ) -> None:
        self._logger = logging.Logger(path, level)  # noqa: LOG001 - no other code may find it
        formatter = checked_formatter(form)
        handler = _File(path, maxBytes=max_bytes, backupCount=backup_count, encoding="utf-8")
        handler.setFormatter(formatter)
        self._logger.addHandler(handler)

    def write(self, level: int, message: str, said: dict[str, Any]) -> None:
        """Write a record, if it is of the level or above it."""
        if self.isEnabledFor(level):
            record = {"levelno": level, "levelname": logging.getLevelName(level), "msg": message}
            named = {"name": self._logger.name, **record, **said}
            self._logger.handle(logging.makeLogRecord(named))

    def setLevel(self, level: int | str) -> None:  # noqa: N802 - as `logging` has it
        """Write what is of this level or above it."""
        self._logger.setLevel(level)

    def getEffectiveLevel(self) -> int:  # noqa: N802 - as `logging` has it
        """The level."""
        return self._logger.level

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - as `logging` has it
        """Whether records of this level are written."""
        return level >= self._logger.level  # its own answer would stay what it was once


def checked_formatter(form: str) -> logging.Formatter:
    """For lines of this format; UsageError when none can be made by it."""
    try:
        formatter = logging.Formatter(form)
        formatter.format(logging.LogRecord("", logging.INFO, "", 0, "", (), None))
    except (ValueError, TypeError) as error:
        if not isinstance(error.__context__, KeyError):  # else a field that `extra` may give
            raise UsageError(f"format={form!r}: {error}; see logging.Formatter") from None
    return formatter


# size: what may be said with a line, as `logging` has it
def say(
    proxy: Any,
    level: int,
    message: object,
    args: tuple[Any, ...],
    *,
    exc_info: Any = None,
    extra: Mapping[str, Any] | None = None,
    stack_info: bool = False,
    stacklevel: int = 1,
) -> None:
    """Make a record here, and have it written there."""
    frame = sys._getframe(1 + stacklevel)  # noqa: SLF001 - as `logging` finds who speaks
    code = frame.f_code
    record = logging.getLogger().makeRecord(
        "",
        level,
        code.co_filename,
        frame.f_lineno,
        message,
        args,
        None,
        code.co_name,
        extra,
        _stack(frame) if stack_info else None,
    )
    if exc_info:
        error = exc_info if isinstance(exc_info, BaseException) else sys.exc_info()[1]
        record.exc_text = "".join(traceback.format_exception(error)).rstrip() if error else ""
    said = {name: value for name, value in vars(record).items() if name not in _MADE_THERE}
    proxy._callmethod("write", (level, record.getMessage(), said))  # noqa: SLF001 - proxies' door


def _stack(frame: FrameType) -> str:
    return "Stack (most recent call last):\n" + "".join(traceback.format_stack(frame)).rstrip()


def _method(level: int, *, with_error: bool = False) -> Any:
    def method(
        self: Any, message: object, *args: Any, exc_info: Any = with_error, **more: Any
    ) -> None:
        say(self, level, message, args, exc_info=exc_info, **more)

    return method


def _log(self: Any, level: int, message: object, *args: Any, **more: Any) -> None:
    say(self, level, message, args, **more)


PROXY_METHODS = {
    "debug": _method(logging.DEBUG),
    "info": _method(logging.INFO),
    "warning": _method(logging.WARNING),
    "error": _method(logging.ERROR),
    "critical": _method(logging.CRITICAL),
    "exception": _method(logging.ERROR, with_error=True),
    "log": _log,
    "__str__": lambda _self: "Logging proxy",
}
