"""A tree of files as one string of bytes: a tar that depends on nothing but names, modes, contents.

Only plain files, directories and links that stay inside travel. What is unpacked is checked here
and then by tarfile's `data` filter: older filters let some crafted links through.
"""

import io
import os
import shutil
import stat
import tarfile
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import IO

from flowlab.errors import StoreError
from flowlab.model.limits import ARCHIVE_MEMBERS
from flowlab.staging.pieces import stamp_of
from flowlab.staging.viewing import open_view

_STAMP = 946_684_800  # s since the epoch: 1 January 2000; zip cannot hold dates before 1980


def pack_directory(path: Path) -> bytes:
    """The tree below `path`, without `path` itself; equal trees give equal bytes.

    A link that leads out of the tree is stored as the file that it names.
    Raises StoreError when `path` is no directory or holds what is neither file, directory nor link.
    """
    buffer = io.BytesIO()
    write_archive(path, buffer)
    return buffer.getvalue()


def write_archive(path: Path, file: IO[bytes]) -> None:
    """`pack_directory` into a file, for a tree that has no room in memory."""
    if not path.is_dir():
        raise StoreError(f"{str(path)!r} is not a directory")
    root = Path(os.path.realpath(path))
    try:
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for entry in _walk(root):
                _add(archive, entry, root)
    except OSError as error:
        where = repr(os.fspath(error.filename)) if error.filename else f"a file in {str(path)!r}"
        why = error.strerror or "it became shorter while it was read"
        raise StoreError(f"cannot read {where} into an archive: {why}") from error


def stamp_of_tree(path: Path) -> tuple[int]:
    """What tells whether a tree is still the one that was declared; no file is read for it."""
    state = blake2b(digest_size=8)
    root = Path(os.path.realpath(path))
    for entry in _walk(root):
        status = entry.stat() if entry.exists() else entry.lstat()
        known = stamp_of(status), status.st_mode, entry.relative_to(root).as_posix()
        state.update(repr(known).encode("utf-8", "surrogateescape"))
    return (int.from_bytes(state.digest()),)


def unpack_directory(data: bytes | memoryview, path: Path, member: str = ".") -> None:
    """Write the tree to `path`, which must be absent or an empty directory.

    member  write only what lies there or below; all of it when there is nothing, or links are
    Raises StoreError, before anything is written, for an archive that would reach out of `path`,
    grow beyond its own size or hold too many members; and leaves nothing when writing fails.
    """
    try:
        with tarfile.open(fileobj=open_view(memoryview(data)), mode="r:") as archive:
            members = _read_members(archive)
            _check_members(members, len(data))
            _make_empty(path)
            _extract(archive, path, _below(members, member))
    except tarfile.TarError as error:
        raise StoreError(f"the data is not a directory's archive: {error}") from error


def _extract(archive: tarfile.TarFile, path: Path, members: list[tarfile.TarInfo]) -> None:
    try:
        archive.extractall(path, members, filter="data")
    except (OSError, tarfile.TarError) as error:
        for entry in path.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise StoreError(f"cannot unpack into {str(path)!r}: {why}") from error


def _read_members(archive: tarfile.TarFile) -> list[tarfile.TarInfo]:
    members: list[tarfile.TarInfo] = []
    for member in archive:
        members.append(member)
        if len(members) > ARCHIVE_MEMBERS:
            raise StoreError(
                f"the archive holds more than {ARCHIVE_MEMBERS:,} files and directories; "
                "make several of it"
            )
    return members


def _walk(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir(), key=lambda entry: os.fsencode(entry.name)):
        yield entry
        if entry.is_dir() and not entry.is_symlink():
            yield from _walk(entry)


def _add(archive: tarfile.TarFile, entry: Path, root: Path) -> None:
    member = tarfile.TarInfo(entry.relative_to(root).as_posix())
    member.mtime = _STAMP
    status = entry.lstat()
    if stat.S_ISLNK(status.st_mode):
        target = Path(os.path.realpath(entry))
        if target.is_relative_to(root):
            member.type = tarfile.SYMTYPE
            member.linkname = os.path.relpath(target, entry.parent)
            archive.addfile(member)
            return
        status = _status_outside(entry, target)
    member.mode = stat.S_IMODE(status.st_mode) & 0o755
    if stat.S_ISDIR(status.st_mode):
        member.type = tarfile.DIRTYPE
        archive.addfile(member)
    elif stat.S_ISREG(status.st_mode):
        with entry.open("rb") as content:
            member.size = os.fstat(content.fileno()).st_size
            archive.addfile(member, content)
    else:
        raise StoreError(f"{str(entry)!r} is neither a file, a directory nor a link")


def _status_outside(entry: Path, target: Path) -> os.stat_result:
    """Status of the plain file outside the tree that a link names."""
    if not target.is_file():
        raise StoreError(f"the link {str(entry)!r} leads out of the directory, to {str(target)!r}")
    return target.stat()


def _check_members(members: list[tarfile.TarInfo], limit: int) -> None:
    paths: set[PurePosixPath] = set()
    links: set[PurePosixPath] = set()
    for member in members:
        path = PurePosixPath(member.name)
        if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in member.name:
            raise StoreError(f"the archive holds a name that leads out of it: {member.name!r}")
        if path in paths:
            raise StoreError(f"the archive holds {member.name!r} twice")
        if member.issparse() or not (member.isreg() or member.isdir() or member.issym()):
            raise StoreError(f"{member.name!r} in the archive is no file, directory or link")
        paths.add(path)
        if member.issym():
            _check_link(path, member.linkname)
            links.add(path)
    through = next((path for path in paths if not links.isdisjoint(path.parents)), None)
    if through is not None:
        raise StoreError(f"the archive writes {str(through)!r} through a link")
    if sum(member.size for member in members) > limit:
        raise StoreError(f"the archive would grow beyond its own {limit} bytes")


def _below(members: list[tarfile.TarInfo], member: str) -> list[tarfile.TarInfo]:
    """What lies at or below a path; everything when a link could lead from there elsewhere."""
    top = PurePosixPath(member)
    found = [each for each in members if PurePosixPath(each.name).is_relative_to(top)]
    return found if found and not any(each.issym() for each in found) else members


def _check_link(path: PurePosixPath, target: str) -> None:
    """Let a link go up first and then only down: then no other link can turn it outwards."""
    parts = PurePosixPath(target).parts
    ups = next((place for place, part in enumerate(parts) if part != ".."), len(parts))
    if target.startswith("/") or ".." in parts[ups:] or ups > len(path.parents) - 1:
        raise StoreError(f"the link {str(path)!r} in the archive leads out of it, to {target!r}")


def _make_empty(path: Path) -> None:
    try:
        path.mkdir(exist_ok=True)
    except OSError as error:
        raise StoreError(f"cannot make the directory {str(path)!r}: {error.strerror}") from error
    if any(path.iterdir()):
        raise StoreError(f"the directory {str(path)!r} exists and is not empty")
