"""What is no object and stands for one, where a task takes an object as its input."""

from typing import Any


class StandIn:
    """`output` is the object that is meant; it may be declared at the first look."""

    __slots__ = ()

    @property
    def output(self) -> Any:
        """The object."""
        raise NotImplementedError
