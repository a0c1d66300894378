"""Places of a run on a host where its scheduler process is not: store, boards, sandboxes.

All engines of the run on that host share them. The one rule: who comes makes what is absent, and
who goes last removes all of it; what was left by engines that were killed is removed by those of a
later run. A place is in use as long as a process lives that has a board in it.
"""

import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from flowlab.cluster import reap
from flowlab.cluster.run import SHARED_MEMORY, SHARED_ROOM, remove_tree
from flowlab.model.ids import HostId
from flowlab.staging.store import StoreSettings, private_directory, write_settings

_YOUNG = 60.0  # s in which the first engine of a place has its board


class Elsewhere:
    """The places; `store` lies in shared memory when there is room."""

    def __init__(self, run: str, host: HostId, settings: StoreSettings | None = None) -> None:
        self._parent = private_directory(Path(tempfile.gettempdir()), f"flowlab-{os.getuid()}")
        self._name = f"{run}-{host}"
        self._host = host
        with self._alone():
            self._sweep()
            base = private_directory(self._parent, self._name)
            self.boards = private_directory(base, "boards")
            self.sandboxes = private_directory(base, "sandboxes")
            self.store = _make_store(base, f"flowlab-{os.getuid()}-{self._name}")
            spill = private_directory(base, "spill")
            is_other = spill.stat().st_dev != self.store.stat().st_dev
            with suppress(FileExistsError):  # another engine was here before
                said = settings or StoreSettings()
                write_settings(
                    self.store, msgspec.structs.replace(said, spill=str(spill) * is_other)
                )

    def leave(self) -> None:
        """This process goes: remove what is its own, and all when nobody else is left."""
        base = self._parent / self._name
        with self._alone():
            for board in self.boards.glob(f"*-{os.getpid()}"):
                board.unlink(missing_ok=True)
            for sandbox in self.sandboxes.glob(f"{os.getpid()}-*"):
                remove_tree(sandbox)
            if not _is_used(base):
                _remove(base)

    def _sweep(self) -> None:
        """Remove what runs before left on this host."""
        for base in self._parent.glob(f"*-{self._host}"):
            is_old = time.time() - base.stat().st_mtime > _YOUNG
            if base.name != self._name and is_old and not _is_used(base):
                _remove(base)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """No other engine comes or goes meanwhile."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        lock = os.open(self._parent / f".{self._host}", flags, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)


def _make_store(base: Path, name: str) -> Path:
    """Shared memory when it may be written and has room, else a directory below `base`."""
    link = base / "store"
    if link.is_symlink():  # made before, in shared memory
        return link.readlink()
    if (
        not link.exists()
        and sys.platform == "linux"
        and os.access(SHARED_MEMORY, os.W_OK | os.X_OK)
    ):
        if shutil.disk_usage(SHARED_MEMORY).free >= SHARED_ROOM:
            store = private_directory(SHARED_MEMORY, name)
            link.symlink_to(store)
            return store
    return private_directory(base, "store")


def _is_used(base: Path) -> bool:
    """Whether an engine lives that has a board here."""
    pids = (board.name.rpartition("-")[2] for board in base.glob("boards/*"))
    return any(pid.isdecimal() and reap.start_time(int(pid)) for pid in pids)


def _remove(base: Path) -> None:
    link = base / "store"
    if link.is_symlink():
        remove_tree(link.readlink())
    remove_tree(base)
