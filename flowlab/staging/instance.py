"""`DataInstance`: the value that a task is given and that a fetch returns.

Its bytes lie in memory or in a file; whoever holds it need not know which.
After Rain's user guide, "Data instances" and "Mapping data objects onto filesystem".
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from flowlab.errors import StoreError
from flowlab.model.attributes import (
    DEBUG,
    MISSING,
    ObjectAttributes,
    as_json,
    object_attributes,
)
from flowlab.model.content import text_encoding
from flowlab.model.specs import DataType, ObjectSpec
from flowlab.staging.directory import unpack_directory
from flowlab.staging.encoding import decode
from flowlab.staging.mapping import lend, map_file
from flowlab.staging.packed import as_stream

Source = bytes | memoryview | Path

_LINKED = 946_684_800_000_000_000  # ns since the epoch: any write to a mapped copy shows


class InstanceInfo:
    """What is known of an instance; its maker may write `error`, `debug` and `user`.

    error  not empty: the task that gives this instance has failed with it
    """

    __slots__ = ("_instance", "debug", "error")

    def __init__(self, instance: "DataInstance") -> None:
        self._instance = instance
        self.debug = str(instance.user.pop(DEBUG, ""))
        self.error: str | None = ""

    @property
    def size(self) -> int:
        """Bytes; of a directory, of its archive."""
        return self._instance.size

    @property
    def content_type(self) -> str | None:
        """How to decode it."""
        return self._instance.content_type

    @property
    def user(self) -> dict[str, Any]:
        """What its maker says about it, JSON."""
        return self._instance.user

    def to_json(self) -> dict[str, Any]:
        """As JSON, without what is None or empty."""
        names = ("error", "size", "content_type", "debug", "user")
        return as_json({name: getattr(self, name) for name in names})


class DataInstance:
    """One value.

    data_type     a blob, or a directory
    content_type  how to decode a blob; None when nothing is known
    source        a blob's bytes, a directory's archive, or the file that holds either
    packed        whether these are a large pickle as a store has it; what is read of the instance
                  as bytes is a standard one all the same
    spec          the object as declared, when it belongs to one
    user          what its maker says about it, JSON
    """

    __slots__ = (
        "_cached", "_info", "_links", "_spec", "_type", "data_type", "packed", "source", "user",
    )  # fmt: skip

    def __init__(
        self,
        data_type: DataType,
        content_type: str | None,
        source: Source,
        spec: ObjectSpec | None = None,
        user: dict[str, Any] | None = None,
        *,
        packed: bool = False,
    ) -> None:
        # size: a value with all that is known of it, most of it seldom given
        self.data_type = data_type
        self._type = content_type or None
        self.source = source
        self.packed = packed
        self._spec = spec
        self._info: InstanceInfo | None = None
        self.user: dict[str, Any] = {} if user is None else user
        self._cached: tuple[object] | None = None
        self._links: list[tuple[str, str, tuple[int, int, int]]] = []

    @property
    def content_type(self) -> str | None:
        """How to decode a blob; None when nothing is known."""
        return self._type

    @content_type.setter
    def content_type(self, content_type: str | None) -> None:
        self._type = content_type or None

    @property
    def size(self) -> int:
        """Bytes, as they are stored: of a large pickle some more or less than `get_bytes` gives."""
        if isinstance(self.source, Path):
            return self.source.stat().st_size
        return len(self.source)

    @property
    def spec(self) -> ObjectAttributes | None:
        """The object as declared, when it belongs to one."""
        return object_attributes(self._spec) if self._spec is not None else None

    @property
    def info(self) -> InstanceInfo:
        """What is known of it; made at the first look."""
        if self._info is None:
            self._info = InstanceInfo(self)
        return self._info

    @property
    def missing(self) -> bool:
        """Whether it stands for an optional output that was not made; it is empty then."""
        return bool(self.user.get(MISSING))

    def is_just(self, data_type: DataType, content_type: str) -> bool:
        """Whether it is of these types, and its maker said nothing about it."""
        return (
            self._info is None
            and not self.user
            and self.data_type is data_type
            and self._type == content_type
        )

    @property
    def error(self) -> str:
        """What its maker says is wrong with it; empty when nothing is."""
        return str(self._info.error or "") if self._info is not None else ""

    def said(self) -> dict[str, Any]:
        """What travels of what its maker says about it: `user`, and the debug text in it."""
        debug = self._info.debug if self._info is not None else ""
        return {**self.user, DEBUG: str(debug)} if debug else self.user

    def get_bytes(self) -> bytes:
        """The bytes; of a directory, its archive (tar)."""
        if self.packed:
            return b"".join(as_stream(self._view()))
        if isinstance(self.source, Path):
            return self._view().tobytes()
        return bytes(self.source)

    def get_str(self) -> str:
        """The bytes as text: in the encoding that its type names, else in UTF-8."""
        return self.get_bytes().decode(text_encoding(self._type or "") or "utf-8")

    def load(self, cache: bool = False) -> Any:
        """The decoded value, None when it is missing; what is large in it may be read-only.

        cache  give the same value each time; it must not be changed then
        """
        if cache and self._cached is not None:
            return self._cached[0]
        if self.missing:
            return None
        value = decode(self._view(), self._type or self._kind(), packed=self.packed)
        if cache:
            self._cached = (value,)
        return value

    def write(self, path: Path | str, member: str = ".") -> None:
        """Write a copy that may be changed; an existing file is replaced, a directory is not.

        member  of a directory, what alone is needed; the rest may be left out
        """
        path = Path(path)
        if self.data_type is DataType.DIR:
            unpack_directory(self._view(), path, member)
        elif path.is_dir():
            raise StoreError(f"{str(path)!r} is a directory; a blob is written to a file")
        elif self.packed:
            with path.open("wb") as file:
                file.writelines(as_stream(self._view()))
        elif isinstance(self.source, Path):
            shutil.copyfile(self.source, path)  # without the modes: the stored file is read-only
        else:
            path.write_bytes(self.source)

    def link(self, path: Path | str, *, lay: Callable[[str, str], None] = os.symlink) -> None:
        """Map it for reading; `check_links` finds out whether somebody wrote.

        A file of the store is linked, unless this process could write to it all the same (root, a
        file system without modes): then the link would endanger what is stored, and it is copied.
        It is a symbolic link: `chmod -R` would reach the stored file through another name of it.
        A directory is always a copy: new files may be made in it, its own may not be written.

        lay  makes a symbolic link, as `os.symlink` does
        """
        target = os.path.join(os.getcwd(), path)
        name = os.path.basename(target)
        if self.data_type is DataType.DIR:
            self.write(target)
            for file in _files(target):
                self._links.append((file, name + file[len(target) :], _protect(file)))
            return
        source = self.source
        if isinstance(source, Path) and not self.packed and not os.access(source, os.W_OK):
            signature = _signature(lend(source))
            lay(str(source.absolute()), target)
        else:
            self.write(target)
            signature = _protect(target)
        self._links.append((target, name, signature))

    @property
    def is_mapped(self) -> bool:
        """Whether `link` made a file of it."""
        return bool(self._links)

    def check_links(self) -> None:
        """Raise StoreError when a file that was mapped by `link` was written to.

        One that was removed or replaced is another file, and does no harm.
        """
        for path, shown, signature in self._links:
            try:
                now = _signature(os.stat(path))
            except OSError:
                continue
            if now[0] == signature[0] and now != signature:
                raise StoreError(
                    f"the task changed its read-only input {shown!r}; "
                    "take a copy to change it: Input(…, write=True) for a program, "
                    "write(path) instead of link(path) in a function"
                )

    def __repr__(self) -> str:
        label = f" {self._spec.label!r}" if self._spec and self._spec.label else ""
        kind = self._type or "no content type"
        return f"<DataInstance{label} {self.data_type} {kind} {self.size} bytes>"

    def _kind(self) -> str:
        return "dir" if self.data_type is DataType.DIR else ""

    def _view(self) -> memoryview:
        if not isinstance(self.source, Path):
            return memoryview(self.source)
        return map_file(self.source)


def _protect(path: str) -> tuple[int, int, int]:
    """Let any write to a copy show, and be refused to all but root; gives its signature."""
    os.utime(path, ns=(_LINKED, _LINKED))
    status = os.stat(path)
    os.chmod(path, stat.S_IMODE(status.st_mode) & 0o555)
    return _signature(status)


def _files(folder: str) -> Iterator[str]:
    """The plain files below a directory."""
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            if not os.path.islink(path):
                yield path


def _signature(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns
