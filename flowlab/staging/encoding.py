"""From a value to bytes and back, by content type.

A value that belongs to the notebook (a class defined in a cell) is pickled whole, since an engine
cannot import it; everything else by reference, which is some twenty times cheaper.
After Rain's content types (python/rain/common/content_type.py).
"""

import json
import pickle
from collections.abc import Callable
from importlib import import_module
from typing import Any

import cloudpickle

from flowlab.errors import ContentTypeError, StoreError
from flowlab.model.content import PICKLES, text_encoding
from flowlab.model.limits import INLINE_OBJECT, PACKED_BUFFER
from flowlab.staging.packed import Packed, load_packed

_PROTOCOL = 5
_PLAIN = frozenset({type(None), bool, int, float, complex})  # no code of anybody's is asked
_DECODABLE = PICKLES | {"json", "cbor", "arrow"}
_NOTEBOOK = b"__main__"  # stands in a pickle that refers to something only this process has


def encode(value: object, content_type: str) -> bytes:
    """The bytes of a value; raises ContentTypeError when the type cannot hold it."""
    data = _encode(value, content_type, _pickle)
    assert isinstance(data, bytes)
    return data


def encode_large(value: object, content_type: str) -> bytes | Packed:
    """As above; of a large pickle the buffers stay where they are, until it is written down.

    So it must be written before anything can change the value.
    """
    if type(value) in _PLAIN and content_type in PICKLES:
        return pickle.dumps(value, _PROTOCOL)  # most results of short tasks
    return _encode(value, content_type, _pickle_apart)


def _encode(
    value: object, content_type: str, dump: Callable[[object], bytes | Packed]
) -> bytes | Packed:
    encoding = text_encoding(content_type)
    try:
        if content_type in PICKLES:
            return dump(value)
        if content_type == "json":
            return json.dumps(value, allow_nan=True).encode()
        if content_type == "cbor":
            return bytes(_optional("cbor2", "cbor").dumps(value))
        if content_type == "arrow":
            return _to_arrow(value)
        if encoding is not None and isinstance(value, str):
            return value.encode(encoding)
    except ContentTypeError:
        raise
    except Exception as error:  # a value's own __reduce__ may raise anything
        raise ContentTypeError(
            f"a value of type {type(value).__name__!r} cannot be encoded as {content_type!r}: "
            f"{type(error).__name__}: {_brief(error)}"
        ) from error
    if encoding is not None:
        raise ContentTypeError(
            f"only str can be encoded as {content_type!r}, not {type(value).__name__!r}"
        )
    raise ContentTypeError(f"Encoding into {content_type!r} unsupported; give bytes instead")


def decode(data: bytes | memoryview, content_type: str, *, packed: bool = False) -> object:
    """A fresh value of the bytes; raises ContentTypeError when the type says too little for it.

    packed  the bytes are no standard pickle, but as `Packed` has it
    """
    encoding = None if content_type in _DECODABLE else text_encoding(content_type)
    if encoding is None and content_type not in _DECODABLE:
        raise ContentTypeError(
            f"Decoding from {content_type!r} unsupported; use get_bytes(), or declare a type"
        )
    try:
        if content_type in PICKLES:
            return load_packed(memoryview(data)) if packed else pickle.loads(data)
        if encoding is not None:
            return str(data, encoding)
        if content_type == "cbor":
            return _optional("cbor2", "cbor").loads(data)
        if content_type == "arrow":
            return _optional("pyarrow.ipc", "arrow").open_stream(data).read_all()
        return json.loads(bytes(data))
    except (ContentTypeError, StoreError):
        raise
    except Exception as error:  # unpickling runs code of the value's class
        raise ContentTypeError(
            f"data declared as {content_type!r} cannot be decoded: "
            f"{type(error).__name__}: {_brief(error)}"
        ) from error


def _to_arrow(value: Any) -> bytes:
    """A table, a record batch or a pandas frame as an Arrow IPC stream."""
    arrow, ipc = _optional("pyarrow", "arrow"), _optional("pyarrow.ipc", "arrow")
    if isinstance(value, arrow.RecordBatch):
        value = arrow.Table.from_batches([value])
    elif not isinstance(value, arrow.Table):
        value = arrow.Table.from_pandas(value)
    sink = arrow.BufferOutputStream()
    with ipc.new_stream(sink, value.schema) as writer:
        writer.write_table(value)
    return bytes(sink.getvalue())


def _optional(module: str, extra: str) -> Any:
    """A library that only some users have; missing, the error says how to get it."""
    try:
        return import_module(module)
    except ImportError as error:
        raise ContentTypeError(
            f"the content type {extra!r} needs {module.partition('.')[0]}, which is not installed "
            f"here: pip install 'jupyter-flowlab[{extra}]'"
        ) from error


def _pickle(value: object) -> bytes:
    return _dump(value, None)


def _pickle_apart(value: object) -> bytes | Packed:
    """In one piece when it is small."""
    outside: list[memoryview] = []

    def keep(buffer: pickle.PickleBuffer) -> bool:
        raw = buffer.raw()
        if raw.nbytes < PACKED_BUFFER:
            return True  # into the pickle
        outside.append(raw)
        return False

    body = _dump(value, keep, outside.clear)
    if not outside:
        return body
    packed = Packed(body, outside)
    return packed if packed.size > INLINE_OBJECT else _pickle(value)


def _dump(
    value: object,
    keep: Callable[[pickle.PickleBuffer], bool] | None,
    again: Callable[[], None] = lambda: None,
) -> bytes:
    """Plain pickle where that is enough.

    keep   asked of each buffer whether it goes into the pickle
    again  called when the answers so far are void
    """
    if not cloudpickle.list_registry_pickle_by_value():
        try:
            data = pickle.dumps(value, _PROTOCOL, buffer_callback=keep)
        except (pickle.PicklingError, AttributeError, TypeError):
            data = _NOTEBOOK  # cloudpickle knows functions, lambdas and local classes too
        if _NOTEBOOK not in data:
            return data
        again()
    whole: bytes = cloudpickle.dumps(value, _PROTOCOL, buffer_callback=keep)
    return whole


def _brief(error: BaseException) -> str:
    """The error's text on one bounded line; a class' own __str__ may raise."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - see above; the error's type is still said
        return "(no text)"
    return " ".join(text.split())[:500]
