"""Entries as lines of JSON for the journal and the browser, messages as msgpack for the links.

What cannot be decoded is an error of ours that says so, never one of the library's.
"""

from typing import Any, TypeVar, cast

import msgspec

from flowlab.errors import LinkError, StoreError
from flowlab.events.messages import Entry

T = TypeVar("T")

_BYTES = (bytes, bytearray, memoryview)  # which msgpack takes as they are

_line_encoder = msgspec.json.Encoder()
_line_decoder = msgspec.json.Decoder(Entry)
_packer = msgspec.msgpack.Encoder()
_unpackers: dict[Any, msgspec.msgpack.Decoder[Any]] = {}


def encode_entry(entry: Entry) -> bytes:
    """One line of JSON with its newline."""
    return encode_json(entry) + b"\n"


def encode_json(message: object) -> bytes:
    """A message as JSON; a lone surrogate in a text is written as `?`."""
    try:
        return _line_encoder.encode(message)
    except UnicodeEncodeError:
        # A file name that is no UTF-8 came in as a text; one odd byte must not cost the entry.
        return _line_encoder.encode(_encodable(msgspec.to_builtins(message)))


def decode_entry(line: bytes) -> Entry:
    """The entry of one line; StoreError when the line is damaged or no entry."""
    try:
        return _line_decoder.decode(line)
    except (ValueError, RecursionError) as error:  # msgspec's own errors are ValueErrors
        raise StoreError(f"a line that is no entry: {error}") from None


def pack(message: object) -> bytes:
    """A message for a link; a lone surrogate in a text is written as `?`."""
    try:
        return _packer.encode(message)
    except UnicodeEncodeError:
        return _packer.encode(_encodable(msgspec.to_builtins(message, builtin_types=_BYTES)))


def unpack(data: bytes | memoryview, message_type: type[T]) -> T:
    """The message of a frame; LinkError when the other side sent something else."""
    unpacker = _unpackers.get(message_type)
    if unpacker is None:  # two threads may make the same one: either will do
        unpacker = _unpackers[message_type] = msgspec.msgpack.Decoder(message_type)
    try:
        return cast(T, unpacker.decode(data))  # the decoder was made for this type
    except (ValueError, RecursionError) as error:
        raise LinkError(f"the other side of the link sent what is no message: {error}") from None


def _encodable(tree: Any) -> Any:
    if isinstance(tree, str):
        return tree.encode("utf-8", "replace").decode("utf-8")
    if isinstance(tree, dict):
        return {_encodable(name): _encodable(value) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [_encodable(value) for value in tree]
    return tree
