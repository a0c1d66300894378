"""What the user says about a task or an object: a dictionary that most never get."""

from typing import Any

from flowlab.model.attributes import NO_USER, Fixed


class HasUser:
    """Something with a `user` dictionary, JSON, writable until submit; made at the first look.

    submitted  whether it is on its way
    state      as fresh as the owner's last submit, wait or update
    """

    __slots__ = ("_user", "state", "submitted")

    def __init__(self) -> None:
        self._user: dict[str, Any] | None = None
        self.submitted = False
        self.state: str | None = None

    @property
    def user(self) -> dict[str, Any]:
        """What the user says about it."""
        if self._user is None:
            self._user = NO_USER if self.submitted else {}
        return self._user

    @property
    def said(self) -> dict[str, Any]:
        """The same to be read only."""
        return self._user or NO_USER

    def seal(self, state: str) -> None:
        """Note that it was submitted: what was said about it is fixed."""
        self.submitted = True
        self.state = state
        self._user = Fixed(self._user) if self._user else None
