"""What a node script says while it runs, as log records on its engine.

A line of its output is a record of the logger `node.<host>`, DEBUG for stdout and WARNING for
stderr. Records of its own logger, `node.<host>.<Class>`, come by the channel, as JSON.
"""

import codecs
import json
import logging
from collections import deque

from flowlab.model.limits import KIB, TRACE_TEXT
from flowlab.model.packets import Joiner
from flowlab.tasks.kind import CHANNEL

# The first byte of a message in the channel says what it is
RECORD = b"r"  # JSON: a log record's fields
OUTPUTS = b"o"  # a pickle: what it gives back

SAID = 16 * KIB  # characters of its output that come with a job's results
_LEVELS = {"stdout": logging.DEBUG, "stderr": logging.WARNING}


class Talk:
    """Hears one script.

    outputs  a pickle of what it gave back; None until it has
    said     the last lines of its output, for people
    """

    def __init__(self, host: str) -> None:
        self.outputs: bytes | None = None
        self._tail = Tail()
        self._logger = logging.getLogger(f"node.{host}")
        self._lines = {
            stream: _Lines(self._logger, level, self._tail) for stream, level in _LEVELS.items()
        }
        self._joiner = Joiner()

    @property
    def said(self) -> str:
        """The last lines of its output."""
        return self._tail.text()

    def hear(self, stream: str, data: bytes) -> None:
        """Something came."""
        if stream != CHANNEL:
            self._lines[stream].feed(data)
            return
        before = self._joiner.cut
        messages = self._joiner.feed(data)
        for _ in range(self._joiner.cut - before):
            self._warn_of_cut()
        for message in messages:
            if message[:1] == RECORD:
                self._handle(message[1:])
            elif message[:1] == OUTPUTS:
                self.outputs = message[1:]

    def end(self) -> None:
        """Nothing more will come: a last line may have no end."""
        for lines in self._lines.values():
            lines.end()

    def warn(self, message: str) -> None:
        """Say something about the script."""
        self._tail.add(message)
        _log(self._logger, logging.WARNING, message)

    def _handle(self, data: bytes) -> None:
        try:
            record = logging.makeLogRecord(json.loads(data))
        except (TypeError, ValueError):  # whatever a script writes there, the job goes on
            self._warn_of_cut()
        else:
            logging.getLogger(record.name).handle(record)

    def _warn_of_cut(self) -> None:
        self.warn("a log record of the script was cut, for it was interrupted while it logged")


class Tail:
    """The last lines of a text: as many as have together not many more than `most` characters."""

    def __init__(self, most: int = SAID) -> None:
        self._most = most
        self._lines: deque[str] = deque()
        self._size = 0
        self._dropped = 0

    def add(self, line: str) -> None:
        """One more line."""
        self._lines.append(line)
        self._size += len(line) + 1
        while self._size > self._most and len(self._lines) > 1:
            self._size -= len(self._lines.popleft()) + 1
            self._dropped += 1

    def text(self) -> str:
        """The lines; the first one says how many there were before."""
        head = [f"({self._dropped} lines before)"] if self._dropped else []
        return "".join(f"{line}\n" for line in (*head, *self._lines))


class _Lines:
    """The lines of one stream."""

    def __init__(self, logger: logging.Logger, level: int, tail: Tail) -> None:
        self._logger = logger
        self._level = level
        self._tail = tail
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest = ""

    def feed(self, data: bytes) -> None:
        *lines, rest = (self._rest + self._text.decode(data)).split("\n")
        while len(rest) > TRACE_TEXT:  # a line that never ends must not grow for ever
            lines.append(rest[:TRACE_TEXT])
            rest = rest[TRACE_TEXT:]
        self._rest = rest
        for line in lines:
            self._take(line.rstrip("\r"))

    def end(self) -> None:
        rest, self._rest = self._rest + self._text.decode(b"", final=True), ""
        if rest:
            self._take(rest.rstrip("\r"))

    def _take(self, line: str) -> None:
        self._tail.add(line)
        _log(self._logger, self._level, line)


def _log(logger: logging.Logger, level: int, text: str) -> None:
    """Hand it on whatever the engine's own loggers let through: the session's level decides."""
    logger.handle(logger.makeRecord(logger.name, level, "", 0, text, (), None))
