"""Every error that flowlab raises, as one tree.

    FlowlabError                  anything below
     ├── UsageError               the user's mistake, found before anything ran
     │    ├── NoActiveSession     something was declared outside any session
     │    ├── CellError           a cell that cannot become a task
     │    ├── ContentTypeError    a content type that is unknown or does not fit; a ValueError
     │    ├── WrongKind           an argument that is none of what may stand there; a TypeError
     │    ├── WrongValue          arguments that contradict each other; a ValueError
     │    ├── WrongPath           a path that names no file, or one that is in the way; an OSError
     │    ├── MissingData         a label for which no data object was given; a KeyError
     │    └── HeavyArgument       an argument too large to travel with a task; a Warning
     ├── SessionError             the session is closed, failed, or lost its scheduler
     │    └── TaskError           a task of it failed; holds the task's own traceback
     ├── StoreError               bytes that are gone, unreadable or do not fit
     │    ├── CannotStore         a host's store cannot take them: it is full, or fails
     │    └── StageError          a stage point or a URL cannot be read or written, or lies
     ├── ClusterError             no engine can be had, or the one that came does not fit
     ├── LinkError                the other side of a link is gone or is not ours
     ├── SharedObjectError        a shared object cannot be reached: its process is gone
     └── ProtocolError            a bug of flowlab's own: a fact that a state forbids

A message says what, where (the cell, the task, the engine) and the remedy.
"""


class FlowlabError(Exception):
    """Anything that flowlab raises on purpose."""


class _Shown:
    """An error that a notebook shows as its message alone: what, where and the remedy."""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows; no frame of ours tells the user more than the message does."""
        return [f"{type(self).__name__}: {self}"]


class UsageError(_Shown, FlowlabError):
    """The user's mistake, found before anything ran."""


class NoActiveSession(UsageError):
    """A task or an object was declared, and no session is active."""


class CellError(UsageError):
    """A cell that cannot become a task."""


class ContentTypeError(UsageError, ValueError):
    """A content type that is unknown or does not fit the declared one."""


class WrongKind(UsageError, TypeError):
    """An argument is none of what may stand there."""


class WrongValue(UsageError, ValueError):
    """Arguments contradict each other, or do not fit what was declared."""


class WrongPath(UsageError, OSError):
    """A path names no file where one must be, or something where nothing may be."""


class MissingData(UsageError, KeyError):
    """A label for which no data object was given."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


class HeavyArgument(UsageError, UserWarning):
    """An argument that is too large, or too slow to pickle, to travel with a task.

    A Warning as in Rain, raised as there: the task is not declared.
    """


class SessionError(_Shown, FlowlabError):
    """The session is closed, failed, or lost its scheduler process."""


class TaskError(SessionError):
    """A task failed.

    task       the task's name as shown to people
    traceback  the lines of the user's own code, as text; empty for a task that is no Python
    """

    def __init__(self, message: str, task: str = "", traceback: str = "") -> None:
        super().__init__(message)
        self.task = task
        self.traceback = traceback


class StoreError(FlowlabError):
    """Bytes that are gone, cannot be read, or do not fit into the store."""


class CannotStore(StoreError):
    """A host's store cannot take an object: it is full, or it fails."""


class StageError(_Shown, StoreError):
    """A stage point or a URL cannot be read or written, or gives other bytes than were put there.

    No message of it holds credentials: it is made of known words, never of a library's own text.
    """


class ClusterError(_Shown, FlowlabError):
    """No engine can be had, or an engine that came does not fit this process."""


class LinkError(FlowlabError):
    """The other side of a link is gone, or it is not ours."""


class SharedObjectError(_Shown, FlowlabError):
    """A shared object cannot be reached: the process that has it is gone, or refuses this one."""


class ProtocolError(FlowlabError):
    """A bug of flowlab's own: a fact that the state of a task forbids."""
