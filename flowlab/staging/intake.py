"""What a path, a URL or bytes are taken as: a name, and the bytes as they are now."""

import os
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from flowlab.errors import WrongKind, WrongPath, WrongValue
from flowlab.model.limits import MESSAGE, PIECE
from flowlab.model.payload import Staged
from flowlab.staging.copies import PrivateCopy
from flowlab.staging.depot import local_path
from flowlab.staging.directory import write_archive
from flowlab.staging.faults import protocol_of, show
from flowlab.staging.owned import Owned, put_owned
from flowlab.staging.point import exists, read_url
from flowlab.staging.squash import Squashed

# Bytes in memory or compressed there, a private file, or a file at a stage point
Local = bytes | memoryview | Squashed | PrivateCopy
Content = Local | Owned | Staged

_LONGEST = 255  # bytes of a name that every file system takes


class Taken(NamedTuple):
    """The name, the bytes, and whether these are a directory's archive."""

    name: str
    content: Content
    is_dir: bool = False


def take(source: object, name: str | None, point: str | None) -> Taken:
    """Take the bytes that are there now.

    point  a stage point at which a large file is put at once, without a copy of it here
    Raises WrongPath when there is no such file, WrongKind for what is neither path nor bytes.
    """
    if isinstance(source, bytes | bytearray | memoryview):
        return Taken(check_name(name or "data"), bytes(source))
    if not isinstance(source, str | os.PathLike):
        raise WrongKind(
            f"a {type(source).__name__} is no file: give a path, a URL or bytes, not {source!r:.99}"
        )
    text = os.fsdecode(source)
    is_local = protocol_of(text) == "file"
    if not text or not exists(text):
        here = f" (from {os.getcwd()!r})" if is_local else ""
        raise WrongPath(f"no such file: {show(text)}{here}; look whether its name is right")
    if not is_local:
        named = check_name(name or _name_in(text))
        return Taken(named, _captured(read_url(text), named))
    path = Path(os.path.abspath(local_path(text)))
    named = check_name(name or path.name)
    if path.is_dir():
        return Taken(named, _archived(path, named), is_dir=True)
    if point:
        return Taken(named, put_owned(path, point, Path(named).suffix))
    return Taken(named, _captured(read_url(str(path)), named))


def check_name(name: str) -> str:
    """A name that can stand in a directory; WrongValue when it cannot."""
    try:
        size = len(os.fsencode(name))
    except UnicodeEncodeError:
        size = 0
    if not 0 < size <= _LONGEST or name in {".", ".."} or "/" in name or "\0" in name:
        raise WrongValue(f"{name!r:.300} is no name for a file: 1 to 255 bytes, no '/' and no '..'")
    return name


def _captured(pieces: Iterator[memoryview], name: str) -> Content:
    """Bytes that come: in memory, or in a private file when they are many."""
    first: list[memoryview] = []
    size = 0
    for piece in pieces:
        first.append(piece)
        size += len(piece)
        if size > MESSAGE:
            rest: Iterable[memoryview] = chain(first, pieces)
            return PrivateCopy(name).write(rest)
    return b"".join(first)


def _archived(path: Path, name: str) -> Content:
    with TemporaryFile() as file:
        write_archive(path, file)
        file.seek(0)
        return _captured((memoryview(piece) for piece in iter(lambda: file.read(PIECE), b"")), name)


def _name_in(url: str) -> str:
    """What a file of a URL is called; `data` when the URL does not say."""
    try:
        return check_name(unquote(urlsplit(url).path.rstrip("/").rpartition("/")[2]))
    except WrongValue:
        return "data"
