"""The private runtime directory of one client: sockets, store, boards, sandboxes, keys.

One rule: nothing in it is readable by anybody else, and all of it goes when the client goes. A
scheduler process that takes another's place opens the same directory again.
"""

import json
import os
import secrets
import shutil
import stat
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from flowlab.errors import StoreError
from flowlab.model.limits import MIB
from flowlab.staging.store import StoreSettings, private_directory, write_settings

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it is private
SHARED_ROOM = 256 * MIB  # bytes free in /dev/shm, below which objects lie on disk
OWNER = ".run"  # in a directory that lies elsewhere: a link that says whose it is
_SOCKET_PATH = 90  # bytes; AF_UNIX has 108, and zmq and ipyparallel add some
_PARTS = ("boards", "sandboxes", "profile")


@dataclass(frozen=True)
class RunDirectory:
    """Where one client's processes meet.

    run         its id, also in the environment of every process of it as FLOWLAB_RUN
    path        the directory
    store       directory of this host's store: shared memory when there is room
    spill       directory for objects that find no room there
    store_size  bytes that the store of each host may have; 0: half of what is free there
    prefault    bytes of it whose pages are made before they are needed
    key         what an engine or a kernel must know to be let in; never in logs, argv or `repr`
    """

    run: str
    path: Path
    store: Path
    spill: Path
    store_size: int
    prefault: int
    key: str

    @classmethod
    def create(
        cls,
        base: Path | None = None,
        *,
        store_size: int = 0,
        prefault: int = 0,
        spill: Path | None = None,
    ) -> "RunDirectory":
        """Make a new one, below `base` or the user's runtime directory.

        store_size  bytes of the store; 0: half of what the device has free
        prefault    bytes of it whose pages are made before they are needed
        spill       where objects go that find no room: below this one, or the temporary directory
        """
        parent = _base_directory() if base is None else private_directory(base.parent, base.name)
        run = secrets.token_hex(4)
        path = private_directory(parent, run)
        for part in _PARTS:
            private_directory(path, part)
        store, spilled = _store_directory(run, path), _spill_directory(run, path, spill)
        elsewhere = spill is not None or store.stat().st_dev != spilled.stat().st_dev
        settings = StoreSettings(store_size, str(spilled) * elsewhere, prefault=prefault)
        write_settings(store, settings)
        here = cls(run, path, store, spilled, store_size, prefault, secrets.token_hex(32))
        meta = {
            "run": run,
            "store": str(store),
            "spill": str(spilled),
            "store_size": store_size,
            "prefault": prefault,
            "pid": os.getpid(),
            "began": time.time(),
        }
        _write_private(path / "key", here.key)
        _write_private(path / "meta.json", json.dumps(meta))
        return here

    @classmethod
    def open(cls, path: Path) -> "RunDirectory":
        """The one that another process made; raises StoreError when it is not the user's own."""
        _existing(path)
        meta = json.loads(_read_private(path / "meta.json"))
        store, spill = _existing(Path(meta["store"])), _existing(Path(meta["spill"]))
        key = _read_private(path / "key")
        return cls(meta["run"], path, store, spill, meta["store_size"], meta["prefault"], key)

    @property
    def link_socket(self) -> Path:
        """Where kernels reach the scheduler process."""
        return self.path / "link.sock"

    @property
    def engines_socket(self) -> Path:
        """Where engines of this host reach the scheduler process."""
        return self.path / "engines.sock"

    @property
    def boards(self) -> Path:
        """One file an engine, that names what it runs."""
        return self.path / "boards"

    @property
    def sandboxes(self) -> Path:
        """One directory an engine, in which its tasks run."""
        return self.path / "sandboxes"

    @property
    def objects(self) -> Path:
        """The object table's file."""
        return self.path / "objects.log"

    @property
    def profile(self) -> Path:
        """IPython profile of our own controller and engines: their keys and logs."""
        return self.path / "profile"

    def directories(self) -> tuple[Path, ...]:
        """Everything that is to be removed in the end."""
        return tuple({self.store, self.spill, self.path})

    def forget_process(self, pid: int, engine: int) -> None:
        """Remove what an engine that died left: its sandbox and its board."""
        for sandbox in self.sandboxes.glob(f"{pid}-*"):
            remove_tree(sandbox)
        (self.boards / f"{engine}-{pid}").unlink(missing_ok=True)

    def remove(self) -> None:
        """Remove all of it; what is gone already is no error.

        Engines of other hosts clean up there; those that only count as being on another host were
        ended with ours.
        """
        ours = f"flowlab-{os.getuid()}"
        strangers = SHARED_MEMORY.glob(f"{ours}-{self.run}-*")
        theirs = (Path(tempfile.gettempdir()) / ours).glob(f"{self.run}-*")
        for directory in (*self.directories(), *strangers, *theirs):
            remove_tree(directory)

    def __repr__(self) -> str:
        return f"RunDirectory({str(self.path)!r})"  # without the key


