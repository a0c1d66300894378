"""What the user says about a task or an object: a dictionary that most never get."""

from typing import Any

from flowlab.graph.owner import Owner
from flowlab.model.attributes import NO_USER, Fixed


class Wave:
    """What is shared by all that is submitted together.

    submitted  whether it is on its way
    """

    __slots__ = ("submitted",)

    def __init__(self) -> None:
        self.submitted = False


_NONE = Wave()  # of what its owner has not taken in


class HasUser:
    """Something with a `user` dictionary, JSON, writable until submit; made at the first look.

    wave  with which it is submitted; its owner gives it one
    """

    __slots__ = ("_state", "_user", "owner", "wave")

    def __init__(self, owner: Owner) -> None:
        self.owner = owner
        self.wave = _NONE
        self._user: dict[str, Any] | None = None
        self._state: str | None = None

    @property
    def submitted(self) -> bool:
        """Whether it is on its way."""
        return self.wave.submitted

    @property
    def state(self) -> str | None:
        """As fresh as the owner's last submit, wait or update; None before the submit."""
        if self._state is None and self.submitted:
            return self._first_state()
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state

    @property
    def user(self) -> dict[str, Any]:
        """What the user says about it."""
        if self._user is None:
            if self.submitted:
                return NO_USER
            self._user = {}
            self.owner.mark(self)  # its submit will look at it
        return self._user

    @property
    def said(self) -> dict[str, Any]:
        """The same to be read only."""
        return self._user or NO_USER

    def mark_said(self) -> None:
        """Let its submit look at what may be said of it; harmless when done twice."""
        if self._user is not None:
            self.owner.mark(self)

    def seal(self) -> None:
        """What was said about it is fixed."""
        self._user = Fixed(self._user) if self._user else None

    def _first_state(self) -> str:
        """Its state at its submit."""
        raise NotImplementedError
