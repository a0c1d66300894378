"""The scheduler process: `python -m flowlab.session.main RUN`, orders on its standard input.

Holds pump, journal, cluster and the kernels' links; ends, and takes everything along, when no
kernel is left. The one rule: it says on standard output whether it listens, before anything starts.
"""

import gc
import json
import os
import pkgutil
import secrets
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path

import msgspec

from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.descriptors import make_room
from flowlab.cluster.engines import EngineCluster
from flowlab.cluster.port import Cluster
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory
from flowlab.errors import FlowlabError, SessionError
from flowlab.events.journal import JournalWriter, read_journal
from flowlab.events.messages import EngineJoined, EngineLost, EventUnion
from flowlab.events.owner import describe_owner
from flowlab.events.stream import Stream
from flowlab.model.ids import EngineId
from flowlab.session.address import listen
from flowlab.session.pump import Pump
from flowlab.session.server import Server
from flowlab.session.start import Orders
from flowlab.session.table import ObjectTable

YOUNG = 100_000  # objects made until the collector looks for circles among the new ones
ENDING = 4.0  # s for an orderly end; then the process ends anyhow, and the reaper does the rest


class Process:
    """All that lives in this process; `umask` is the kernel's, which tasks get back."""

    def __init__(self, run: RunDirectory, orders: Orders, umask: int) -> None:
        self._run = run
        self._over = threading.Event()
        self._reaper = Reaper.attach(orders.reaper)
        self._table = ObjectTable(run.objects)
        journal = Path(orders.journal)
        before = read_journal(journal).entries if orders.takeover else ()
        self._journal = JournalWriter(journal, {"run": run.run, **describe_owner(orders.owner[0])})
        engines = _known_engines(entry.event for entry in before)
        first = before[0].seq if before else 1
        self._pump = Pump(
            lambda: _make_cluster(run, self._reaper, orders, engines, umask),
            self._table,
            self._journal,
            Stream(first),
        )
        self._pump.replay(before)
        if self._pump.stream.last < orders.after:
            raise SessionError(
                f"the scheduler process was killed, and its journal {journal} is not complete "
                f"({self._pump.stream.last} of {orders.after} entries): make a new Client"
            )
        self._listener = listen(run)
        self._server = Server(
            self._pump, self._listener, secrets.token_hex(8), orders.owner, self._over.set
        )

    def start(self) -> None:
        """Start the cluster, then let kernels in."""
        signal.signal(signal.SIGTERM, lambda *_: self._over.set())
        # Records are many and are cut loose when over: to walk them often was a third of the work
        gc.freeze()
        gc.set_threshold(YOUNG, 20, 100)
        self._pump.start()
        self._server.start()

    def live(self) -> None:
        """Until nobody is left."""
        self._over.wait()
        self._end()

    def _end(self) -> None:
        timer = threading.Timer(ENDING, os._exit, (1,))
        timer.daemon = True
        timer.start()
        self._listener.close()
        self._pump.close()
        self._journal.close()
        self._run.remove()
        self._reaper.close()


def _known_engines(events: Iterable[EventUnion]) -> dict[EngineId, int]:
    """Engines that the process before had, with their pids."""
    known: dict[EngineId, int] = {}
    for event in events:
        if isinstance(event, EngineJoined):
            known[event.engine] = event.pid
        elif isinstance(event, EngineLost):
            known.pop(event.engine, None)
    return known


def _make_cluster(
    run: RunDirectory, reaper: Reaper, orders: Orders, known: dict[EngineId, int], umask: int
) -> Cluster:
    if orders.factory:
        made: Cluster = pkgutil.resolve_name(orders.factory)(run, known)
        return made
    choice = msgspec.convert(orders.choice, EngineChoice)
    if orders.takeover:
        return EngineCluster.adopt(run, reaper, choice, known, umask)
    return EngineCluster(run, reaper, choice, umask=umask)


def main(path: str) -> None:
    """Read the orders, say whether they can be followed, and follow them."""
    make_room()
    # Ctrl-C in the notebook's terminal is the kernel's business
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    umask = os.umask(0o077)  # ipyparallel's logs and files are the user's own business, too
    orders = msgspec.json.decode(sys.stdin.buffer.read(), type=Orders)
    try:
        process = Process(RunDirectory.open(Path(path)), orders, umask)
        process.start()
    except FlowlabError as error:
        _answer({"fault": str(error)})
        return
    _answer({"ready": os.getpid()})
    process.live()


def _answer(answer: dict[str, object]) -> None:
    """Say one line, and nothing on standard output ever after: the pipe may be gone."""
    os.write(1, json.dumps(answer).encode() + b"\n")
    os.dup2(2, 1)


if __name__ == "__main__":
    main(sys.argv[1])
    os._exit(0)  # threads of libraries must not hold up an end that is complete
