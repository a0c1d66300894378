"""A log record as it travels: formatted where it was made, for its arguments may travel nowhere."""

from typing import Any

import msgspec

ROW = 200  # bytes of a row beside its text, about
QUIET = 30  # the level of a session that asked for none: WARNING, as in `logging` itself


class LogRow(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """One log record: all that a handler needs of it.

    at       seconds since the epoch, by the clock of its host
    level    as a number; `word` is what it is called
    text     the message with its arguments
    error    the traceback of an exception, and `stack` that of the call, when one was asked for
    extra    what the caller gave as `extra`
    """

    at: float
    level: int
    word: str
    name: str
    text: str
    file: str = ""
    line: int = 0
    function: str = ""
    process: int = 0
    thread: str = ""
    error: str = ""
    stack: str = ""
    extra: dict[str, Any] = {}

    @property
    def size(self) -> int:
        """How many bytes it is, about."""
        size = ROW + len(self.text) + len(self.error) + len(self.stack)
        return size + len(str(self.extra)) if self.extra else size

    @property
    def shown(self) -> str:
        """It as lines of text, for people."""
        lines = [f"{self.word} {self.name}: {self.text}", self.error, self.stack]
        return "".join(f"{each}\n" for each in lines if each)
