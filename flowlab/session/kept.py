"""Kept objects that somebody can still name; the others are let go."""

import os
import weakref
from collections.abc import Callable

from flowlab.graph.nodes import DataObject
from flowlab.model.ids import ObjectId


class _Name(weakref.ref[DataObject]):
    """A name of an object, that knows which one it was when it is gone."""

    __slots__ = ("object_id",)
    object_id: ObjectId


_watching: set["KeptObjects"] = set()  # a session may be dropped with all that it has, unclosed


class KeptObjects:
    """Of one session.

    let_go  told of an object that nobody can name any longer; by the collector, in any thread and
            between any two lines: it may only enqueue
    """

    def __init__(self, let_go: Callable[[ObjectId], None]) -> None:
        self._names: dict[ObjectId, _Name] = {}
        names, pid = self._names, os.getpid()

        def gone(name: weakref.ref[DataObject]) -> None:
            assert isinstance(name, _Name)
            if names.pop(name.object_id, None) is not None and os.getpid() == pid:
                let_go(name.object_id)
            self._hold()

        self._gone = gone  # one for all: a hundred thousand kept objects are submitted at once

    def __len__(self) -> int:
        return len(self._names)

    def watch(self, obj: DataObject) -> None:
        """Let it go as soon as nobody can name it."""
        name = _Name(obj, self._gone)
        name.object_id = obj.object_id
        self._names[obj.object_id] = name
        self._hold()

    def forget(self, obj: DataObject) -> None:
        """It is not kept any longer."""
        self._names.pop(obj.object_id, None)
        self._hold()

    def clear(self) -> None:
        """None is kept any longer."""
        self._names.clear()
        self._hold()

    def _hold(self) -> None:
        """Stay as long as there is something to be told of."""
        if not self._names:
            _watching.discard(self)
        if self._names:  # asked last: another thread may watch one more
            _watching.add(self)
