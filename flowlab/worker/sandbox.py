"""The working directory of tasks: empty for each of them, whatever the one before did.

What must be as new for each task is compared, which costs some 3 µs, and repaired only when it was
changed: the directory (its times show any entry), where the process stands, its umask and its
environment. Outside of tasks all is as it was found.
"""

import contextlib
import ctypes
import os
import shutil
import tempfile
import threading
from pathlib import Path

from flowlab.worker.environment import raw_variables
from flowlab.worker.links import Links

_CLONE_FS = 0x200  # linux/sched.h
_fstat, _fchdir, _umask = os.fstat, os.fchdir, os.umask  # the real ones, for each task
_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class Sandbox:
    """One engine's working directory, below `parent`.

    path     where tasks run
    staged   where files go that a task gives away by `stage_file`, until it ended
    links    makes the links to files that tasks read
    inline   tasks share the process with the user's notebook: the environment is left alone, and
             the directory is changed only where a thread can have its own
    """

    def __init__(self, parent: Path, *, inline: bool = False) -> None:
        parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._home = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent.absolute()))
        self.staged = self._home / "staged"
        self.staged.mkdir(mode=0o700)
        self.links = Links(self._home / "links")
        self._staged = 0
        self._inline = inline
        self._stays: bool | None = None if inline else False  # the process' directory is not ours
        self._umask = 0o022
        self._outside = -1
        self._environ = os.environ
        self._variables: dict[bytes, bytes] = {}
        self._fresh = 0
        self._make()

    def enter(self) -> None:
        """Begin a slice: note what is outside."""
        if self._stays is None:
            self._stays = not _own_directory()
        self._umask = os.umask(0o022)
        os.umask(self._umask)
        if not self._stays:
            self._outside = os.open(".", _DIRECTORY)
        self._environ = os.environ
        self._variables = dict(raw_variables(os.environ))

    def prepare(self) -> None:
        """Make all as new, for the next task."""
        status = _fstat(self._descriptor)
        if status.st_mtime_ns != 0 or (status.st_ctime_ns, status.st_mode) != self._clean:
            self._renew()
        if not self._stays:
            _fchdir(self._descriptor)
        _umask(self._umask)
        if not self._inline and (
            os.environ is not self._environ or raw_variables(self._environ) != self._variables
        ):
            self._repair_environment()

    def leave(self) -> None:
        """End a slice: what is outside is as it was."""
        os.umask(self._umask)
        if not self._inline and (
            os.environ is not self._environ or raw_variables(os.environ) != self._variables
        ):
            self._repair_environment()
        if not self._stays:
            os.fchdir(self._outside)
            os.close(self._outside)
        self.empty()  # an engine at rest holds nothing of the tasks that it ran

    @property
    def home(self) -> Path:
        """What lies here lies beside the working directory, until the engine ends."""
        return self._home

    def stage(self) -> Path:
        """A new path for something that a task gives away; on the sandbox's own file system."""
        self._staged += 1
        return self.staged / str(self._staged)

    @property
    def has_staged(self) -> bool:
        """Whether anything was staged."""
        return self._staged > 0

    def empty_staged(self) -> None:
        """Remove what was staged and not given away."""
        if self._staged:
            self._staged = 0
            _wipe(self.staged)

    def close(self) -> None:
        """Remove it all."""
        os.close(self._descriptor)
        shutil.rmtree(self._home, ignore_errors=True)

    def empty(self) -> None:
        """Remove what a task left; costs little when that is nothing."""
        status = os.fstat(self._descriptor)
        if status.st_mtime_ns != 0 or (status.st_ctime_ns, status.st_mode) != self._clean:
            self._renew()

    def _make(self) -> None:
        self._fresh += 1
        self.path = self._home / f"work{self._fresh}"
        self.path.mkdir(mode=0o700)
        self._descriptor = os.open(self.path, _DIRECTORY)
        self._mark()

    def _mark(self) -> None:
        """Set the directory's time to 0, so that any entry made later shows."""
        os.utime(self._descriptor, ns=(0, 0))
        status = os.fstat(self._descriptor)
        self._clean = (status.st_ctime_ns, status.st_mode)

    def _renew(self) -> None:
        try:
            os.fchmod(self._descriptor, 0o700)
            same = os.path.samestat(os.lstat(self.path), os.fstat(self._descriptor))
            if same and _wipe(self.path):
                self._mark()
                return
        except OSError:
            same = False  # removed or renamed by the task: it gets another one
        os.close(self._descriptor)
        if not self._home.is_dir():
            self.staged.mkdir(mode=0o700, parents=True)
        shutil.rmtree(self.path, ignore_errors=True)
        self._make()

    def _repair_environment(self) -> None:
        os.environ = self._environ  # noqa: B003 - the very object that a task put aside
        now = raw_variables(self._environ)
        for name in now.keys() - self._variables.keys():
            del self._environ[os.fsdecode(name)]
        for name, value in self._variables.items():
            if now.get(name) != value:
                self._environ[os.fsdecode(name)] = os.fsdecode(value)


def _wipe(path: Path) -> bool:
    """Remove all entries; False when that cannot be done."""
    is_sure = True
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            shutil.rmtree(entry.path, onerror=_open_up)
            is_sure = False
        else:
            os.unlink(entry.path)
    return is_sure or not os.listdir(path)


def _open_up(_function: object, name: str, _error: object) -> None:
    """A task may have taken its own right to write away: give it back and try again, once."""
    with contextlib.suppress(OSError):  # `_wipe` looks whether anything is left
        os.chmod(os.path.dirname(name), 0o700)
        if os.path.isdir(name) and not os.path.islink(name):
            os.chmod(name, 0o700)  # and no file's: it may be another name of a stored one
            shutil.rmtree(name, ignore_errors=True)
        else:
            os.unlink(name)


def _own_directory() -> bool:
    """Give the calling thread a working directory and umask of its own (Linux)."""
    if threading.current_thread() is threading.main_thread():
        return True  # nobody else is disturbed: slices end before the notebook goes on
    unshare = getattr(ctypes.CDLL(None, use_errno=True), "unshare", None)
    return unshare is not None and unshare(_CLONE_FS) == 0
