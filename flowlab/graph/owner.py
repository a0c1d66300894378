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
        """A new id; tasks and objects of a session share one counter."""
        ...

    def add(self, thing: Any) -> None:
        """Take in a task or an object that was just declared (graph.Task or graph.DataObject)."""
        ...

    def store(self, object_id: ObjectId, value: Any, label: str) -> Value:
        """Take in the value of a large constant (staging.Packed), as it is now."""
        ...

    def wait(self, items: Iterable[Any]) -> None: ...
    def fetch(self, item: Any) -> Any: ...
    def update(self, items: Iterable[Any]) -> None: ...
    def unkeep(self, items: Iterable[Any]) -> None: ...
