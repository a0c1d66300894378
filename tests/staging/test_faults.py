"""What goes wrong at a stage point is told in our own words, tried again when that can help."""

import errno
import traceback

import pytest

from flowlab.errors import StageError
from flowlab.staging import faults
from flowlab.staging.faults import WAITS, attempt, explain, failed, protocol_of, show
from tests.staging.conftest import clock

SECRET = "hunter2"


class ClientError(Exception):
    """As botocore's: the answer hangs on it."""

    def __init__(self, status, code=""):
        super().__init__(f"AWS_SECRET={SECRET}")
        self.response = {
            "ResponseMetadata": {"HTTPStatusCode": status},
            "Error": {"Code": code, "Message": SECRET},
        }


class ClientResponseError(Exception):
    """As aiohttp's."""

    def __init__(self, status):
        super().__init__(f"https://host/x?X-Amz-Signature={SECRET}")
        self.status = status


def NoCredentialsError():
    return type("NoCredentialsError", (Exception,), {})(SECRET)


def caused(error, cause):
    """As s3fs translates: an error of the system, and the server's answer behind it."""
    error.__cause__ = cause
    return error


@pytest.fixture
def waits(monkeypatch):
    """How long was waited; nobody waits."""
    slept = []
    monkeypatch.setattr(faults, "time", clock(slept.append))
    return slept


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (FileNotFoundError(SECRET), "it is not there"),
        (ClientResponseError(404), "it is not there"),
        (PermissionError(SECRET), "access is refused"),
        (PermissionError(errno.EACCES, SECRET), "permission denied"),
        (OSError(errno.EROFS, SECRET), "read-only file system"),
        (ClientError(403), "access is refused"),
        (ClientResponseError(401), "access is refused"),
        (NoCredentialsError(), "no credentials"),
        (ClientError(400, "ExpiredToken"), "credentials have expired"),
        (caused(PermissionError(SECRET), ClientError(400, "ExpiredToken")), "have expired"),
        (caused(OSError(errno.EINVAL, SECRET), ClientError(400, "InvalidToken")), "have expired"),
        (OSError(errno.ENOSPC, SECRET), "no room for it"),
        (OSError(errno.EFBIG, SECRET), "no room for it"),
        (ImportError(SECRET), "not installed here"),
        (OSError(errno.EINVAL, SECRET), "OSError, Invalid argument"),
        (ValueError(SECRET), "ValueError"),
    ],
)
def test_what_does_not_pass_is_told_at_once(error, why, waits):
    calls = []

    def call():
        calls.append(1)
        raise error

    with pytest.raises(StageError, match=why):
        attempt("read", "s3://bucket/x", call)
    assert (len(calls), waits) == (1, [])


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(SECRET),
        ConnectionResetError(errno.ECONNRESET, SECRET),
        ConnectionRefusedError(SECRET),
        OSError(errno.EBUSY, SECRET),
        OSError(errno.ESTALE, SECRET),
        ClientError(500),
        ClientError(503),
        caused(OSError(errno.EINVAL, SECRET), ClientError(502)),
        ClientResponseError(429),
        type("EndpointConnectionError", (type("HTTPClientError", (Exception,), {}),), {})(SECRET),
    ],
)
def test_what_may_pass_is_tried_four_times(error, waits):
    calls = []

    def call():
        calls.append(1)
        raise error

    with pytest.raises(StageError, match=r"\(tried 4 times\); check the network"):
        attempt("read", "s3://bucket/x", call)
    assert (len(calls), waits) == (4, list(WAITS))


def test_patience_ends(waits, monkeypatch):
    """What takes long by itself is not tried as often."""
    clock = iter([0.0, faults.PATIENCE - 1, faults.PATIENCE + 1])
    monkeypatch.setattr(faults.time, "monotonic", lambda: next(clock))

    def call():
        raise TimeoutError

    with pytest.raises(StageError, match=r"\(tried 2 times\)"):
        attempt("read", "s3://bucket/x", call)


def test_what_passed_is_no_error(waits):
    answers = [TimeoutError(), OSError(errno.EIO, ""), None]

    def call():
        answer = answers.pop(0)
        if answer is not None:
            raise answer
        return "here"

    assert attempt("read", "s3://bucket/x", call) == "here"
    assert waits == list(WAITS[:2])


def test_an_error_of_ours_goes_through(waits):
    def call():
        raise StageError("as it is")

    with pytest.raises(StageError, match=r"^as it is$"):
        attempt("read", "s3://bucket/x", call)


@pytest.mark.parametrize("error", [ClientError(403), ClientResponseError(500), ValueError(SECRET)])
def test_nothing_that_a_library_says_is_told_even_by_a_traceback(error, waits):
    def call():
        raise error

    with pytest.raises(StageError) as caught:
        attempt("read", f"sftp://ada:{SECRET}@host/x?token={SECRET}", call)
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/a/b c", "'/a/b c'"),
        ("/a/b?c", "'/a/b?c'"),
        ("s3://bucket/x?X-Amz-Signature=hunter2", "'s3://bucket/x'"),
        ("https://ada:hunter2@host/x#y", "'https://host/x'"),
        ("simplecache::https://ada:hunter2@host/x", "'simplecache::https://host/x'"),
        ("https://ada:hun@ter2@host/x@y", "'https://host/x@y'"),
        ("/a\nb", "'/a\\nb'"),
    ],
)
def test_a_url_is_shown_without_its_secrets(url, shown):
    assert show(url) == shown


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("/a/b", "file"), ("a:b", "file"), ("file:///a", "file"), ("local:///a", "file"),
        ("S3://b", "s3"), ("simplecache::s3://b", "simplecache"), ("", "file"),
    ],
)  # fmt: skip
def test_a_protocol_is_read_off_a_url(url, protocol):
    assert protocol_of(url) == protocol


def test_a_message_has_what_where_why_and_the_remedy():
    error = failed("write", "s3://bucket/x", explain(OSError(errno.ENOSPC, "")))
    assert str(error) == (
        "cannot write 's3://bucket/x': there is no room for it (No space left on device); "
        "free some there, or set another stage point"
    )
