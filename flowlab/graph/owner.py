"""What a declared task or object asks of the session that it belongs to."""

from collections.abc import Iterable
from typing import Any, Protocol

from flowlab.model.ids import SessionId


class Owner(Protocol):
    """Implemented by Session; tasks and objects know no more of it than this."""

    @property
    def session_id(self) -> SessionId: ...
    @property
    def name(self) -> str: ...

    def next_id(self) -> int:
        """A new id; tasks and objects of a session share one counter."""
        ...

    def add(self, thing: Any) -> None:
        """Take in a task or an object that was just declared (graph.Task or graph.DataObject)."""
        ...

    def wait(self, items: Iterable[Any]) -> None: ...
    def fetch(self, item: Any) -> Any: ...
    def update(self, items: Iterable[Any]) -> None: ...
    def unkeep(self, items: Iterable[Any]) -> None: ...
