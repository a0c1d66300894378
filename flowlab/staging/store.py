"""The store of one host: a file for each large object, shared by all engines there and the kernel.

Names are made of ids only, never of labels. A file appears whole or not at all, and is read-only
from then on; removing it leaves those unharmed who have it mapped. Objects lie in shared memory as
long as there is room, then on a disk.
"""

import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from flowlab.errors import CannotStore, StoreError
from flowlab.model.ids import HostId, ObjectId, SessionId, session_of, split_id
from flowlab.model.payload import Inline, Stored, Value
from flowlab.staging.area import Area
from flowlab.staging.draft import Draft
from flowlab.staging.largest import NOTED, describe_largest, in_units, note_label, read_labels
from flowlab.staging.mapping import map_file
from flowlab.staging.packed import Packed

_SETTINGS = ".settings.json"  # in a store's directory
_LABELS = ".labels"
_PREFAULTED = ".prefaulted"
_HALF = 2  # of what a device has free, a store may have one part of so many


class StoreSettings(msgspec.Struct, frozen=True):
    """How large a store may become: written by who makes it, read by all.

    size        bytes in the store's own directory; 0: a share of what the device has free
    spill       private directory for what has no room there; empty: none
    spill_size  bytes in that directory; 0 as above
    prefault    bytes in the store's own directory whose pages are made before they are needed
    """

    size: int = 0
    spill: str = ""
    spill_size: int = 0
    prefault: int = 0


class HostStore:
    """Large objects of one host, below `directory`, which must be private already.

    drafts  files of values that have no id yet
    """

    def __init__(self, directory: Path, host: HostId) -> None:
        self.directory = directory.absolute()
        self.host = host
        settings = read_settings(self.directory)
        self._areas = [Area(self.directory, settings.size, pooled=True)]
        if settings.spill:
            self._areas.append(Area(Path(settings.spill), settings.spill_size, pooled=False))
        self.drafts: list[Path] = []
        self._prefault = settings.prefault

    def prefault(self) -> None:
        """Make pages before they are needed, if its settings say so: in one process of the host."""
        is_possible = hasattr(os, "posix_fallocate")  # not on every system
        if self._prefault and is_possible and first_here(self.directory / _PREFAULTED):
            with suppress(OSError):  # they are for speed alone, and the store may end meanwhile
                self._areas[0].prefault(self._prefault)

    def put(
        self,
        object_id: ObjectId,
        data: bytes | memoryview | Packed,
        label: str = "",
        *,
        packed: bool = False,
    ) -> Stored:
        """Store bytes, or a packed value; an object stored before is replaced.

        packed  the bytes are those of a packed value
        """
        packed = packed or isinstance(data, Packed)
        with self._explained(f"object {object_id}"):
            area, draft = self._write(data, f"object {split_id(object_id)}")
            return self._place(area, draft, object_id, label, packed=packed)

    def put_file(
        self, object_id: ObjectId, path: Path, label: str = "", *, packed: bool = False
    ) -> Stored:
        """Move a file in; one that is in this store already stays, and shares its bytes.

        One that has further names is copied: an input of the task, or what it may go on writing.
        """
        with self._explained(f"object {object_id}"):
            place = path.absolute()
            area = next((one for one in self._areas if one.holds(place)), None)
            if area is not None:
                return self._place(area, area.link(place), object_id, label, packed=packed)
            if os.path.islink(path):  # what a link names is not the task's to give away
                return self.put(object_id, path.read_bytes(), label)
            for area in self._areas if os.stat(place).st_nlink == 1 else ():
                draft = area.move_in(place)
                if draft is not None:
                    return self._place(area, draft, object_id, label, packed=packed)
            area, draft = self._write(map_file(place), f"object {split_id(object_id)}")
            path.unlink()
            return self._place(area, draft, object_id, label, packed=packed)

    def draft(self, data: Packed) -> Path:
        """A file of a value that has no id yet; `put_file` gives it one."""
        with self._explained("a value"):
            _, draft = self._write(data, "a value")
        self.drafts.append(draft)
        return draft

    def begin(self, object_id: ObjectId, size: int) -> Draft:
        """A draft for an object that comes in pieces; `complete` makes it the object."""
        with self._explained(f"object {object_id}"):
            for area in self._areas:
                area.remove_stray_drafts()
                if made := area.begin(size):
                    return Draft(area, *made, size)
        raise self.no_room(object_id, size)

    def complete(
        self, draft: Draft, object_id: ObjectId, label: str = "", *, packed: bool = False
    ) -> Stored:
        """The object, all of which has come; raises StoreError when something is missing."""
        with self._explained(f"object {object_id}"):
            return self._place(draft.area, draft.finish(), object_id, label, packed=packed)

    def no_room(self, object_id: ObjectId, size: int) -> CannotStore:
        """That an object cannot be stored, and what fills the store."""
        return CannotStore(self._no_room(f"object {split_id(object_id)}", size))

    def discard_drafts(self) -> None:
        """Let go of the drafts made so far; those that became objects are not touched by it."""
        while self.drafts:
            draft = self.drafts.pop()
            for area in self._areas:
                if area.holds(draft):
                    area.release(draft)

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
            for area in self._areas:
                area.release(_path(area, object_id))

    def drop_session(self, session_id: SessionId) -> None:
        """Remove all objects of a session."""
        for area in self._areas:
            folder = area.directory / str(session_id)
            if not folder.exists():
                continue
            for path in list(folder.iterdir()):
                area.release(path)
            # Another engine may drop the same session at the same time
            shutil.rmtree(folder, ignore_errors=True)
            if folder.exists() and any(folder.iterdir()):
                raise StoreError(f"cannot empty {str(folder)!r}")

    def contents(self) -> dict[ObjectId, int]:
        """Bytes of each object in the store."""
        found: dict[ObjectId, int] = {}
        for area in self._areas:
            found.update(_sizes(area))
        return found

    def _write(self, data: bytes | memoryview | Packed, what: str) -> tuple[Area, Path]:
        """A draft in the first area that has room."""
        pieces = data.pieces if isinstance(data, Packed) else [data]
        size = data.size if isinstance(data, Packed) else memoryview(data).nbytes
        for area in self._areas:
            draft = area.write(pieces, size)
            if draft is not None:
                return area, draft
        raise CannotStore(self._no_room(what, size))

    def _place(
        self, area: Area, draft: Path, object_id: ObjectId, label: str, *, packed: bool
    ) -> Stored:
        """Give a draft this object's name."""
        final = _path(area, object_id)
        size = area.place(draft, final)
        if label and size >= NOTED:
            note_label(self.directory / _LABELS, object_id, label)
        return Stored(self.host, str(final), size, packed)

    def _no_room(self, what: str, size: int) -> str:
        """Why it cannot be stored, and what fills the store."""
        labels = read_labels(self.directory / _LABELS)
        places = [
            f"{in_units(area.total)} of {in_units(area.limit)} in {str(area.directory)!r} are "
            f"taken, and {describe_largest(_sizes(area).items(), labels)}"
            for area in self._areas
        ]
        return (
            f"there is no room in this host's store for {what} of {in_units(size)}: "
            f"{'; '.join(places)}. Keep fewer objects, un-keep what was fetched, or give the store "
            "more room: Client(store_size=…, spill=DIRECTORY)"
        )

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CannotStore(f"cannot store {what} in {str(self.directory)!r}: {error}") from error


