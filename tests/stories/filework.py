"""What stories about files have tasks do, and what they look at."""

import sys
import threading
from hashlib import blake2b
from pathlib import Path

import cloudpickle
import psutil

from flowlab import remote
from flowlab.model.limits import KIB
from tests.stories.watching import run_of

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests


@remote(auto_encode="json")
def sums(ctx, *files):
    """Where this ran, and the digests of what was read."""
    import os
    from hashlib import blake2b

    digests = [blake2b(one.get_bytes(), digest_size=32).hexdigest() for one in files]
    return [os.environ.get("FLOWLAB_HOST", ""), digests]


@remote(auto_encode="json")
def count_bytes(ctx, one):
    """Bytes of a file, without reading it."""
    one.link("file")
    import os

    return os.stat("file").st_size


def scheduler_of(islands):
    """The scheduler process of a client."""
    (pid,) = (
        each.pid
        for each in psutil.process_iter(["cmdline"])
        if "flowlab.session.main" in " ".join(each.info["cmdline"] or ())
        and run_of(islands.client).run in " ".join(each.info["cmdline"])
    )
    return pid


def digest(data):
    return blake2b(data, digest_size=32).hexdigest()


def staged_files(point):
    return [one for one in Path(point).rglob("*") if one.is_file() and one.name != ".lease"]


class Growth:
    """How much private memory of a process grows at most meanwhile."""

    def __init__(self, pid):
        self._status = Path(f"/proc/{pid}/status")
        self._over = threading.Event()
        self.before = self.most = self._private()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()

    @property
    def bytes(self):
        return self.most - self.before

    def _look(self):
        while not self._over.wait(0.002):
            self.most = max(self.most, self._private())

    def _private(self):
        (line,) = (one for one in self._status.read_text().splitlines() if "RssAnon" in one)
        return int(line.split()[1]) * KIB
