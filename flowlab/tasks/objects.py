"""`blob`, `pickled`, `file` and `directory`: constants that the user puts into a graph.

After Rain's user guide, "Constant data objects" and "Directories".
"""

import os
import stat
from pathlib import Path
from urllib.parse import urlsplit

from flowlab.errors import UsageError, WrongPath
from flowlab.graph.active import active_session
from flowlab.graph.nodes import DataObject
from flowlab.graph.owner import Owner
from flowlab.model.content import check_content_type, text_encoding
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.payload import Located
from flowlab.staging.depot import local_path
from flowlab.staging.directory import pack_directory, stamp_of_tree
from flowlab.staging.encoding import encode as encode_value
from flowlab.staging.encoding import encode_large
from flowlab.staging.faults import protocol_of
from flowlab.staging.host import host_id
from flowlab.staging.packed import Packed
from flowlab.staging.pieces import stamp_of
from flowlab.staging.point import check_url


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


def file(
    path: str | os.PathLike[str],
    label: str | None = None,
    content_type: str | None = None,
    *,
    session: Owner | None = None,
) -> DataObject:
    """Make an object of a file or a URL, whose bytes are read when an engine first needs them.

    Each host reads them once: a file of this host is read here and goes to the others; of a URL
    (http, s3 …) each host tries for itself. A file that is changed before it was read fails the
    tasks that read it, so that an object never is two things.
    label  the file's name by default
    Raises WrongPath when there is no such file.
    """
    text = os.fspath(path)
    if protocol_of(text) == "file":
        where = os.path.abspath(os.path.expanduser(local_path(text)))
        value = _located(where)
    else:
        check_url(text)
        where, value = urlsplit(text).path, Located(text)
    named = label if label is not None else os.path.basename(where.rstrip("/")) or "file"
    return _constant(Output(named, content_type=content_type), value, session)


def directory(
    path: str | Path,
    label: str = "const_dir",
    *,
    lazy: bool = False,
    session: Owner | None = None,
) -> DataObject:
    """Make an object of a local directory with all that is in it, as it is now.

    lazy  read it when an engine first needs it, as `file` does: for one that is large. When
          something in it is changed before, the tasks that read it fail.
    """
    described = OutputDir(label, content_type="dir")
    if not lazy:
        return _declare(described, pack_directory(Path(path)), session)
    where = os.path.abspath(os.path.expanduser(path))
    if not os.path.isdir(where):
        raise WrongPath(f"{where!r} is no directory; file(path) takes files")
    value = Located(where, host_id(), stamp=stamp_of_tree(Path(where)), tree=True)
    return _constant(described, value, session)


def _located(path: str) -> Located:
    try:
        status = os.stat(path)
    except OSError as error:
        raise WrongPath(f"the file {path!r} cannot be read: {error.strerror}") from error
    if not stat.S_ISREG(status.st_mode):
        raise WrongPath(f"{path!r} is no file; directory(path) takes directories")
    return Located(path, host_id(), status.st_size, stamp_of(status))


def _constant(described: Output, value: Located, session: Owner | None) -> DataObject:
    owner = session if session is not None else active_session()
    constant = DataObject(described, owner, value=value)
    owner.add(constant)
    return constant


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
