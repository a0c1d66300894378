"""`start_worker`: what the bootstrap calls in an engine's process, once or again.

The link runs in a thread; tasks run in the main thread, in slices on the engine's own event loop,
so that the engine stays usable by `%px`.
"""

import logging
import os
import platform
import socket
import threading
import time
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from flowlab.errors import ClusterError, FlowlabError
from flowlab.model.ids import EngineId
from flowlab.shared.keys import remember_run
from flowlab.staging.copies import live_below
from flowlab.staging.host import host_id, host_name
from flowlab.staging.store import HostStore
from flowlab.worker.board import Board
from flowlab.worker.carrier import Carrier
from flowlab.worker.duplex import Duplex
from flowlab.worker.environment import Marks, scrub
from flowlab.worker.link import EngineLink, Held
from flowlab.worker.loop import BatchLoop
from flowlab.worker.messages import HandedBack, Hello, Interrupted

_SLICE = 0.05  # s; between two slices the engine's event loop has its turn
_AFTER_A_BUG = 0.5  # s
_REACH = 10.0  # s until the scheduler process must have answered
_LEASE = 120.0  # s without the scheduler process, after which an engine gives its tasks up

_log = logging.getLogger(__name__)
_workers: dict[str, "Worker"] = {}


def start_worker(
    kernel: Any,
    address: str,
    *,
    run: str,
    engine: EngineId,
    key: str,
    store: Path,
    boards: Path,
    sandboxes: Path,
    curve: bytes = b"",
    own: bool = False,
    reach: float = _REACH,
    leave: Callable[[], None] | None = None,
) -> dict[str, object]:
    # size: an order that comes from another process, where each of its items has this name
    """Link this engine to a scheduler process; called again, it takes the link up anew.

    kernel  of the engine; its event loop runs the tasks
    own     the engine was started by us: it ends itself when it is not wanted any longer
    reach   s to wait for an answer
    leave   what is to be done when the engine gives its tasks up: places that are its own
    Raises ClusterError that names both ends when the address does not answer, or refuses.
    """
    scrub(os.environ)
    remember_run(run, key)
    worker = _workers.get(str(boards))
    if worker is None:
        worker = _workers[str(boards)] = Worker(kernel, engine, store, boards, sandboxes)
        worker.mark(run)
    worker.own, worker.leave = own, leave
    if own:
        live_below(sandboxes)  # what is there goes with the run, even if this process is killed
    return worker.connect(address, key, curve, reach)


