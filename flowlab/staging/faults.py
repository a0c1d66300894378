"""What went wrong at a stage point or a URL, in words of our own.

The one rule: no text of a library or a server gets into a message. Theirs hold signed URLs, keys
and tokens; ours are made of the error's type, its number and the place without its secrets.
"""

import errno
import os
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flowlab.errors import StageError

T = TypeVar("T")

WAITS = (0.1, 0.4, 1.6)  # s before each further attempt
PATIENCE = 15.0  # s, after which there is none: some libraries have attempts of their own

_PROTOCOL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*)(?:::|://)")
_SECRET = re.compile(r"//[^/]*@")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_REFUSED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_PASSING = frozenset({
    errno.EIO, errno.EBUSY, errno.EAGAIN, errno.ESTALE, errno.ETIMEDOUT, errno.EREMOTEIO,
    errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN, errno.EINTR,
})  # fmt: skip
# Classes of libraries that are not loaded unless they are used, by name
_UNREACHED = frozenset({
    "ConnectionError", "TimeoutError", "gaierror", "FSTimeoutError", "HTTPClientError",
    "ClientConnectionError", "ClientPayloadError", "ServerTimeoutError", "IncompleteRead",
    "ResponseParserError", "BotoConnectionError", "SSHException",
})  # fmt: skip
_NO_CREDENTIALS = frozenset({
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError",
    "TokenRetrievalError", "DefaultCredentialsError", "RefreshError", "AuthenticationException",
})  # fmt: skip
_STALE = frozenset({
    "ExpiredToken", "ExpiredTokenException", "InvalidToken", "TokenRefreshRequired",
    "RequestExpired", "InvalidAccessKeyId",
})  # fmt: skip
_RIGHTS = (
    "check what this user may do there, and the credentials in fsspec's own configuration: they "
    "may be wrong, or have expired"
)


@dataclass(frozen=True)
class Fault:
    """Why something failed, what helps, and whether it may be over at the next attempt."""

    why: str
    remedy: str
    is_passing: bool = False


def protocol_of(url: str) -> str:
    """What stands before `://`; `file` for a plain path."""
    found = _PROTOCOL.match(url)
    name = found[1].lower() if found else "file"
    return "file" if name == "local" else name


def show(url: str) -> str:
    """A URL for people: without user, password and query."""
    if protocol_of(url) == "file":
        return repr(url)
    plain = re.split(r"[?#]", _SECRET.sub("//", url), maxsplit=1)[0]
    return repr(plain)


def attempt(doing: str, url: str, call: Callable[[], T]) -> T:
    """What `call` gives; what may pass is tried again, and everything else is a StageError.

    doing  for the message, as in "cannot read 's3://…'"
    """
    end = time.monotonic() + PATIENCE
    count = 0
    for wait in (*WAITS, None):
        count += 1
        try:
            return call()
        except StageError:
            raise
        except Exception as error:  # noqa: BLE001 - each file system has errors of its own
            fault = explain(error)
        if wait is None or not fault.is_passing or time.monotonic() > end:
            break
        time.sleep(wait)
    # Outside of the except block: a library's error must not hang on ours either
    raise failed(doing, url, fault, count)


def failed(doing: str, url: str, fault: Fault, count: int = 1) -> StageError:
    """The error for people; `count`: how often it was tried."""
    tried = f" (tried {count} times)" if count > 1 else ""
    return StageError(f"cannot {doing} {show(url)}: {fault.why}{tried}; {fault.remedy}")


def explain(error: BaseException) -> Fault:
    """What an error of a file system means."""
    kinds = {kind.__name__ for kind in type(error).__mro__}
    number = error.errno if isinstance(error, OSError) else None
    status = status_of(error)
    if isinstance(error, FileNotFoundError) or status == 404:
        return Fault("it is not there", "look whether it was moved, removed or is not mounted here")
    if _is_stale(error):
        return Fault("the credentials have expired, or are none", _RIGHTS)
    if isinstance(error, PermissionError) or number in _REFUSED or status in (401, 403):
        what = os.strerror(number) if number in _REFUSED else "access is refused"
        return Fault(what.lower(), _RIGHTS)
    if kinds & _NO_CREDENTIALS:
        return Fault("there are no credentials that fit", _RIGHTS)
    if number in _FULL:
        return Fault(
            f"there is no room for it ({os.strerror(number or 0)})",
            "free some there, or set another stage point",
        )
    return _other(error, kinds, number, status)


def _other(error: BaseException, kinds: set[str], number: int | None, status: int) -> Fault:
    name = type(error).__name__
    again = "check the network and the server"
    if status >= 500 or status in (408, 429):
        return Fault(f"the server answers {status}", again, is_passing=True)
    if number in _PASSING or kinds & _UNREACHED:
        said = os.strerror(number) if number else name
        return Fault(f"it cannot be reached ({said})", again, is_passing=True)
    if isinstance(error, ImportError):
        return Fault(
            "the package that fsspec needs for it is not installed here",
            "pip install it where the kernel runs and on every host of the engines",
        )
    said = f"{name}, {os.strerror(number)}" if number else f"{name} {status or ''}".rstrip()
    return Fault(said, "check the name, and whether other programs can use it from here")


def status_of(error: BaseException) -> int:
    """The answer of an HTTP server behind an error; 0 when there is none."""
    for each in (error, error.__cause__):
        metadata = _answer(each).get("ResponseMetadata", {})
        for found in (getattr(each, "status", None), metadata.get("HTTPStatusCode")):
            if isinstance(found, int):
                return found
    return 0


def _is_stale(error: BaseException) -> bool:
    """Whether an S3 server says that credentials are over; each says so in a way of its own."""
    codes = (_answer(each).get("Error", {}).get("Code") for each in (error, error.__cause__))
    return any(code in _STALE for code in codes)


def _answer(error: BaseException | None) -> dict[str, Any]:
    response: Any = getattr(error, "response", None)
    return response if isinstance(response, dict) else {}
