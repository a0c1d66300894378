"""Symbolic links to files that many tasks read: each made once, then given further names.

A symbolic link is a file of its own. Where many were removed a moment ago, making one may take a
third of a millisecond (ext4 without a journal passes over what was freed in the last seconds, one
by one); a further name of one that is there takes a thirtieth of it, and its removal frees nothing.
"""

import itertools
import os
from contextlib import suppress
from pathlib import Path

_MOST = 256  # files that are remembered; a link that is kept is a file without content


class Links:
    """The links of one engine, kept in `directory`, which is made for the first."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._fresh = itertools.count(1)
        self._kept: dict[str, Path | None] = {}  # by what they lead to; None: read once so far

    def put(self, source: str, target: str) -> None:
        """Make a symbolic link at `target`; raises OSError as `os.symlink` does."""
        if source in self._kept and self._name_again(source, target):
            return
        if len(self._kept) >= _MOST:
            self.clear()
        self._kept.setdefault(source)  # most files are read once: the second time is soon enough
        os.symlink(source, target)

    def clear(self) -> None:
        """Keep none any longer; who has one is not touched by it."""
        for kept in self._kept.values():
            if kept is not None:
                with suppress(OSError):  # a task has put something in its place
                    kept.unlink()
        self._kept.clear()

    def _name_again(self, source: str, target: str) -> bool:
        """Another name for the link that is kept; False where it cannot have one."""
        try:
            kept = self._kept[source]
            if kept is None:
                self._directory.mkdir(mode=0o700, exist_ok=True)
                kept = self._kept[source] = self._directory / str(next(self._fresh))
                os.symlink(source, kept)
            elif not _is_ours(kept, source):
                return False
            os.link(kept, target, follow_symlinks=False)
        except OSError:  # not on this file system, or a task has removed it
            return False
        return True


def _is_ours(kept: Path, source: str) -> bool:
    """Whether it is as it was made, and no other name of it is in use.

    Tasks can reach it. And two names in one working directory would be one file to programs.
    """
    return os.lstat(kept).st_nlink == 1 and os.readlink(kept) == source
