"""Values that change in one step, whoever else calls at the same time."""

import threading
from typing import Any


class Value:
    """One value. A type code before it, as `multiprocessing` has it, is ignored."""

    def __init__(self, *value: Any) -> None:
        self.value = value[-1] if value else None

    def get(self) -> Any:
        """The value."""
        return self.value

    def set(self, value: Any) -> None:
        """Put another in its place."""
        self.value = value


class Counter:
    """A number to which all add, without a lock."""

    def __init__(self, value: float = 0) -> None:
        self.value = value
        self._lock = threading.Lock()

    def add(self, amount: float = 1) -> float:
        """Add so much; gives the sum."""
        with self._lock:
            self.value += amount
            return self.value

    def increment(self) -> float:
        """Add one; gives the sum."""
        return self.add(1)

    def decrement(self) -> float:
        """Take one away; gives the rest."""
        return self.add(-1)

    def get(self) -> float:
        """The number."""
        return self.value
