"""The built front end as it travels: each file read and packed once, until it is built anew."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"

# All that is handed out, and what it is.
TYPES = {"dashboard.js": "text/javascript; charset=UTF-8"}


@dataclass(frozen=True)
class File:
    """A file's bytes, plain and by gzip; `etag` changes with them."""

    plain: bytes
    packed: bytes
    content_type: str
    etag: str


def is_built() -> bool:
    """Whether there is a front end at all; a checkout has none before the first build."""
    return all((STATIC / name).is_file() for name in TYPES)


def load(name: str) -> File:
    """The file of this name; FileNotFoundError when it is none of ours, or not built."""
    if name not in TYPES:
        raise FileNotFoundError(name)
    path = STATIC / name
    found = path.stat()
    return _read(path, (found.st_mtime_ns, found.st_size))


@lru_cache(maxsize=len(TYPES))
def _read(path: Path, _stamp: tuple[int, int]) -> File:
    """Read a file; another stamp asks for another reading."""
    plain = path.read_bytes()
    etag = f'"{hashlib.sha256(plain).hexdigest()[:32]}"'
    return File(plain, gzip.compress(plain, mtime=0), TYPES[path.name], etag)
