"""What a client sends beside its tasks: each file once, however many tasks read it.

The one rule: a file is as it was when its task was submitted. It is read again only when it could
have changed since, and stored again only when it did.
"""

import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary, WeakValueDictionary

import cloudpickle

from flowlab.compat.crossflow.forms import said_of, walk
from flowlab.compat.crossflow.futures import Future
from flowlab.graph.nodes import DataObject, Task
from flowlab.model.limits import INLINE_OBJECT
from flowlab.session.session import Session
from flowlab.staging.filehandle import FileHandle
from flowlab.staging.intake import take
from flowlab.staging.mapping import map_file
from flowlab.tasks.objects import pickled

HEAVY = 10_000  # bytes of a pickle, from which an argument is an object of its own, as in Crossflow
_SETTLED = 2_000_000_000  # ns after which the times of a file show that it is written again
_LIGHT = frozenset({int, float, bool, type(None)})
_PROMISES = (Future, FileHandle, DataObject, Task)

_Handles = WeakKeyDictionary[DataObject, FileHandle]
# Of each session: with which object a file at a stage point goes. Not the clients', as a task may
# wait for it when its client is closed, or gone
_staged: WeakKeyDictionary[Session, _Handles] = WeakKeyDictionary()


class Uploads:
    """Constants of one session; each lives as long as a task or a future names it.

    loads  how often a file was read
    """

    def __init__(self, session: Session) -> None:
        self.loads = 0
        self._session = session
        self._by_content: WeakValueDictionary[tuple[object, ...], DataObject]
        self._by_content = WeakValueDictionary()
        self._by_times: WeakValueDictionary[tuple[object, ...], DataObject] = WeakValueDictionary()
        self._meanwhile: dict[str, DataObject] | None = None
        self._staged = _staged.setdefault(session, WeakKeyDictionary())

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Inside, a path is looked at once: all of it is one call."""
        self._meanwhile = {}
        try:
            yield
        finally:
            self._meanwhile = None

    def load(self, path: str | os.PathLike[str]) -> DataObject:
        """The object of what a path or URL names, as it is now."""
        text = os.fspath(path)
        if self._meanwhile is not None and text in self._meanwhile:
            return self._meanwhile[text]
        times = _times_of(text)
        made = self._by_times.get(times) if times is not None else None
        if made is None:
            self.loads += 1
            made = self.file(_taken(path))
            if times is not None and times == _times_of(text):
                self._by_times[times] = made
        if self._meanwhile is not None:
            self._meanwhile[text] = made
        return made

    def travelling(self, value: Any) -> Any:
        """What travels in the place of an argument: objects where that is one, or large."""
        if not _holds_promise(value) and _is_heavy(value):
            return self.value(value)
        return walk(value, self._change)

    def file(self, handle: FileHandle) -> DataObject:
        """The object of a handle; the same for equal ones."""
        if not handle.size:
            os.fspath(handle)  # raises when nothing was written to it
        key = handle.digest, handle.name, handle.is_dir
        made = self._by_content.get(key)
        if made is None:
            made = self._by_content[key] = self._declare(handle)
        return made

    def value(self, value: object) -> DataObject:
        """The object of any value."""
        made = pickled(value, "argument", session=self._session)
        made.keep()
        return made

    def close(self) -> None:
        """Let go what lies at stage points for the session, which ends."""
        self._staged.clear()

    def _change(self, value: Any) -> Any:
        if isinstance(value, Future):
            return value.object
        return self.file(value) if isinstance(value, FileHandle) else value

    def _declare(self, handle: FileHandle) -> DataObject:
        made = DataObject(handle.name, self._session)
        made.user.update(said_of(handle.name, is_dir=handle.is_dir))
        if handle.staged is not None:
            made.value = handle.staged
            self._staged[made] = handle  # with which the file goes
        elif handle.size <= INLINE_OBJECT or handle.is_dir:
            made.value = handle.read_bytes()
        else:  # from file to file: it need not fit into memory
            content = map_file(Path(os.fspath(handle)))
            made.value = self._session.store(made.object_id, content, handle.name)
        made.keep()
        self._session.add(made)
        return made


def _taken(path: str | os.PathLike[str]) -> FileHandle:
    """A handle of what is there now; by which way its bytes travel is for the session to say."""
    taken = take(path, None, "")
    return FileHandle(taken.name, taken.content, is_dir=taken.is_dir)


def _times_of(path: str) -> tuple[object, ...] | None:
    """What changes when a file does; None where that may not show, as in one that is new."""
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    age = time.time_ns() - max(status.st_mtime_ns, status.st_ctime_ns)
    if not stat.S_ISREG(status.st_mode) or age < _SETTLED:
        return None
    times = status.st_size, status.st_mtime_ns, status.st_ctime_ns
    return os.path.basename(path), status.st_dev, status.st_ino, *times


def _holds_promise(value: Any) -> bool:
    found: list[Any] = []
    walk(value, lambda each: found.append(each) if isinstance(each, _PROMISES) else None)
    return bool(found)


def _is_heavy(value: Any) -> bool:
    """Whether its pickle is large; what cannot be pickled is left to who says why."""
    if type(value) in _LIGHT:
        return False
    if isinstance(value, str | bytes):
        return len(value) > HEAVY
    buffers: list[Any] = []
    try:
        data: bytes = cloudpickle.dumps(value, 5, buffer_callback=buffers.append)
    except Exception:  # noqa: BLE001 - an argument's own __reduce__ may raise anything
        return False
    return len(data) + sum(int(each.raw().nbytes) for each in buffers) > HEAVY
