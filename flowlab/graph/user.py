"""What the user says about a task or an object: a dictionary that most never get."""

from collections.abc import Mapping
from typing import Any

from flowlab.graph.owner import Owner
from flowlab.model.attributes import NO_USER, Fixed
from flowlab.model.ids import ID, TaskId


class Wave:
    """What is shared by all that is submitted together.

    submitted  whether it is on its way
    ended      once somebody has waited for all of it: states of the tasks that did not finish
    told       whose state was written after that
    """

    __slots__ = ("ended", "submitted", "told")

    def __init__(self) -> None:
        self.submitted = False
        self.ended: Mapping[TaskId, str] | None = None
        self.told: frozenset[ID] = frozenset()


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
    def id(self) -> ID:
        """Session and number."""
        raise NotImplementedError

    @property
    def sent_with(self) -> Wave:
        """The wave of the task that it is submitted with."""
        return self.wave

    @property
    def submitted(self) -> bool:
        """Whether it is on its way."""
        return self.sent_with.submitted

    @property
    def state(self) -> str | None:
        """As fresh as the owner's last submit, wait or update; None before the submit."""
        wave = self.sent_with
        if wave.ended is not None and not (wave.told and self.id in wave.told):
            return self._last_state(wave.ended)
        if self._state is None and wave.submitted:
            return self._first_state()
        return self._state

    @state.setter
    def state(self, state: str) -> None:
        self._state = state
        wave = self.sent_with
        if wave.ended is not None:
            wave.told |= {self.id}

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

    def _last_state(self, ended: Mapping[TaskId, str]) -> str | None:
        """Its state when all of its wave had ended."""
        raise NotImplementedError
