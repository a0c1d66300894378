"""What one engine has: functions, and values that were brought to it or that it published.

A value is kept as it travels (encoded), so a task cannot change what another one reads. A function
is unpickled once: every task of it gets the same object.
"""

import linecache
import os
import pickle
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from types import CodeType
from typing import Any

import msgspec

from flowlab.model.ids import ObjectId, SessionId, session_of
from flowlab.model.limits import ENGINE_VALUES
from flowlab.model.payload import Inline, Payload, Stored, Value
from flowlab.model.specs import DataType, ObjectInfo, ObjectSpec
from flowlab.staging.encoding import decode
from flowlab.staging.instance import DataInstance, Source
from flowlab.worker.messages import Brought


class Held(msgspec.Struct, frozen=True, gc=False):
    """One value with what must be known to read it."""

    value: Value
    data_type: DataType
    content_type: str
    user: dict[str, Any]
    spec: ObjectSpec | None = None

    def instance(self) -> DataInstance:
        """What a task gets: its own instance, over bytes that all share."""
        value = self.value
        source: Source = value.data if isinstance(value, Inline) else Path(value.path)
        return DataInstance(
            self.data_type,
            self.content_type,
            source,
            self.spec,
            dict(self.user),
            packed=value.packed,
        )

    def load(self) -> Any:
        """A fresh value of it; raises ContentTypeError."""
        value = self.value
        is_blob = self.data_type is DataType.BLOB and not self.user
        if isinstance(value, Inline) and not value.packed and is_blob:
            return decode(value.data, self.content_type)
        return self.instance().load()

    def info(self, object_id: ObjectId) -> ObjectInfo:
        """What is reported of it."""
        value = self.value
        size = len(value.data) if isinstance(value, Inline) else value.size
        return ObjectInfo(object_id, size, self.content_type, self.user)

    def is_there(self) -> bool:
        """Whether its bytes can still be read."""
        return isinstance(self.value, Inline) or os.path.exists(self.value.path)


class Memory:
    """Functions and values of one engine. Its owner's lock guards it."""

    def __init__(self, limit: int = ENGINE_VALUES) -> None:
        self._limit = limit  # bytes of inline values
        self._bytes = 0
        self._held: OrderedDict[ObjectId, Held] = OrderedDict()
        self._pickled: dict[str, bytes] = {}
        self._sources: dict[str, str] = {}
        self._functions: dict[str, Callable[..., Any]] = {}

    def learn(self, payload: Payload, brought: Iterable[Brought]) -> None:
        """Take in what came with a batch."""
        self._pickled.update(payload.functions)
        self._sources.update(payload.sources)
        known = {item.spec.id: item for item in brought}
        for object_id, value in payload.values.items():
            assert isinstance(value, Inline | Stored), "the relay has not brought it"
            self.keep(object_id, _held(value, known.get(object_id)))

    def keep(self, object_id: ObjectId, held: Held) -> None:
        """Keep a value for tasks that come later."""
        self._drop(object_id)
        self._held[object_id] = held
        self._bytes += _weight(held)

    def get(self, object_id: ObjectId) -> Held | None:
        """The value, or None when it is not here (any more)."""
        return self._held.get(object_id)

    def has(self, object_id: ObjectId) -> bool:
        """Whether the value is here."""
        return object_id in self._held

    def drop(self, objects: Iterable[ObjectId], sessions: Collection[SessionId]) -> None:
        """Forget these objects, and those of these sessions."""
        for object_id in objects:
            self._drop(object_id)
        if sessions:
            for object_id in [one for one in self._held if session_of(one) in sessions]:
                self._drop(object_id)

    def trim(self, needed: Callable[[], Collection[ObjectId]]) -> None:
        """Forget the oldest values above the limit, but none that is needed."""
        if self._bytes <= self._limit:
            return
        spared = needed()
        for object_id in [one for one in self._held if one not in spared]:
            self._drop(object_id)
            if self._bytes <= self._limit:
                return

    def has_function(self, key: str) -> bool:
        """Whether the function came once."""
        return not key or key in self._pickled

    def function(self, key: str) -> Callable[..., Any]:
        """The function, unpickled at first use."""
        function = self._functions.get(key)
        if function is None:
            function = self._functions[key] = self.make_function(key)
        return function

    def make_function(self, key: str) -> Callable[..., Any]:
        """The function, unpickled anew."""
        function: Callable[..., Any] = pickle.loads(self._pickled[key])
        show_source(function, self._sources.get(key, ""))
        return function

    def _drop(self, object_id: ObjectId) -> None:
        held = self._held.pop(object_id, None)
        if held is not None:
            self._bytes -= _weight(held)


def show_source(function: Callable[..., Any], source: str) -> None:
    """Let tracebacks show the function's lines, though its file is a notebook's cell elsewhere."""
    code = getattr(function, "__code__", None)
    if not source or not isinstance(code, CodeType) or os.path.exists(code.co_filename):
        return
    text = source.splitlines(keepends=True)
    entry: tuple[Any, ...] = linecache.cache.get(code.co_filename, ())  # may be a lazy one
    lines = list(entry[2]) if len(entry) == 4 else []
    first = code.co_firstlineno - 1
    lines.extend("\n" for _ in range(first + len(text) - len(lines)))
    lines[first : first + len(text)] = text
    linecache.cache[code.co_filename] = (sum(map(len, lines)), None, lines, code.co_filename)


def _held(value: Value, brought: Brought | None) -> Held:
    if brought is None:
        return Held(value, DataType.BLOB, "", {})
    spec, info = brought.spec, brought.info
    return Held(value, spec.data_type, info.content_type or spec.content_type, info.user, spec)


def _weight(held: Held) -> int:
    return len(held.value.data) if isinstance(held.value, Inline) else 0
