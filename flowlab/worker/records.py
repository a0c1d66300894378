"""From a `logging.LogRecord` to a row that can travel. Nothing here raises, whatever was logged."""

import logging
from typing import Any

from flowlab.model.limits import ERROR_TEXT, TRACE_TEXT
from flowlab.model.logrow import LogRow
from flowlab.worker.failure import bounded

_NO_EXTRA = frozenset(
    [*logging.makeLogRecord({}).__dict__, "message", "asctime", "taskName", "exc_text"]
)
_PLAIN = (str, int, float, bool, type(None))
_EXTRA_TEXT = 1_000  # characters of one value that the caller gave as `extra`
_MOST = 1 << 53  # what every reader takes for the same number
_EXTRAS = 32  # of them
_formatter = logging.Formatter()


def make_row(record: logging.LogRecord) -> LogRow:
    """The record, with its arguments and its exception made text."""
    return LogRow(
        float(_number(record.created)),
        int(_number(record.levelno)),
        _travelling(str(record.levelname), TRACE_TEXT),
        _travelling(str(record.name), TRACE_TEXT),
        _travelling(_message(record), TRACE_TEXT),
        _travelling(str(record.pathname), TRACE_TEXT),
        int(_number(record.lineno)),
        _travelling(str(record.funcName or ""), TRACE_TEXT),
        int(_number(record.process)),
        _travelling(str(record.threadName or ""), TRACE_TEXT),
        _error(record),
        _travelling(str(record.stack_info or ""), ERROR_TEXT),
        _extra(record),
    )


def _number(value: object) -> float:
    """A number of a record, 0 when somebody put something else there."""
    return value if isinstance(value, int | float) and abs(value) < _MOST else 0


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception as error:  # noqa: BLE001 - objects of the user's own
        return f"{_show(record.msg)} (its arguments cannot be formatted: {type(error).__name__})"


def _error(record: logging.LogRecord) -> str:
    if record.exc_text:
        return _travelling(record.exc_text, ERROR_TEXT)
    found = record.exc_info
    if not found or found[0] is None:
        return ""
    try:
        return _travelling(_formatter.formatException(found), ERROR_TEXT)
    except Exception as odd:  # noqa: BLE001 - an exception can be built so that nothing works
        return f"{found[0].__name__} (it cannot be shown: {type(odd).__name__})"


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    """What the caller added: plain values as they are, others as people see them."""
    names = record.__dict__.keys() - _NO_EXTRA
    if not names:
        return {}
    kept = sorted(names)[:_EXTRAS]
    return {_travelling(name, _EXTRA_TEXT): _plain(record.__dict__[name]) for name in kept}


def _plain(value: object) -> object:
    if type(value) is int and abs(value) >= _MOST:
        return _travelling(_show(value), _EXTRA_TEXT)
    if type(value) in _PLAIN and type(value) is not str:
        return value
    return _travelling(value if type(value) is str else _show(value), _EXTRA_TEXT)


def _show(value: object) -> str:
    try:
        return value if type(value) is str else repr(value)
    except Exception as odd:  # noqa: BLE001 - a __repr__ of the user's own
        return f"<{type(value).__name__} that cannot be shown: {type(odd).__name__}>"


def _travelling(text: str, most: int) -> str:
    """The text without what UTF-8 cannot hold; the middle of a longer one is left out."""
    if len(text) <= most and text.isascii():
        return text
    return bounded(text, most)
