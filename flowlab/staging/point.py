"""Stage points: a place that many hosts reach, named by an fsspec URL, through which bytes travel.

Files are named by the digest of their bytes, so equal ones are stored once, and lie there as they
are, so other tools can read them:

    <stage point>/flowlab-<run>/<digest><suffix>
"""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from importlib.util import find_spec
from urllib.parse import SplitResult, unquote, urlsplit

from flowlab.errors import StageError, UsageError
from flowlab.model.limits import PIECE
from flowlab.model.payload import Staged
from flowlab.staging.depot import depot_of, local_path
from flowlab.staging.faults import attempt, explain, failed, protocol_of, show
from flowlab.staging.pieces import DIGEST, Bytes, digest_of, pieces_of
from flowlab.staging.remote import RemoteDepot, Stream

FOLDER = "flowlab-"  # how the names of all our folders begin, and of none that we did not make

_SUFFIX = re.compile(r"\.[A-Za-z0-9_-]{1,16}")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_SECRETS = frozenset({
    "signature", "sig", "token", "key", "apikey", "secret", "password", "passwd", "pwd",
    "credential", "credentials", "amz", "goog",
})  # fmt: skip
_READ_ONLY = frozenset({"http", "https", "data", "zip", "tar", "github", "reference"})


def check_point(url: object) -> str:
    """A stage point in its one form: an absolute path, or a URL without a slash at its end.

    Raises UsageError for what cannot be one, or would show credentials wherever it is named.
    """
    text = os.fspath(url) if isinstance(url, str | os.PathLike) else ""
    if not text.strip() or "\0" in text:
        raise UsageError(
            f"a stage point is a directory or a URL such as 's3://bucket', not {url!r}"
        )
    if protocol_of(text) == "file":
        return os.path.abspath(os.path.expanduser(local_path(text)))
    _check_url(text)
    plain = text.rstrip("/")
    return f"{plain}//" if plain.endswith(":") else plain


# size: what may be said of a file on its way, each by name
def put_staged(
    source: Bytes,
    folder: str,
    suffix: str = "",
    *,
    packed: bool = False,
    anew: bool = False,
    watch: Callable[[], None] | None = None,
) -> Staged:
    """Put bytes, or those of a file, into a folder of a stage point, unless they are there.

    suffix  of the file's original name, for other tools; one that could harm is left out
    packed  what the value's `packed` says
    anew    write them though a file of this name is there
    watch   called before each piece; a StageError of it ends the writing, and nothing is there
    """
    staged = plan_staged(source, folder, suffix, packed=packed, watch=watch)
    put_planned(source, staged, anew=anew, watch=watch)
    return staged


def plan_staged(
    source: Bytes,
    folder: str,
    suffix: str = "",
    *,
    packed: bool = False,
    watch: Callable[[], None] | None = None,
) -> Staged:
    """Where the bytes will lie; they are read, and nothing is written."""
    try:
        digest, size = digest_of(_watched(pieces_of(source), watch))
    except OSError as error:
        fault = explain(error)
    else:
        name = digest + safe_suffix(suffix)
        return Staged(join(folder, name), size, digest, packed)
    raise failed("read", str(source), fault)


def safe_suffix(suffix: str) -> str:
    """The suffix of a file's name, as it may stand in any name; empty for one that could harm."""
    return suffix if _SUFFIX.fullmatch(suffix) else ""


def put_planned(
    source: Bytes,
    staged: Staged,
    *,
    anew: bool = False,
    watch: Callable[[], None] | None = None,
) -> None:
    """Put the bytes where they were planned, unless they are there; `anew`: all the same."""
    url, folder = staged.url, staged.url.rpartition("/")[0]
    depot = depot_of(url)
    if not anew and attempt("look at", url, partial(depot.size, url)) == staged.size:
        return
    attempt("make", folder, partial(depot.make, folder))

    def write() -> None:
        depot.write(url, _watched(_same(source, staged.digest), watch), staged.size)

    attempt("write", url, write)


def size_of(url: str) -> int | None:
    """Bytes of what a URL names; None when its server does not say."""
    return attempt("read", url, lambda: depot_of(url).size(url))


def read_staged(staged: Staged) -> Iterator[memoryview]:
    """The bytes, in pieces.

    Raises StageError, at the end if not before, when they are not those that were put there: who
    writes them has a whole only when this ended.
    """
    depot, url = depot_of(staged.url), staged.url
    size = attempt("read", url, lambda: depot.size(url))
    if size is None:
        raise StageError(
            f"cannot read {show(url)}: it is not there; somebody removed it, what put it there is "
            "over, or the stage point itself is gone or not mounted here"
        )
    if size != staged.size:
        raise _altered(staged, f"it has {size} bytes instead of {staged.size}")
    state = hashlib.blake2b(digest_size=DIGEST)
    for at in range(0, size, PIECE):
        count = min(PIECE, size - at)
        piece = attempt("read", url, partial(depot.read, url, at, count))
        if len(piece) != count:
            raise _altered(staged, "it became shorter while it was read")
        state.update(piece)
        yield memoryview(piece)
    if state.hexdigest() != staged.digest:
        raise _altered(staged, "its bytes are not those that were put there")


