"""Whether a piece travels compressed: it is tried on a sample, and then on a piece.

Compressing pays when it takes less time than it saves. The first piece of a transfer goes
as it is, which tells how fast the way is. When a sample of the next one promises to pay, that one
goes compressed, and from then on what has taken less time a byte is done again. On a way that is
faster than any compressor nothing is tried.
The compressor is zlib at its lowest level, of the standard library (docs/decisions/0013).
"""

import time
import zlib
from collections.abc import Callable

from flowlab.errors import StoreError
from flowlab.model.limits import KIB, MIB

SAMPLE = 128 * KIB  # bytes from the middle of a piece
FAST = 256 * MIB  # bytes a second of a way, above which nothing is tried
_LEVEL = 1


class Squeezer:
    """Decides for the pieces of one transfer, one after the other."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._plain: float | None = None  # s a byte, of the last piece that went as it is
        self._squeezed: float | None = None  # … that went compressed, with compressing it
        self._size = 0  # bytes of the last piece
        self._began = 0.0  # when it was begun
        self._was_squeezed = False

    def squeeze(self, piece: memoryview) -> bytes | None:
        """The piece compressed, or None when it is better left as it is.

        To be called when the piece is asked for, which is when the one before has arrived.
        """
        now = self._clock()
        if self._size:
            self._learn((now - self._began) / self._size)
        self._began, self._size = now, len(piece)
        self._was_squeezed = self._is_worth_it(piece)
        return zlib.compress(piece, _LEVEL) if self._was_squeezed else None

    def _learn(self, seconds: float) -> None:
        if self._was_squeezed:
            self._squeezed = seconds
        else:
            self._plain = seconds

    def _is_worth_it(self, piece: memoryview) -> bool:
        if self._plain is None or self._plain * FAST < 1:
            return False
        if self._squeezed is not None:
            return self._squeezed < self._plain
        middle = len(piece) // 2
        sample = piece[max(0, middle - SAMPLE // 2) : middle + SAMPLE // 2]
        began = self._clock()
        shrunk = len(zlib.compress(sample, _LEVEL))
        return pays(len(sample), shrunk, self._clock() - began, self._plain)


def pays(size: int, shrunk: int, seconds: float, way: float) -> bool:
    """Whether to compress `size` bytes to `shrunk` takes less time than it saves.

    way  s that a byte takes to the other host
    """
    return seconds < (size - shrunk) * way


def stretch(piece: memoryview, size: int) -> bytes:
    """The bytes of a piece that was compressed; StoreError when they are not what was said."""
    unpacker = zlib.decompressobj()
    try:
        found = unpacker.decompress(piece, size + 1)
    except zlib.error as error:
        raise StoreError(f"a piece came garbled: {error}") from error
    if len(found) != size or not unpacker.eof:
        raise StoreError(f"a piece came with {len(found)} bytes instead of {size}")
    return found
