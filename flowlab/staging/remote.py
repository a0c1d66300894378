"""Files at any place that fsspec has a file system for.

A file has its name when all of it is there, and not before; see depot.py.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any

from flowlab.model.limits import MIB, PIECE
from flowlab.staging.faults import protocol_of, status_of

PART = ".part"  # how the names of unfinished files end

_BLOCK = 8 * MIB  # bytes of one part of an upload
_PARTS = 9_000  # parts of one upload; S3 allows 10,000
# Here a file appears when its upload is committed; elsewhere it is renamed
_COMMITTING = frozenset({"s3", "s3a", "gs", "gcs", "az", "abfs", "abfss", "adl", "oss"})
_WEB = ("http", "https")
# What the file systems call the time of the last change
_TIMES = ("LastModified", "mtime", "updated", "last_modified", "modified", "created")


class RemoteDepot:
    """Whatever fsspec has a file system for."""

    def size(self, url: str) -> int | None:
        try:
            size = _info(url)["size"]
        except FileNotFoundError:
            return None
        return int(size) if size is not None else None

    def version(self, url: str) -> tuple[object, ...]:
        info = _info(url)
        names = ("size", "ETag", "Last-Modified", *_TIMES)
        return tuple(str(info.get(name)) for name in names)

    def changed(self, url: str) -> float:
        return _time_of(_info(url))

    def read(self, url: str, at: int, count: int) -> bytes:
        files, path = _found(url)
        return bytes(files.cat_file(path, start=at, end=at + count))

    def write(self, url: str, pieces: Iterable[memoryview], size: int) -> None:
        files, path = _found(url)
        block = max(_BLOCK, size // _PARTS)
        if protocol_of(url) in _COMMITTING:
            _upload(files.open(path, "wb", block_size=block), pieces)
            return
        above = path.rpartition("/")[0]
        draft = f"{above}/.{secrets.token_hex(8)}{PART}"
        try:
            with files.open(draft, "wb", block_size=block) as file:
                for piece in pieces:
                    file.write(piece)
            files.mv(draft, path)
        except BaseException:
            with suppress(Exception):  # the first error is the one to tell
                files.rm_file(draft)
            raise

    def make(self, folder: str) -> None:
        if protocol_of(folder) not in _COMMITTING:  # others have no folders of their own
            files, path = _found(folder)
            files.makedirs(path, exist_ok=True)

    def remove(self, url: str) -> None:
        files, path = _found(url)
        with suppress(FileNotFoundError):
            files.rm_file(path)

    def remove_tree(self, folder: str) -> None:
        files, path = _found(folder)
        files.invalidate_cache(path)
        with suppress(FileNotFoundError):
            files.rm(path, recursive=True)
        if protocol_of(folder) in ("s3", "s3a"):
            _abort_uploads(files, path)

    def files(self, folder: str) -> Iterator[tuple[int, float]]:
        files, path = _found(folder)
        files.invalidate_cache()
        for info in files.find(path, detail=True).values():
            if info["type"] == "file":  # some servers remember folders that have none any longer
                yield int(info["size"] or 0), _time_of(info)

    def folders(self, url: str) -> list[str]:
        files, path = _found(url)
        files.invalidate_cache()
        try:
            found = files.ls(path, detail=True)
        except FileNotFoundError:
            bucket = path.partition("/")[0]
            if protocol_of(url) in _COMMITTING and bucket != path and files.exists(bucket):
                return []  # such a place has no folders of its own: an empty one is not there
            raise
        names = (info["name"] for info in found if info["type"] == "directory")
        return sorted(name.rstrip("/").rpartition("/")[2] for name in names)


class Stream:
    """A URL that is read from its beginning to its end, as a web server gives it.

    After an error the next `read` opens it anew, and goes on where the last one ended.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._at = 0  # bytes that were given
        self._file: Any = None

    def read(self) -> bytes:
        """The next bytes; none at the end."""
        try:
            if self._file is None:
                self._file = self._open()
            piece = bytes(self._file.read(PIECE))
        except BaseException:
            self._file = None
            raise
        self._at += len(piece)
        if not piece:
            self._file.close()
        return piece

    def _open(self) -> Any:
        files, path = _found(self._url)
        if protocol_of(self._url) not in _WEB:
            file = files.open(path, "rb", block_size=PIECE, cache_type="none")
            file.seek(self._at)
            return file
        file = files.open(path, "rb", block_size=0)  # many web servers give no ranges
        missing = self._at
        while missing and (skipped := len(file.read(min(PIECE, missing)))):
            missing -= skipped
        return file


def _found(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the path in it."""
    from fsspec.core import url_to_fs  # noqa: PLC0415 - an engine that stages nothing needs none

    files, path = url_to_fs(url)
    return files, path


def _info(url: str) -> dict[str, Any]:
    """What is known of a file now, whatever was known of it before."""
    files, path = _found(url)
    files.invalidate_cache(path.rpartition("/")[0])
    try:
        known: dict[str, Any] = files.info(path)
    except FileNotFoundError as error:
        # Of a web server fsspec says so whatever happened
        cause = error.__cause__
        if protocol_of(url) in _WEB and cause is not None and status_of(cause) not in (404, 410):
            raise cause from None
        raise
    return known


def _upload(file: Any, pieces: Iterable[memoryview]) -> None:
    """Write and commit; whatever fails before takes back what was sent."""
    try:
        for piece in pieces:
            file.write(piece)
        file.close()
    except BaseException:
        file.closed = True  # or to collect it as garbage would commit what is there
        with suppress(Exception):  # the first error is the one to tell
            file.discard()
        raise


def _abort_uploads(files: Any, path: str) -> None:
    """Remove parts of uploads whose process died: nobody sees them, and they are paid for."""
    bucket, _, prefix = path.partition("/")
    begun = files.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=f"{prefix}/")
    for upload in begun.get("Uploads", ()):
        files.abort_mpu(bucket, upload["Key"], upload["UploadId"])


def _time_of(info: dict[str, Any]) -> float:
    """When a file was changed, in s since the epoch, by the clock of its file system."""
    for name in _TIMES:
        found = info.get(name)
        if isinstance(found, datetime):
            return found.timestamp()
        if isinstance(found, int | float):
            return float(found)
    return 0.0
