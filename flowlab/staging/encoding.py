"""From a value to bytes and back, by content type.

A value that belongs to the notebook (a class defined in a cell) is pickled whole, since an engine
cannot import it; everything else by reference, which is some twenty times cheaper.
After Rain's content types (python/rain/common/content_type.py).
"""

import json
import pickle

import cloudpickle

from flowlab.errors import ContentTypeError
from flowlab.model.content import PICKLES, text_encoding

_PROTOCOL = 5
_NOTEBOOK = b"__main__"  # stands in a pickle that refers to something only this process has


def encode(value: object, content_type: str) -> bytes:
    """The bytes of a value; raises ContentTypeError when the type cannot hold it."""
    encoding = text_encoding(content_type)
    try:
        if content_type in PICKLES:
            return _pickle(value)
        if content_type == "json":
            return json.dumps(value, allow_nan=True).encode()
        if encoding is not None and isinstance(value, str):
            return value.encode(encoding)
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


def decode(data: bytes | memoryview, content_type: str) -> object:
    """A fresh value of the bytes; raises ContentTypeError when the type says too little for it."""
    encoding = text_encoding(content_type)
    decodable = content_type in PICKLES or content_type == "json" or encoding is not None
    if not decodable:
        raise ContentTypeError(
            f"Decoding from {content_type!r} unsupported; use get_bytes(), or declare a type"
        )
    try:
        if content_type in PICKLES:
            return pickle.loads(data)
        if encoding is not None:
            return str(data, encoding)
        return json.loads(bytes(data))
    except Exception as error:  # unpickling runs code of the value's class
        raise ContentTypeError(
            f"data declared as {content_type!r} cannot be decoded: "
            f"{type(error).__name__}: {_brief(error)}"
        ) from error


def _pickle(value: object) -> bytes:
    """Plain pickle where that is enough."""
    if not cloudpickle.list_registry_pickle_by_value():
        try:
            data = pickle.dumps(value, _PROTOCOL)
        except (pickle.PicklingError, AttributeError, TypeError):
            data = _NOTEBOOK  # cloudpickle knows functions, lambdas and local classes too
        if _NOTEBOOK not in data:
            return data
    whole: bytes = cloudpickle.dumps(value, _PROTOCOL)
    return whole


def _brief(error: BaseException) -> str:
    """The error's text on one bounded line; a class' own __str__ may raise."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - see above; the error's type is still said
        return "(no text)"
    return " ".join(text.split())[:500]
