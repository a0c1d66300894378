"""The program of our own engines: linked at once, and an IPython engine as soon as there is time.

IPython and ipyparallel take longer to import, and a controller to start, than many a graph to run:
tasks wait for neither. The one rule: whatever goes wrong with those does not end the engine, which
then runs tasks and cannot be used by `%px`.
"""

import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NoReturn

from flowlab.cluster.bootstrap import bootstrap
from flowlab.cluster.descriptors import make_room

# A dead hub is no reason for an engine to end itself: it is watched by its link. It waits for the
# hub as long as it can leave tasks waiting.
ARGUMENTS = ("--IPEngine.max_heartbeat_misses=0", "--IPEngine.timeout=10")
# Imported one by one: tasks that come meanwhile wait for one of them, not for all
_PARTS = (
    "traitlets.config",
    "IPython.core.interactiveshell",
    "ipykernel.kernelapp",
    "ipyparallel.client.client",
    "ipyparallel.engine.app",
)
BACKEND = "module://matplotlib_inline.backend_inline"  # what ipykernel says where nobody did
_REST = 0.25  # s without a task after which there is time
_LONGEST = 3.0  # s of tasks after which there must be
_LOOK = 0.1  # s between two looks whether the controller is there

_log = logging.getLogger(__name__)


class Turns:
    """What the main thread is to run, in order; until an event loop takes that over.

    Stands for the kernel that a worker runs on, and for its loop.
    """

    def __init__(self) -> None:
        self.io_loop = self
        self._waiting: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._lock = threading.Lock()
        self._loop: Any = None

    def add_callback(self, turn: Callable[[], None]) -> None:
        """Have this run in the main thread; from any thread."""
        with self._lock:
            if self._loop is None:
                self._waiting.put(turn)
                return
        self._loop.add_callback(turn)

    def call_later(self, seconds: float, turn: Callable[[], None]) -> None:
        """As above, after some time."""
        timer = threading.Timer(seconds, self.add_callback, (turn,))
        timer.daemon = True
        timer.start()

    def take(self, seconds: float | None) -> bool:
        """Run the next one, when it comes within so many seconds; whether it did."""
        try:
            turn = self._waiting.get(timeout=seconds)
        except Empty:
            return False
        turn()
        return True

    def take_all(self) -> None:
        """Run those that wait."""
        while not self._waiting.empty():
            self.take(0)

    def take_until_quiet(self) -> None:
        """Run what comes, until nothing has for a while, or for long enough."""
        end = time.monotonic() + _LONGEST
        while self.take(_REST) and time.monotonic() < end:
            continue

    def pass_to(self, loop: Any) -> None:
        """Let this event loop run them from now on; what waits goes first."""
        with self._lock:
            self._loop = loop
        while not self._waiting.empty():
            loop.add_callback(self._waiting.get())

    def take_back(self) -> None:
        """The event loop is no more."""
        with self._lock:
            self._loop = None


def main() -> None:
    """Follow the order on standard input: see spawn.py."""
    make_room()
    text = sys.stdin.read()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    signal.signal(signal.SIGINT, lambda *_: None)  # a task that runs has a handler of its own
    sys.path.insert(0, "")  # modules beside the notebook are the tasks' too
    os.environ.setdefault("MPLBACKEND", BACKEND)  # as later, for tasks that come before it is set
    turns = Turns()
    bootstrap(turns, text)
    turns.take_until_quiet()
    try:
        join_controller(json.loads(text), turns)
    except (Exception, SystemExit):  # noqa: BLE001 - see the one rule
        _log.exception("this engine cannot be used by ipyparallel; it goes on with tasks")
        turns.take_back()
        while True:
            turns.take(None)


def join_controller(order: dict[str, Any], turns: Turns) -> None:
    """Be an engine of ipyparallel's, to its end; raises when that cannot be."""
    for part in _PARTS:
        with _nothing_of_the_user():
            import_module(part)
        turns.take_all()
    file = Path(order["profile"]) / "security" / f"ipcontroller-{order['run']}-engine.json"
    while not _is_written(file):
        turns.take(_LOOK)
    app: Any = import_module("ipyparallel.engine.app").IPEngine.instance()
    app.exit = _refuse  # it would end the process
    app.initialize(
        [
            f"--profile-dir={order['profile']}",
            f"--cluster-id={order['run']}",
            f"--IPEngine.id={order['engine']}",
            *ARGUMENTS,
        ]
    )
    register = app.register

    async def register_alone() -> None:
        """Without a task between: the hub does not wait for ever for the second half."""
        with _environment_of_the_nanny():
            await register()
        turns.pass_to(app.loop)

    app.register = register_alone
    app.start()


def _is_written(file: Path) -> bool:
    """Whether the controller has written its connection file to the end."""
    try:
        return bool(json.loads(file.read_text()))
    except (OSError, ValueError):
        return False


def _refuse(status: int = 0) -> NoReturn:
    raise RuntimeError(f"ipyparallel wanted to end the engine, with status {status}")


@contextmanager
def _nothing_of_the_user() -> Iterator[None]:
    """A file `code.py` beside the notebook must not take the place of the module of that name."""
    before = sys.path[:]
    sys.path[:] = [place for place in before if place]
    try:
        yield
    finally:
        sys.path[:] = before


@contextmanager
def _environment_of_the_nanny() -> Iterator[None]:
    """ipyparallel's nanny starts here; it is nothing that a task of this engine has left behind."""
    before = dict(os.environ)
    del os.environ["FLOWLAB_ENGINE"]
    os.environ["PYTHONSAFEPATH"] = "1"  # see above
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