def write_settings(directory: Path, settings: StoreSettings) -> None:
    """Say how large a new store may become."""
    made = StoreSettings(
        settings.size or _share(directory),
        settings.spill,
        settings.spill_size or (_share(Path(settings.spill)) if settings.spill else 0),
        settings.prefault,
    )
    number = os.open(
        directory / _SETTINGS, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600
    )
    with os.fdopen(number, "wb") as file:
        file.write(msgspec.json.encode(made))


def read_settings(directory: Path) -> StoreSettings:
    """How large a store may become; nothing said, a share of what its device has free now."""
    try:
        data = (directory / _SETTINGS).read_bytes()
    except OSError:  # nothing is said, or there is no store: whoever writes to it is told why
        return StoreSettings(_share(directory))
    return msgspec.json.decode(data, type=StoreSettings)


def first_here(path: Path) -> bool:
    """Whether no other process has asked so of this file."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        os.close(os.open(path, flags, 0o600))
    except OSError:  # one has, or there is no store: whoever writes to it is told why
        return False
    return True


def _share(directory: Path) -> int:
    try:
        return shutil.disk_usage(directory).free // _HALF
    except OSError:
        return 0


def _path(area: Area, object_id: ObjectId) -> Path:
    return Path(f"{area.directory}/{session_of(object_id)}/{object_id}")


def _sizes(area: Area) -> dict[ObjectId, int]:
    found: dict[ObjectId, int] = {}
    for path in area.files():
        try:
            found[ObjectId(int(path.name))] = path.stat().st_size
        except FileNotFoundError:  # dropped meanwhile by another engine
            continue
    return found


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
