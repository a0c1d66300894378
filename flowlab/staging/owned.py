"""Files at a stage point that this process put there for itself: counted, and removed after use.

What has been sent to others is not ours to count: it stays until this process ends. The end of a
session is too early: a task may have given the handle on, or back to who keeps it.
"""

import os
import threading
from collections import Counter
from contextlib import suppress
from queue import SimpleQueue
from weakref import finalize

from flowlab.errors import StageError
from flowlab.model.payload import Staged
from flowlab.staging.leases import own_folder
from flowlab.staging.pieces import Bytes
from flowlab.staging.point import plan_staged, put_planned, remove_staged

_uses: Counter[str] = Counter()
_sent: set[str] = set()
# URLs, by finalizers: they may run anywhere, and wait for no lock; or who waits for the others
_unused: SimpleQueue[str | threading.Event] = SimpleQueue()
_lock = threading.Lock()
_removers: set[int] = set()  # processes that have a thread which removes


class Owned:
    """One use of a file at a stage point; the file goes with the last one."""

    def __init__(self, staged: Staged) -> None:
        self.staged = staged
        with _lock:  # not while the file is being removed
            _uses[staged.url] += 1
        finalize(self, _unused.put, staged.url).atexit = False  # the folder goes then

    def send(self) -> Staged:
        """What is staged, for somebody else: it stays as long as this process."""
        with _lock:
            _sent.add(self.staged.url)
        return self.staged


def put_owned(source: Bytes, point: str, suffix: str) -> Owned:
    """Put bytes into this process' own folder at a stage point."""
    _start()
    owned = Owned(plan_staged(source, own_folder(point), suffix))
    put_planned(source, owned.staged)
    return owned


def _start() -> None:
    with _lock:
        starts = os.getpid() not in _removers
        _removers.add(os.getpid())
    if starts:
        threading.Thread(target=_remove_unused, name="flowlab unstaging", daemon=True).start()


def settled() -> None:
    """Wait until what nobody has any longer is removed."""
    done = threading.Event()
    _start()
    _unused.put(done)
    done.wait()


def _remove_unused() -> None:
    while True:
        url = _unused.get()
        if isinstance(url, threading.Event):
            url.set()
            continue
        with _lock:
            _uses[url] -= 1
            if _uses[url] > 0 or url in _sent:
                continue
            del _uses[url]
            with suppress(StageError):  # the whole folder goes when the process ends
                remove_staged([url])
