"""Crossflow's errors, and how an exception travels from an engine as itself.

Every failure of a task is an `XflowError`, so it is a `flowlab.TaskError`, too; a function's own
exception is raised again as what it was, when it survives the way.
"""

import base64
import pickle
import subprocess
import zlib
from typing import Any, Protocol

import cloudpickle

from flowlab.errors import TaskError, UsageError
from flowlab.model.limits import KIB

__all__ = ["CalledProcessError", "WrongNumber", "XflowError"]

ERROR = "crossflow-error"  # in what a task says about itself
_TAIL = 8 * KIB  # bytes of a stream that an error brings along
_SHOWN = 2 * KIB  # bytes of a stream in its message
_MOST = 32 * KIB  # characters of an exception that travels as itself


class XflowError(TaskError):
    """A task failed."""


class Ended(Protocol):
    """A program that ended, as `subprocess` tells of it."""

    @property
    def returncode(self) -> int: ...
    @property
    def stdout(self) -> Any: ...
    @property
    def stderr(self) -> Any: ...


class CalledProcessError(XflowError):
    """A command ended with an error; `stdout`, which is also `output`, and `stderr` are bytes."""

    def __init__(self, ended: Ended) -> None:
        self.cmd: str = getattr(ended, "cmd", "") or getattr(ended, "args", "")
        self.returncode = ended.returncode
        self.stdout: bytes = ended.stdout or b""
        self.stderr: bytes = ended.stderr or b""
        self.output = self.stdout
        super().__init__(
            f'Error: command "{self.cmd}" failed with return code {self.returncode}; '
            f'STDOUT="{_tail_text(self.stdout)}"; STDERR="{_tail_text(self.stderr)}"'
        )

    def __reduce__(self) -> Any:
        process = subprocess.CompletedProcess(self.cmd, self.returncode, self.stdout, self.stderr)
        return CalledProcessError, (process,)

    def shortened(self) -> "CalledProcessError":
        """The same with the ends of its streams alone."""
        out, err = self.stdout[-_TAIL:], self.stderr[-_TAIL:]
        return CalledProcessError(subprocess.CompletedProcess(self.cmd, self.returncode, out, err))


class WrongNumber(UsageError, IndexError, TypeError):
    """A task was called with more or fewer arguments than it has inputs."""


def pack_error(error: BaseException) -> str | None:
    """An exception as text that travels; None when it cannot, or is too large."""
    try:
        data = cloudpickle.dumps(error, 5)
        pickle.loads(data)  # some cannot be made again; better to know now
    except Exception:  # noqa: BLE001 - an exception's own __reduce__ may do anything
        return None
    text = base64.b64encode(zlib.compress(data)).decode("ascii")
    return text if len(text) <= _MOST else None


def unpack_error(text: object) -> BaseException | None:
    """The exception again; None when it cannot be made here, such as for want of its module."""
    if not isinstance(text, str):
        return None
    try:
        error = pickle.loads(zlib.decompress(base64.b64decode(text)))
    except Exception:  # noqa: BLE001 - see above
        return None
    return error if isinstance(error, BaseException) else None


def _tail_text(data: bytes) -> str:
    shown = data[-_SHOWN:].decode("utf-8", "replace")
    return f"… {shown}" if len(data) > _SHOWN else shown
