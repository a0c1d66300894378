"""`Bundle`: files that many tasks need, as one archive that is named by what is in it.

The archive lies in a file without a name, so a large bundle takes no memory, and is gone with it.
"""

import hashlib
import mmap
import os
import tarfile
import tempfile
import time
import weakref
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any, NamedTuple

from flowlab.errors import StoreError
from flowlab.model.bundles import FILES, PLATFORM
from flowlab.model.limits import INLINE_OBJECT
from flowlab.staging.pieces import open_plain

_STAMP = 946_684_800  # s since the epoch: 1 January 2000, as in all archives of ours
_FRESH = 2.0  # s: of a file that was changed a moment ago, the times may not tell the next change
_PIECE = 1 << 20  # bytes hashed at a time


class Member(NamedTuple):
    """One file of a bundle: its name there, and where it is or what is in it."""

    name: str
    source: Path | bytes


class Bundle:
    """Made by `flowlab.bundle` or `flowlab.modules`; belongs to no session.

    key       of the names, modes and contents: equal bundles have equal keys
    names     of its files
    platform  for which one it is, when it holds compiled code
    """

    def __init__(
        self, kind: str, key: str, names: tuple[str, ...], archive: memoryview, platform: str = ""
    ) -> None:
        self.kind = kind
        self.key = key
        self.names = names
        self.archive = archive
        self.platform = platform

    @property
    def size(self) -> int:
        """Bytes of the archive."""
        return len(self.archive)

    @property
    def user(self) -> dict[str, str]:
        """What an engine must know of it."""
        return {PLATFORM: self.platform} if self.platform else {}

    def __reduce__(self) -> Any:
        raise TypeError(f"{self!r} is no value; give it to a task by bundle=")

    def __repr__(self) -> str:
        what = "files" if self.kind == FILES else "files of modules"
        return f"<Bundle of {len(self.names)} {what}, {self.size} bytes>"


_Signature = tuple[object, ...]
_known: weakref.WeakValueDictionary[_Signature, Bundle] = weakref.WeakValueDictionary()


def pack_bundle(kind: str, members: Iterable[Member], platform: str = "") -> Bundle:
    """The bundle of these files as they are now, in the order of their names.

    One whose files have not been changed since is the very bundle that was made of them before.
    Raises StoreError for a file that cannot be read, or is changed meanwhile.
    """
    ordered = sorted(members)
    signature = (kind, platform, *(_signature(member) for member in ordered))
    found = _known.get(signature)
    if found is not None:
        return found
    with tempfile.TemporaryFile() as file:
        began = time.time()
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for member in ordered:
                _add(archive, member)
        key, view = _take(file, f"{kind} {platform}")
    made = Bundle(kind, key, tuple(member.name for member in ordered), view, platform)
    if _newest(ordered) < began - _FRESH:
        _known[signature] = made
    return made


def _add(archive: tarfile.TarFile, member: Member) -> None:
    entry = tarfile.TarInfo(member.name)
    entry.mtime = _STAMP
    if isinstance(member.source, bytes):
        with tempfile.TemporaryFile() as file:
            file.write(member.source)
            file.seek(0)
            _add_open(archive, entry, file, 0o644)
        return
    try:
        number, before = open_plain(member.source)
        with os.fdopen(number, "rb") as file:
            _add_open(archive, entry, file, 0o755 if before.st_mode & 0o111 else 0o644)
            after = os.fstat(file.fileno())
    except OSError as error:
        why = error.strerror or "it was cut while it was read"
        raise StoreError(f"cannot bundle {str(member.source)!r}: {why}") from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise StoreError(
            f"{str(member.source)!r} was changed while it was read; bundle it again when it is done"
        )


def _add_open(archive: tarfile.TarFile, entry: tarfile.TarInfo, file: IO[bytes], mode: int) -> None:
    entry.mode = mode
    entry.size = os.fstat(file.fileno()).st_size
    archive.addfile(entry, file)


def _take(file: IO[bytes], head: str) -> tuple[str, memoryview]:
    """The key of an archive, and its bytes."""
    file.flush()
    digest = hashlib.blake2b(head.encode(), digest_size=32)
    size = os.fstat(file.fileno()).st_size
    if size <= INLINE_OBJECT:
        file.seek(0)
        data = file.read()
        digest.update(data)
        return digest.hexdigest(), memoryview(data)
    view = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    for start in range(0, size, _PIECE):
        digest.update(view[start : start + _PIECE])
    return digest.hexdigest(), view


def _signature(member: Member) -> _Signature:
    """What shows that a file was changed."""
    if isinstance(member.source, bytes):
        return member
    status = _status(member.source)
    times = status.st_mtime_ns, status.st_ctime_ns
    return (*member, status.st_dev, status.st_ino, status.st_size, *times)


def _newest(members: Iterable[Member]) -> float:
    """When the last of these files was changed."""
    paths = [member.source for member in members if isinstance(member.source, Path)]
    return max((_status(path).st_ctime for path in paths), default=0.0)


def _status(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise StoreError(f"cannot bundle {str(path)!r}: {error.strerror}") from error
