"""Messages through a pipe into which several processes write: in packets, each written at once.

What is written at once, up to PIPE_BUF bytes, is never mixed with what others write (POSIX). A
writer is told by a number of its own; its messages come in the order in which it wrote them.
"""

from collections.abc import Iterator
from struct import Struct

_HEAD = Struct("!IH??")  # the writer, bytes that follow, are they the message's first, its last
LEAST = 512  # bytes that every system writes at once


def split(message: bytes, writer: int, size: int = LEAST) -> Iterator[bytes]:
    """A message as packets of `size` bytes at most."""
    room = min(size, 0xFFFF) - _HEAD.size
    for start in range(0, max(len(message), 1), room):
        part = message[start : start + room]
        is_last = start + room >= len(message)
        yield _HEAD.pack(writer & 0xFFFFFFFF, len(part), start == 0, is_last) + part


class Joiner:
    """Puts messages together again, from what was read in any pieces.

    cut  messages without an end: their writer was interrupted, and began another
    """

    def __init__(self) -> None:
        self.cut = 0
        self._rest = b""
        self._parts: dict[int, list[bytes]] = {}

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole by now."""
        data = self._rest + data
        whole, at = [], 0
        while len(data) - at >= _HEAD.size:
            writer, size, is_first, is_last = _HEAD.unpack_from(data, at)
            end = at + _HEAD.size + size
            if end > len(data):
                break
            if is_first and self._parts.pop(writer, None):
                self.cut += 1
            self._parts.setdefault(writer, []).append(data[at + _HEAD.size : end])
            at = end
            if is_last:
                whole.append(b"".join(self._parts.pop(writer)))
        self._rest = data[at:]
        return whole
