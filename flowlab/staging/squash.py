"""Compression of what travels, when a probe says that it pays.

The one rule: what is unpacked is never larger than what was packed, so nobody can send a bomb.
"""

import sys
from importlib import import_module
from typing import Any

import msgspec

from flowlab.errors import StoreError
from flowlab.model.limits import KIB

_PROBE = 64 * KIB  # bytes at the beginning and in the middle that tell how the rest will do
_PAYS = 0.9  # of its size, or less, compressed bytes must take
_LEAST = 512  # bytes, below which nothing is worth it
_LEVEL = 3
# A part of Python from 3.14 on; before, the same under another name
_MODULE = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"


class Squashed(msgspec.Struct, frozen=True, gc=False):
    """Compressed bytes, and how many they were."""

    data: bytes
    size: int


def squash(data: bytes | memoryview) -> bytes | Squashed:
    """The bytes, compressed when that makes them a tenth smaller at least."""
    view = memoryview(data).cast("B")
    if len(view) < _LEAST or not _pays(view):
        return bytes(data)
    packed = _zstd().compress(view, _LEVEL)
    return Squashed(packed, len(view)) if len(packed) <= len(view) * _PAYS else bytes(data)


def unsquash(data: bytes | Squashed) -> bytes:
    """What was squashed; StoreError when it would be more or less than its size says."""
    if isinstance(data, bytes):
        return data
    zstd = _zstd()
    unpacker = zstd.ZstdDecompressor()
    try:
        whole: bytes = unpacker.decompress(data.data, max_length=data.size + 1)
    except zstd.ZstdError as error:
        raise StoreError(f"compressed bytes cannot be unpacked: {error}") from error
    if len(whole) != data.size or not unpacker.eof or unpacker.unused_data:
        raise StoreError(f"compressed bytes do not give the {data.size} bytes that they promise")
    return whole


def _pays(view: memoryview) -> bool:
    """Ask a part from the beginning and one from the middle: a header says little of the rest."""
    middle = len(view) // 2
    probe = bytes(view[:_PROBE]) + bytes(view[middle : middle + _PROBE])
    return len(_zstd().compress(probe, 1)) <= len(probe) * _PAYS


def _zstd() -> Any:
    return import_module(_MODULE)
