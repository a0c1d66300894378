"""What a declared task or object asks of the session that it belongs to."""

from collections.abc import Iterable
from typing import Any, Protocol

from flowlab.model.ids import ObjectId, SessionId
from flowlab.model.payload import Value


class Owner(Protocol):
    """Implemented by Session; tasks and objects know no more of it than this."""

    @property
    def session_id(self) -> SessionId: ...
    @property
    def name(self) -> str: ...

    @property
    def engines(self) -> int:
        """How many engines there are, or will be as far as that is known; at least 1."""
        ...

    def next_id(self) -> int:
        """A new id, the session in its upper bits; tasks and objects share one counter."""
        ...

    def add(self, thing: Any) -> None:
        """Take in a task or an object that was just declared (graph.Task or graph.DataObject).

        It gets the wave with which it will be submitted.
        """
        ...

    def mark(self, thing: Any) -> None:
        """Note that something may be said of a thing: its submit looks at it."""
        ...

    def note_kept(self, obj: Any) -> None:
        """An object (graph.DataObject) is kept now, or not any longer."""
        ...

    def store(self, object_id: ObjectId, value: Any, label: str) -> Value:
        """Take in the value of a large constant (staging.Packed), as it is now."""
        ...

    def bundled(self, kind: str, asked: Any) -> Iterable[tuple[str, Any]]:
        """Further inputs of a task of this kind, with labels: its bundles (tasks.bundles)."""
        ...

    def refer(self, proxy: Any) -> tuple[Any, Any]:
        """A shared object's reference, and how its proxy is pickled for a task (shared.proxy)."""
        ...

    def carried(self, references: Iterable[Any]) -> tuple[Iterable[tuple[str, Any]], bool]:
        """Further inputs of a task that holds these, with labels; and whether it may wait there."""
        ...

    def stage_at(self, objects: Iterable[Any], url: Any) -> None:
        """Let these objects go between hosts by a stage point of their own."""
        ...

    def wait(self, items: Iterable[Any]) -> None: ...
    def fetch(self, item: Any) -> Any: ...
    def update(self, items: Iterable[Any]) -> None: ...
    def unkeep(self, items: Iterable[Any]) -> None: ...