def remove_tree(directory: Path) -> None:
    """Remove a directory with what a dying process may still be writing into it."""

    def open_up(_function: object, name: str, _error: object) -> None:
        """A task may have taken its own right to write away: give it back, once."""
        try:
            os.chmod(os.path.dirname(name), 0o700)
            if os.path.isdir(name) and not os.path.islink(name):
                os.chmod(name, 0o700)  # and no file's: it may be another name of a stored one
        except OSError:
            return  # gone meanwhile, or a link: the loop below looks again

    for _ in range(3):
        shutil.rmtree(directory, onerror=open_up)
        if not directory.exists():
            return


def _base_directory() -> Path:
    """The user's runtime directory, or one below the temporary one: short enough for sockets."""
    name = f"flowlab-{os.getuid()}"
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(tempfile.gettempdir()) / name, Path("/tmp") / name]  # noqa: S108 - checked
    if runtime:
        candidates.insert(0, Path(runtime) / "flowlab")
    faults = []
    for candidate in candidates:
        if len(os.fsencode(candidate)) + len("/12345678/engines.sock") > _SOCKET_PATH:
            faults.append(f"{candidate}: too long a path for a socket")
            continue
        try:
            return private_directory(candidate.parent, candidate.name)
        except StoreError as error:
            faults.append(f"{candidate}: {error}")
    raise StoreError(
        "no private runtime directory can be made: "
        + "; ".join(faults)
        + ". Set XDG_RUNTIME_DIR to a short path that only you can read."
    )


def _store_directory(run: str, path: Path) -> Path:
    """Shared memory when it may be written and has room, else a directory inside `path`."""
    if sys.platform == "linux" and os.access(SHARED_MEMORY, os.W_OK | os.X_OK):
        if shutil.disk_usage(SHARED_MEMORY).free >= SHARED_ROOM:
            store = private_directory(SHARED_MEMORY, f"flowlab-{os.getuid()}-{run}")
            (store / OWNER).symlink_to(path)
            return store
    return private_directory(path, "store")


def _spill_directory(run: str, path: Path, chosen: Path | None) -> Path:
    """Inside `path`, unless that may be in memory itself or another place was chosen."""
    parent = Path(tempfile.gettempdir()) if chosen is None else chosen
    if chosen is None and path.is_relative_to(parent):
        return private_directory(path, "spill")
    spill = private_directory(parent, f"flowlab-{os.getuid()}-{run}-spill")
    (spill / OWNER).symlink_to(path)
    return spill


def _existing(path: Path) -> Path:
    """A private directory that stands already."""
    if not path.is_dir():
        raise StoreError(f"{path} is gone: its client was closed")
    return private_directory(path.parent, path.name)


def _write_private(path: Path, text: str) -> None:
    """A new file of mode 0600."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text)


def _read_private(path: Path) -> str:
    """The text of a file that is ours and no link."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise StoreError(f"{path} cannot be read: {error.strerror}") from None
    with os.fdopen(handle) as file:
        status = os.fstat(handle)
        if status.st_uid != os.getuid() or stat.S_IMODE(status.st_mode) & 0o077:
            raise StoreError(f"{path} is not private to this user")
        return file.read()
