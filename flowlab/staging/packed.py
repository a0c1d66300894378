"""A large pickle as it lies in a store: its buffers apart from it, so that nobody copies them.

    header   magic, bytes of the body, number of buffers, bytes of each buffer
    body     a pickle (protocol 5) that takes its buffers from outside
    buffers  each at a multiple of 64 bytes

They are written from where they lie, and read where they lie. A standard pickle is made of it on
demand, and none of the value's own code runs for that.
"""

import pickle
import struct
from collections.abc import Iterator, Sequence
from importlib import import_module

from flowlab.errors import StoreError

ALIGNMENT = 64  # bytes: a cache line, and what Arrow asks for
MAGIC = b"flowlab\x01"
_HEAD = struct.Struct("<8sQQ")
_LENGTH = struct.Struct("<Q")
_FRAME = 9  # bytes of the opcode that announces a frame

Piece = bytes | memoryview


class Packed:
    """A value on its way into a store: what is to be written, one piece after the other."""

    __slots__ = ("pieces", "size")

    def __init__(self, body: bytes, buffers: Sequence[memoryview]) -> None:
        lengths = [buffer.nbytes for buffer in buffers]
        head = _HEAD.pack(MAGIC, len(body), len(lengths)) + _lengths(len(lengths)).pack(*lengths)
        self.pieces: list[Piece] = [head, body]
        self.size = len(head) + len(body)  # bytes
        for buffer in buffers:
            self._pad()
            self.pieces.append(buffer)
            self.size += buffer.nbytes

    def __len__(self) -> int:
        return self.size

    def tobytes(self) -> bytes:
        """All of it in one piece, for what has to travel."""
        return b"".join(self.pieces)

    def _pad(self) -> None:
        missing = -self.size % ALIGNMENT
        if missing:
            self.pieces.append(bytes(missing))
            self.size += missing


def load_packed(view: memoryview) -> object:
    """The value; arrays in it are read-only and lie where `view` lies."""
    body, buffers = _split(view)
    return pickle.loads(body, buffers=buffers)


def as_stream(view: memoryview) -> Iterator[Piece]:
    """Pieces of a standard pickle of the same value."""
    body, buffers = _split(view)
    waiting = iter(buffers)
    data = bytes(body)
    done = 0  # bytes of the body that were given
    outside: memoryview | None = None  # a buffer of which it is not known yet what it is to be
    for opcode, _, position in import_module("pickletools").genops(data):
        if outside is not None:
            is_constant = opcode.name == "READONLY_BUFFER"
            yield (pickle.BINBYTES8 if is_constant else pickle.BYTEARRAY8) + _LENGTH.pack(
                outside.nbytes
            )
            yield outside
            outside = None
            done += is_constant
        if opcode.name == "NEXT_BUFFER":
            yield data[done:position]
            done = position + 1
            outside = next(waiting)
        elif opcode.name == "FRAME":  # its length would not be true any longer; frames may lack
            yield data[done:position]
            done = position + _FRAME
    yield data[done:]


def _split(view: memoryview) -> tuple[memoryview, list[memoryview]]:
    """Body and buffers; raises StoreError for what is no packed value, or not all of one."""
    try:
        magic, length, count = _HEAD.unpack_from(view)
        if magic != MAGIC or count * _LENGTH.size > len(view):
            raise StoreError("the stored value is no packed pickle of this version")
        lengths = _lengths(count).unpack_from(view, _HEAD.size)
    except struct.error as error:
        raise StoreError(f"the stored value is torn: {error}") from error
    at = _HEAD.size + count * _LENGTH.size
    body = view[at : at + length]
    at += length
    buffers = []
    for size in lengths:
        at += -at % ALIGNMENT
        buffers.append(view[at : at + size])
        at += size
    if at != len(view):
        raise StoreError(f"the stored value is torn: it has {len(view)} bytes instead of {at}")
    return body, buffers


def _lengths(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}Q")