def read_url(url: str) -> Iterator[memoryview]:
    """The bytes of any URL or local file, in pieces; StageError when it changes meanwhile."""
    if protocol_of(url) == "file":
        yield from _read_local(url)
        return
    depot, stream = RemoteDepot(), Stream(url)
    before = attempt("read", url, lambda: depot.version(url))
    while piece := attempt("read", url, stream.read):
        yield memoryview(piece)
    if attempt("read", url, lambda: depot.version(url)) != before:
        raise StageError(f"{show(url)} changed while it was read; read it when it is complete")


def exists(url: str) -> bool:
    """Whether a URL or path names something."""
    depot = depot_of(url)

    def look() -> bool:
        with suppress(FileNotFoundError):
            depot.version(url)
            return True
        return False

    return attempt("read", url, look)


def remove_staged(urls: Iterable[str]) -> None:
    """Remove files; those that are gone are passed over."""
    for url in urls:
        attempt("remove", url, partial(depot_of(url).remove, url))


def remove_folder(folder: str) -> None:
    """Remove a folder of ours at a stage point with all that is in it, if it is there."""
    if not folder.rstrip("/").rpartition("/")[2].startswith(FOLDER):
        raise StageError(f"{show(folder)} is no folder of flowlab's: it is left as it is")
    attempt("remove", folder, lambda: depot_of(folder).remove_tree(folder))


def join(folder: str, name: str) -> str:
    """A name in a folder."""
    return f"{folder}{name}" if folder.endswith("/") else f"{folder}/{name}"


def check_url(text: str) -> None:
    """Raises UsageError for a URL that nobody can read, or that holds credentials."""
    from fsspec.registry import known_implementations, registry  # noqa: PLC0415 - loaded at need

    protocol = protocol_of(text)
    for link in text.split("::"):  # as in `simplecache::https://…`
        if secret := _secret_in(link):
            raise UsageError(
                f"{show(text)} holds {secret}, which would be written down wherever the URL is: "
                "credentials belong into fsspec's own configuration; FileHandle.load(URL) takes "
                "the bytes at once, and keeps no URL"
            )
    if protocol not in known_implementations and protocol not in registry:
        raise UsageError(f"{show(text)} has a protocol that fsspec does not know: {protocol!r}")
    package = known_implementations.get(protocol, {}).get("class", "").partition(".")[0]
    if package and find_spec(package) is None:
        raise UsageError(
            f"{show(text)} needs the package {package}, here and on every host of the engines: "
            f"pip install {package}"
        )


def _check_url(text: str) -> None:
    """Raises UsageError; no message repeats what may be a secret."""
    protocol, parts = protocol_of(text), _split(text)
    if "::" in text or parts.query or parts.fragment or parts.password is not None:
        raise UsageError(
            f"the stage point {show(text)} has more in it than a place: leave out passwords, "
            "queries and '::'; credentials belong into fsspec's own configuration"
        )
    if protocol in _READ_ONLY:
        raise UsageError(f"the stage point {show(text)} cannot be written: {protocol} only reads")
    check_url(text)
    if not parts.netloc and protocol != "memory":
        raise UsageError(f"the stage point {show(text)} names no bucket or host")


def _watched(
    pieces: Iterator[memoryview], watch: Callable[[], None] | None
) -> Iterator[memoryview]:
    for piece in pieces:
        if watch is not None:
            watch()
        yield piece


def _secret_in(url: str) -> str:
    """Which credentials a URL holds, in words, as far as one can know; empty for none."""
    parts, is_web = _split(url), protocol_of(url) in ("http", "https")
    if parts.password is not None:
        return "a password"
    if is_web and parts.username is not None:
        return "a user's name or token"
    if is_web and parts.fragment:
        return "a part behind '#', which no server gets"
    for pair in re.split("[&;]", f"{parts.query}&{parts.fragment}"):
        key = unquote(pair.partition("=")[0])
        if not _SECRETS.isdisjoint(word.lower() for word in _WORD.findall(key)):
            return "a signature, key or token"
    return ""


def _split(url: str) -> SplitResult:
    with suppress(ValueError):  # its words repeat the URL
        return urlsplit(url)
    raise UsageError(
        f"the host in a URL of the protocol {protocol_of(url)!r} cannot be read: look for brackets "
        "and odd characters in it"
    )


def _same(source: Bytes, digest: str) -> Iterator[memoryview]:
    """The bytes once more; StageError, before the file has its name, when they are others now."""
    if not isinstance(source, os.PathLike):
        yield from pieces_of(source)
        return
    state = hashlib.blake2b(digest_size=DIGEST)
    for piece in pieces_of(source):
        state.update(piece)
        yield piece
    if state.hexdigest() != digest:
        raise StageError(f"{str(source)!r} changed while it was read; read it when it is complete")


def _read_local(url: str) -> Iterator[memoryview]:
    """A local file is read once: what fails here does not pass."""
    try:
        yield from pieces_of(local_path(url))
        return
    except OSError as error:
        fault = explain(error)
    raise failed("read", url, fault)


def _altered(staged: Staged, why: str) -> StageError:
    return StageError(
        f"{show(staged.url)} is not what was put there: {why}; somebody changed the stage point's "
        "file, or it was cut off. Run the task again that made it"
    )
