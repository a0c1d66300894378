"""A bundle unpacked once on an engine, from which working directories are furnished by links.

The files are read-only, but tasks are the user's own processes, and may be root's: nobody can be
kept from writing to what he can name. So after each task, and before the next one, it is looked at
file by file whether somebody wrote all the same. Times of change cannot be set, so what was changed
shows; who changed it fails, and for the next one it is unpacked anew. No other engine has a part in
it, and an engine runs one task at a time.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from flowlab.errors import StoreError, UsageError
from flowlab.staging.instance import DataInstance


class _Seen(NamedTuple):
    """What shows that a file or directory was changed, replaced or removed."""

    device: int
    number: int
    size: int
    written: int
    changed: int
    mode: int


class Unpacked:
    """The files of a bundle below `root`, which must not exist yet."""

    def __init__(self, bundle: DataInstance, root: Path) -> None:
        self.root = root
        self._absolute = root.absolute()
        root.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        bundle.write(root)
        self._folders = list(_folders(root))
        self._files = [name for folder in self._folders for name in _files(root, folder)]
        for name in self._files:
            path = root / name
            path.chmod(stat.S_IMODE(path.lstat().st_mode) & 0o555)
        self._seen = self._look(self._files)
        self._seen_folders = self._look(self._folders)

    @property
    def names(self) -> list[str]:
        """Its files."""
        return self._files

    @property
    def is_whole(self) -> bool:
        """Whether all of it is as it was unpacked."""
        folders = self._look(self._folders)  # they show what was added
        return folders == self._seen_folders and self._look(self._files) == self._seen

    def check(self) -> None:
        """Raise StoreError when a file was changed or removed; the running task did it."""
        now = self._look(self._files)
        for name, one, seen in zip(self._files, now, self._seen, strict=True):
            if one != seen:
                raise StoreError(
                    f"the task changed {name!r}, a file of its bundle, which is read-only; copy it "
                    "under another name to change it"
                )

    def lay_out(self, place: Path, lay: Callable[[str, str], None] = os.symlink) -> None:
        """Give a working directory these files, to be read; its directories are its own.

        lay  makes a symbolic link, as `os.symlink` does
        """
        for folder in self._folders:
            try:
                os.makedirs(os.path.join(place, folder), exist_ok=True)
            except (FileExistsError, NotADirectoryError):
                raise _clash(folder) from None
        for name in self._files:
            try:
                lay(f"{self._absolute}/{name}", os.path.join(place, name))
            except FileExistsError:
                raise _clash(name) from None

    def remove(self) -> None:
        """Free its place."""
        shutil.rmtree(self.root, ignore_errors=True)

    def _look(self, names: list[str]) -> list[_Seen | None]:
        return [_see(f"{self.root}/{name}") for name in names]


def _clash(name: str) -> UsageError:
    return UsageError(
        f"two bundles of the task have a file {name!r}, or one of them a directory in its place; "
        "rename it there"
    )


def _see(path: str) -> _Seen | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    times = status.st_mtime_ns, status.st_ctime_ns
    return _Seen(status.st_dev, status.st_ino, status.st_size, *times, status.st_mode)


def _folders(root: Path) -> Iterator[str]:
    """Its directories, the root first; their names count from there."""
    for folder, _, _ in os.walk(root):
        yield os.path.relpath(folder, root)


def _files(root: Path, folder: str) -> Iterator[str]:
    for entry in sorted(os.scandir(root / folder), key=lambda entry: entry.name):
        if not entry.is_dir(follow_symlinks=False):
            yield os.path.normpath(os.path.join(folder, entry.name))
