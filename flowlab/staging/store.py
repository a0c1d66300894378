"""The store of one host: a file for each large object, shared by all engines there and the kernel.

Names are made of ids only, never of labels. A file appears whole or not at all, and is read-only
from then on; removing it leaves those unharmed who have it mapped.
"""

import hashlib
import itertools
import os
import platform
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flowlab.errors import StoreError
from flowlab.model.ids import HostId, ObjectId, SessionId, session_of
from flowlab.model.payload import Inline, Stored, Value
from flowlab.staging.instance import map_file

_STAMP = 946_684_800_000_000_000  # ns since the epoch: any later write shows in the file's time
_READ_ONLY = 0o400
_fresh = itertools.count()


class HostStore:
    """Large objects of one host, below `directory`, which must be private already."""

    def __init__(self, directory: Path, host: HostId) -> None:
        self.directory = directory.absolute()
        self.host = host

    def put(self, object_id: ObjectId, data: bytes | memoryview) -> Stored:
        """Store bytes; an object stored before is replaced."""
        with self._new_file(object_id) as path:
            number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
            with os.fdopen(number, "wb", buffering=0) as file:
                view = memoryview(data).cast("B")
                while view:
                    view = view[file.write(view) :]
        return self._stored(object_id)

    def put_file(self, object_id: ObjectId, path: Path) -> Stored:
        """Move a file in; one that is in this store already stays, and shares its bytes."""
        with self._new_file(object_id) as fresh:
            if path.absolute().is_relative_to(self.directory):
                os.link(path, fresh)
            elif path.is_symlink():
                shutil.copyfile(path, fresh)  # what a link names is not the task's to give away
            else:
                shutil.move(path, fresh)
        return self._stored(object_id)

    def open(self, value: Value) -> memoryview:
        """The bytes of a value, mapped for reading when they lie in the store."""
        if isinstance(value, Inline):
            return memoryview(value.data)
        if value.host != self.host:
            raise StoreError(f"{value.path!r} lies on host {value.host}, not here ({self.host})")
        view = map_file(Path(value.path))
        if len(view) != value.size:
            raise StoreError(f"{value.path!r} has {len(view)} bytes instead of {value.size}")
        return view

    def drop(self, object_ids: Iterable[ObjectId]) -> None:
        """Remove these objects; those that are not here are passed over."""
        for object_id in object_ids:
            self._path(object_id).unlink(missing_ok=True)

    def drop_session(self, session_id: SessionId) -> None:
        """Remove all objects of a session."""
        folder = self._folder(session_id)
        if folder.exists():
            # Another engine may drop the same session at the same time
            shutil.rmtree(folder, ignore_errors=True)
            if folder.exists() and any(folder.iterdir()):
                raise StoreError(f"cannot empty {str(folder)!r}")

    def contents(self) -> dict[ObjectId, int]:
        """Bytes of each object in the store."""
        found: dict[ObjectId, int] = {}
        for path in self._files():
            # Another engine may drop it meanwhile
            with suppress(FileNotFoundError):
                found[ObjectId(int(path.name))] = path.stat().st_size
        return found

    def _files(self) -> Iterator[Path]:
        for folder in self.directory.glob("*"):
            # Another engine may drop a whole session meanwhile
            with suppress(FileNotFoundError, NotADirectoryError):
                yield from (folder / name for name in os.listdir(folder) if name.isdecimal())

    @contextmanager
    def _new_file(self, object_id: ObjectId) -> Iterator[Path]:
        """A path to make the object's file at; it becomes the object when the block ends."""
        final = self._path(object_id)
        fresh = final.with_name(f"{object_id}.{os.getpid()}-{next(_fresh)}.new")
        try:
            final.parent.mkdir(mode=0o700, exist_ok=True)
            yield fresh
            os.utime(fresh, ns=(_STAMP, _STAMP))
            fresh.chmod(_READ_ONLY)
            fresh.replace(final)
        except OSError as error:
            raise StoreError(
                f"cannot store object {object_id} in {str(self.directory)!r}: {error}; "
                "is there room on the device?"
            ) from error
        finally:
            fresh.unlink(missing_ok=True)

    def _stored(self, object_id: ObjectId) -> Stored:
        path = self._path(object_id)
        return Stored(self.host, str(path), path.stat().st_size)

    def _folder(self, session_id: SessionId) -> Path:
        return self.directory / str(session_id)

    def _path(self, object_id: ObjectId) -> Path:
        return self._folder(session_of(object_id)) / str(object_id)


def host_id() -> HostId:
    """The name of this host: the same for all processes that can share files in memory.

    One machine counts as several when its containers see different file systems.
    """
    sources = (Path("/etc/machine-id"), Path("/proc/sys/kernel/random/boot_id"))
    parts = [platform.node(), str(os.geteuid())]
    parts += [source.read_text().strip() for source in sources if source.exists()]
    if os.path.exists("/proc/self/ns/mnt"):
        parts.append(os.readlink("/proc/self/ns/mnt"))
    return HostId(hashlib.blake2b("\n".join(parts).encode(), digest_size=8).hexdigest())


def private_directory(parent: Path, name: str) -> Path:
    """A directory that only this user can enter, made when it is absent.

    Raises StoreError when something else stands there, or when others could replace it.
    """
    if not name or "/" in name or name in {".", ".."}:
        raise StoreError(f"{name!r} is no name for a directory")
    path = parent.absolute() / name
    try:
        above = parent.stat()
        path.mkdir(mode=0o700, exist_ok=True)
        status = path.lstat()
    except OSError as error:
        raise StoreError(f"cannot make {str(path)!r}: {error.strerror}") from error
    if above.st_mode & 0o022 and not above.st_mode & stat.S_ISVTX:
        raise StoreError(f"others can replace files in {str(parent)!r}; choose another directory")
    if not stat.S_ISDIR(status.st_mode):
        raise StoreError(f"{str(path)!r} is no directory (a link is not followed)")
    if status.st_uid != os.geteuid() or status.st_mode & 0o077:
        raise StoreError(f"{str(path)!r} must belong to you and have mode 0700; remove it")
    return path
