"""`blob`, `pickled` and `directory`: constants that the user puts into a graph.

After Rain's user guide, "Constant data objects" and "Directories".
"""

from pathlib import Path

from flowlab.errors import UsageError
from flowlab.graph.active import active_session
from flowlab.graph.nodes import DataObject
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type, text_encoding
from flowlab.model.inputs import Output, OutputDir
from flowlab.staging.directory import pack_directory
from flowlab.staging.encoding import encode as encode_value
from flowlab.staging.encoding import encode_large
from flowlab.staging.packed import Packed


def blob(
    value: object,
    label: str = "const",
    content_type: str | None = None,
    encode: str | None = None,
    *,
    session: Owner | None = None,
) -> DataObject:
    """Make an object of bytes, of text, or with `encode` of any value.

    Text is `text` unless `content_type` says what the text is, such as `json`.
    """
    if encode is not None and content_type is not None:
        raise UsageError(f"give encode={encode!r} or content_type={content_type!r}, not both")
    described = Output(label, content_type=content_type, encode=encode)
    if encode is not None:
        return _declare(described, encode_large(value, check_content_type(encode)), session)
    if isinstance(value, str):
        encoding = text_encoding(content_type or "text")
        data = encode_value(value, content_type or "text") if encoding else value.encode()
        return _declare(Output(label, content_type=content_type or "text"), data, session)
    if isinstance(value, bytes | bytearray | memoryview):
        return _declare(described, bytes(value), session)
    raise UsageError(
        f"Invalid blob type {type(value).__name__!r}; say how to encode it, "
        "as in blob(value, encode='json'), or use pickled(value)"
    )


def pickled(value: object, label: str = "pickle", *, session: Owner | None = None) -> DataObject:
    """Make an object of any value by pickle."""
    return blob(value, label, encode="pickle", session=session)


def directory(
    path: str | Path, label: str = "const_dir", *, session: Owner | None = None
) -> DataObject:
    """Make an object of a local directory with all that is in it, as it is now."""
    described = OutputDir(label, content_type="dir")
    return _declare(described, pack_directory(Path(path)), session)


def _declare(described: Output, data: bytes | Packed, session: Owner | None) -> DataObject:
    owner = session if session is not None else active_session()
    constant = DataObject(described, owner)
    # Of what is large there is one copy, in the store: the user may change the value from here on
    if isinstance(data, Packed):
        constant.value = owner.store(constant.object_id, data, constant.label)
    else:
        constant.value = data
    owner.add(constant)
    return constant
