"""Whose a folder at a stage point is, and that he still lives.

    <stage point>/flowlab-<run>/.lease     who made it; written again and again while it is in use

A process that dies leaves its folder. `leftovers.py` finds it by a lease that nobody renews.
"""

import atexit
import getpass
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from flowlab.errors import StageError
from flowlab.events.owner import describe_owner
from flowlab.staging.depot import depot_of
from flowlab.staging.faults import attempt
from flowlab.staging.point import FOLDER, join, remove_folder

LEASE = ".lease"
RENEW = 120.0  # s between renewals
SOON = 10.0  # s after one that failed

_held: dict[str, int] = {}  # folder -> the process that holds it
_own: dict[tuple[int, str], str] = {}  # process and stage point -> its folder
_lock = threading.Lock()
_renewing = threading.Lock()  # a renewal that was late would make a folder again that is gone
_renewers: set[int] = set()  # processes that have a thread which renews
_woken = threading.Event()  # a first renewal failed: the next one may not wait its time
_closing: set[int] = set()  # processes that remove their own folders when they end


class Lease(msgspec.Struct, frozen=True):
    """What a lease says: who made the folder, and on which host by which processes."""

    run: str
    user: str
    host: str
    processes: list[Any]

    def owner(self) -> dict[str, Any]:
        """As events.owner reads it."""
        return {"host": self.host, "processes": self.processes}


def renew(folder: str) -> None:
    """Say that the folder is in use by this process; it is made when it is not there."""
    run = folder.rstrip("/").rpartition("/")[2].removeprefix(FOLDER)
    known = describe_owner(os.getpid())
    text = msgspec.json.encode(Lease(run, _user(), known["host"], known["processes"]))
    depot, url = depot_of(folder), join(folder, LEASE)
    attempt("make", folder, lambda: depot.make(folder))
    attempt("write", url, lambda: depot.write(url, [memoryview(text)], len(text)))


def hold(folder: str) -> None:
    """Make a folder at a stage point, and renew its lease until `let_go` or this process' end.

    Raises StageError when the point is away. The folder is held all the same: it may be filled when
    the point is back, and would be taken for a leftover without a lease.
    """
    pid = os.getpid()
    with _lock:
        _held[folder] = pid
        starts = pid not in _renewers
        _renewers.add(pid)
    if starts:
        threading.Thread(target=_renew_all, name="flowlab leases", daemon=True).start()
    try:
        renew(folder)
    except StageError:
        _woken.set()
        raise


def let_go(folder: str) -> None:
    """Remove a folder with all that is in it; its lease is renewed no longer."""
    _release(folder)
    remove_folder(folder)


def own_folder(point: str) -> str:
    """This process' own folder at a stage point, for what belongs to no session.

    Made at the first need, removed when the process ends.
    """
    pid = os.getpid()
    with _lock:
        known = _own.get((pid, point))
    if known is not None:
        return known
    folder = join(point, f"{FOLDER}{secrets.token_hex(8)}")
    try:
        hold(folder)
    except StageError:  # the next need gets another one
        _release(folder)
        raise
    with _lock:
        first = _own.setdefault((pid, point), folder)
        registers = pid not in _closing
        _closing.add(pid)
    if registers:
        _at_exit(close_own)
    if first != folder:  # another thread was faster
        let_go(folder)
    return first


def close_own() -> None:
    """Remove this process' own folders; it runs by itself when the process ends."""
    with _lock:
        mine = [(key, folder) for key, folder in _own.items() if key[0] == os.getpid()]
        for key, _ in mine:
            del _own[key]
    for _, folder in mine:
        let_go(folder)


def _renew_all() -> None:
    pid = os.getpid()
    late: list[str] = []
    while True:
        _woken.wait(SOON if late else RENEW)
        _woken.clear()
        with _lock:
            folders = [folder for folder, holder in _held.items() if holder == pid]
        late = [folder for folder in folders if not _renew_held(folder)]


def _renew_held(folder: str) -> bool:
    """Whether it need not be tried again soon."""
    with _renewing:
        if folder in _held:
            with suppress(StageError):  # who uses the point next is told; the lease has hours
                renew(folder)
                return True
            return False
    return True


def _release(folder: str) -> None:
    with _renewing, _lock:
        _held.pop(folder, None)


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return str(os.getuid())


# Before threads are ended: fsspec's file systems look hosts up in one
_at_exit: Callable[[Callable[[], None]], object] = getattr(
    threading, "_register_atexit", atexit.register
)