class Worker:
    """The parts of one engine's worker, and the link's `Side`."""

    def __init__(
        self, kernel: Any, engine: EngineId, store: Path, boards: Path, sandboxes: Path
    ) -> None:
        self.own = False
        self.leave: Callable[[], None] | None = None
        self._kernel = kernel
        self._engine = engine
        self._host = host_id()
        self._store = store
        self._board = Board(boards / f"{engine}-{os.getpid()}")
        self._duplex = Duplex()
        self._link: EngineLink | None = None
        self._key = ""
        self._refusal = ""
        self._began = time.time()
        self._was_welcome = False
        self._scheduled = False
        self._schedule_lock = threading.Lock()
        self._here = here = HostStore(store, self._host)
        threading.Thread(target=here.prefault, name="flowlab-prefault", daemon=True).start()
        self._carrier = Carrier(here)
        self._loop = BatchLoop(self._send, here, self._board, sandboxes, engine=engine)

    def mark(self, run: str) -> None:
        """Mark what tasks will start as this run's."""
        self._marks = Marks(run, self._engine)
        self._marks.put(os.environ)

    def connect(self, address: str, key: str, curve: bytes, reach: float) -> dict[str, object]:
        """Begin a link in place of the one before."""
        if self._link is not None:
            self._link.stop()
        self._key, self._refusal = key, ""
        self._link = link = EngineLink(
            address, self._loop, self._duplex, self._carrier, self, curve=curve
        )
        self._loop.wake = self._carrier.wake = link.wake
        link.start()
        deadline = time.monotonic() + reach
        while not link.welcome.wait(0.02) and not self._refusal and time.monotonic() < deadline:
            continue
        if link.welcome.is_set():
            self._was_welcome = True
            return {"engine": self._engine, "pid": os.getpid(), "host": self._host}
        link.stop()
        here = f"engine {self._engine} (process {os.getpid()} on {socket.gethostname()})"
        if self._refusal:
            raise ClusterError(f"the scheduler process refuses {here}: {self._refusal}")
        raise ClusterError(
            f"{here} cannot reach the scheduler process at {address} within {reach:g} s; "
            "open that port between the two hosts, or tunnel it"
        )

    # the link's Side

    def hello(self, held: Held) -> Hello:
        """What this engine says of itself."""
        return Hello(
            engine=self._engine,
            key=self._key,
            host=self._host,
            pid=os.getpid(),
            started=self._began,
            slots=1,
            versions=own_versions(),
            store=str(self._store),
            fault=_fault(self._store),
            board=str(self._board.path),
            held=held,
            name=host_name(),
        )

    def work_came(self) -> None:
        """Let the main thread run tasks, if it is not told so already."""
        with self._schedule_lock:
            if self._scheduled:
                return
            self._scheduled = True
        self._kernel.io_loop.add_callback(self._slice)

    def refused(self, reason: str) -> None:
        """Stop at once: what this engine has was given to others."""
        self._refusal = reason
        self._give_up(reason)

    def alone(self, seconds: float) -> None:
        """Nobody answers; after a while nobody will."""
        if seconds > _LEASE or not self._board.path.exists():
            self._give_up(f"no scheduler process for {seconds:.0f} s")

    def broke(self) -> None:
        """A bug of ours: an engine of ours ends, and what it had is given to others."""
        if self.own:
            self._leave()
            os._exit(1)

    def _give_up(self, reason: str) -> None:
        """End the engine if it is ours; else leave it to its owner with nothing of ours running."""
        _log.warning("flowlab: engine %s gives up: %s", self._engine, reason)
        if self.own and self._was_welcome:
            self._leave()
            os._exit(0)
        self._loop.accept(HandedBack())
        running = self._loop.running
        if running is not None:
            self._loop.accept(Interrupted(*running))
            self._loop.tick()
            return  # the link stays until the task has ended: it says Hello, and is refused again
        if self._link is not None:
            self._link.stop()
        self._carrier.close()
        self._carrier = Carrier(self._here)  # should another client come
        self._leave()
        self._marks.take_off(os.environ)

    def _leave(self) -> None:
        if self.leave is not None:
            try:
                self.leave()
            except (OSError, FlowlabError):
                _log.exception("flowlab: engine %s could not clean up behind it", self._engine)

    def _send(self, report: Any) -> None:
        if self._link is not None:
            self._link.send(report)

    def _slice(self) -> None:
        """One turn in the main thread."""
        with self._schedule_lock:
            self._scheduled = False
        try:
            more = self._loop.run_slice(_SLICE)
        except Exception:  # noqa: BLE001 - our bug must not leave tasks waiting for ever
            _log.exception("flowlab: a slice failed; its tasks are tried again")
            self._kernel.io_loop.call_later(_AFTER_A_BUG, self.work_came)
            return
        if more:
            self.work_came()


def own_versions() -> dict[str, str]:
    """What must agree with the scheduler process."""
    return {
        "python": ".".join(platform.python_version_tuple()[:2]),
        "cloudpickle": ".".join(_version("cloudpickle").split(".")[:2]),
        "flowlab": _version("jupyter-flowlab"),
    }


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def _fault(store: Path) -> str:
    """Why the store cannot be written; empty when it can."""
    probe = store / f"probe-{os.getpid()}"
    try:
        probe.write_bytes(b"1")
        probe.unlink()
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""
