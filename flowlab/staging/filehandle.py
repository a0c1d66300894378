"""`FileHandle`: a file or directory that can be sent: its bytes, and the name they go by.

What lies behind one is the same value that objects have: bytes, or a file at a stage point. It
takes its bytes when it is made, so whatever happens to the original afterwards does not matter; and
a handle that came to another host knows no path of this one.
After Crossflow's documentation, "File handles" and "Advanced file handling".
"""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flowlab.errors import WrongKind, WrongPath, WrongValue
from flowlab.model.payload import Staged
from flowlab.model.specs import DataType
from flowlab.staging.chosen import get_stage_point
from flowlab.staging.copies import PrivateCopy, write_whole
from flowlab.staging.directory import unpack_directory
from flowlab.staging.instance import DataInstance
from flowlab.staging.intake import Content, Local, check_name, take
from flowlab.staging.mapping import map_file
from flowlab.staging.owned import Owned, put_owned
from flowlab.staging.pieces import digest_of, pieces_of
from flowlab.staging.point import check_point, read_staged
from flowlab.staging.squash import Squashed, squash, unsquash


class FileHandle:
    """A file or a directory that can be sent, and used as a path wherever it arrives.

    Made by `load`, `new`, `create` or `of`.
    name    what its local files are called
    is_dir  whether it is a directory
    """

    def __init__(
        self, name: str, content: Content | None, *, is_dir: bool = False, stage_point: str = ""
    ) -> None:
        self.name = check_name(name)
        self.is_dir = is_dir
        self._content = content
        self._is_new = content is None
        self._point = stage_point
        self._digest = ""
        self._copy = content if isinstance(content, PrivateCopy) and not is_dir else None
        self._making = threading.Lock()

    @classmethod
    def load(
        cls, source: object, *, name: str | None = None, stage_point: str | None = None
    ) -> "FileHandle":
        """A handle of a file or directory by path, of a URL, or of bytes; it takes them now.

        stage_point  where the bytes are put, instead of what `set_stage_point` says
        Raises WrongPath when there is no such file, WrongKind for anything else than these.
        """
        if isinstance(source, FileHandle):
            return source
        point = check_point(stage_point) if stage_point is not None else ""
        taken = take(source, name, point or get_stage_point())
        made = cls(taken.name, taken.content, is_dir=taken.is_dir, stage_point=point)
        made.stage()
        return made

    @classmethod
    def new(cls, name: str) -> "FileHandle":
        """A handle without bytes, to be written from code; nothing is made on disk."""
        return cls(name, None)

    @classmethod
    def create(cls, path: str | os.PathLike[str]) -> "FileHandle":
        """A handle to be written, for a file that must not exist; nothing is made on disk."""
        if os.path.lexists(path):
            raise WrongPath(f"file already exists: {os.fspath(path)!r}; load() it, or take another")
        return cls.new(os.path.basename(path))

    @classmethod
    def of(cls, instance: DataInstance, name: str) -> "FileHandle":
        """A handle of what a task was given or a fetch returned."""
        source = instance.source
        if instance.packed:
            source = instance.get_bytes()
        elif isinstance(source, Path):
            source = map_file(source)  # it stays readable when the object is dropped
        return cls(name, source, is_dir=instance.data_type is DataType.DIR)

    @property
    def suffix(self) -> str:
        """The end of the name from its last dot on."""
        return Path(self.name).suffix

    @property
    def size(self) -> int:
        """Bytes; of a directory, of its archive."""
        content = _bare(self._content)
        if isinstance(content, PrivateCopy):
            return content.path.stat().st_size
        return content.size if isinstance(content, Squashed | Staged) else len(content or b"")

    @property
    def digest(self) -> str:
        """Blake2b of 256 bits, in hex, of the bytes; reckoned when it is asked for."""
        if not self._digest:
            staged = self.staged
            self._digest = staged.digest if staged else digest_of(self.pieces())[0]
        return self._digest

    @property
    def staged(self) -> Staged | None:
        """The file at a stage point; None when it lies at none."""
        content = _bare(self._content)
        return content if isinstance(content, Staged) else None

    def stage(self) -> None:
        """Put the bytes at the stage point that holds for this handle now, if there is one."""
        point, content = self._point or get_stage_point(), self._content
        if point and content is not None and not isinstance(content, Owned | Staged):
            suffix = ".tar" if self.is_dir else self.suffix
            self._content = put_owned(_plain(content), point, suffix)

    def pieces(self) -> Iterator[memoryview]:
        """The bytes in order, and never all at once; of a directory, its archive.

        StageError may come at the end: what they are written to is whole only after that.
        """
        content = _bare(self._content)
        if isinstance(content, Staged):
            yield from read_staged(content)
        elif content is not None:
            yield from pieces_of(_plain(content))

    def read_bytes(self) -> bytes:
        """All bytes; none of a handle that was not written to."""
        if isinstance(self._content, bytes):
            return self._content
        return b"".join(self.pieces())

    def read_text(self, encoding: str = "utf-8") -> str:
        """All of it as text."""
        return self.read_bytes().decode(encoding)

    def write_bytes(self, data: bytes | bytearray | memoryview) -> int:
        """Give a new handle its bytes, in the place of those it was given before."""
        if not self._is_new:
            raise WrongValue(
                f"{self.name!r} was loaded, and what is loaded never changes; "
                f"write to FileHandle.new({self.name!r})"
            )
        self._digest, self._copy = "", None
        self._content = bytes(data)
        return len(self._content)

    def write_text(self, text: str, encoding: str = "utf-8") -> int:
        """Give a new handle this text; the number of its characters."""
        self.write_bytes(text.encode(encoding))
        return len(text)

    read_binary, write_binary = read_bytes, write_bytes  # Crossflow's names

    def save(self, path: str | os.PathLike[str]) -> str | os.PathLike[str]:
        """Write a copy that is the caller's, and give the path back.

        A file that is there is replaced, all at once; a directory must be new or empty.
        """
        self._written(f"saved to {os.fspath(path)!r}")
        target = Path(os.path.realpath(path))  # what a link names is replaced, not the link
        if self.is_dir:
            self._unpack(target)
        elif target.is_dir():
            raise WrongPath(f"{str(target)!r} is a directory; say what the file in it is called")
        else:
            write_whole(target, self.pieces())
        return path

    def __fspath__(self) -> str:
        """A private, read-only local copy: made at the first need, gone with the handle."""
        self._written("used as a path")
        with self._making:  # one copy for all threads: another would go with its last user
            if self._copy is None or not self._copy.path.exists():
                self._copy = self._copied()
            return str(self._copy.path)

    def __str__(self) -> str:
        return self.name if self._content is None else os.fspath(self)

    def __repr__(self) -> str:
        kind = "directory " if self.is_dir else ""
        size = "not written" if self._content is None else f"{self.size} bytes"
        place = f" at {self.staged.url}" if self.staged else ""
        return f"<FileHandle {kind}{self.name!r} {size}{place}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """The bytes, compressed when it pays, or where they are staged: never a local path."""
        self.stage()
        content = self._content
        if isinstance(content, Owned):
            content = content.send()
        elif content is not None and not isinstance(content, Staged | Squashed):
            content = squash(_view(content))
        return _opened, (self.name, content, self.is_dir)

    def _written(self, what: str) -> None:
        if self._content is None:
            raise WrongKind(
                f"{self.name!r} cannot be {what}: nothing was written to it; "
                "write_text() or write_bytes() first"
            )

    def _copied(self) -> PrivateCopy:
        copy = PrivateCopy(self.name)
        if self.is_dir:
            self._unpack(copy.path)
            return copy
        return copy.write(self.pieces())

    def _unpack(self, path: Path) -> None:
        unpack_directory(self._whole(), path)

    def _whole(self) -> memoryview:
        """All bytes, in memory or mapped."""
        content = self._content
        if isinstance(content, Owned | Staged):
            content = PrivateCopy(self.name).write(self.pieces())
        return _view(content or b"")


def _bare(content: Content | None) -> Local | Staged | None:
    return content.staged if isinstance(content, Owned) else content


def _plain(content: Local) -> bytes | memoryview | Path:
    """Content that lies here, as bytes or the file that holds them."""
    if isinstance(content, Squashed):
        return unsquash(content)
    return content.path if isinstance(content, PrivateCopy) else content


def _view(content: Local) -> memoryview:
    plain = _plain(content)
    return map_file(plain) if isinstance(plain, Path) else memoryview(plain)


def _opened(name: str, content: Content, is_dir: bool) -> FileHandle:
    """A handle that arrived."""
    return FileHandle(name, content, is_dir=is_dir)
