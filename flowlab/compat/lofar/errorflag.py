"""`error`: the event that says that a job failed."""

import threading

from flowlab.errors import WrongKind


class ErrorFlag(threading.Event):
    """Set when a job failed; it stays so until somebody clears it."""

    def isSet(self) -> bool:  # noqa: N802 - as LOFAR's recipes call it
        """The same as `is_set`."""
        return self.is_set()


class HasError:
    """For a class whose jobs may fail."""

    @property
    def error(self) -> threading.Event:
        """Set when a job failed; the next jobs do not clear it. It may be another event."""
        made: threading.Event = self.__dict__.setdefault("_error", ErrorFlag())
        return made

    @error.setter
    def error(self, flag: threading.Event) -> None:
        if not callable(getattr(flag, "set", None)):
            raise WrongKind(f"error is a threading.Event, not {flag!r}")
        self.__dict__["_error"] = flag
