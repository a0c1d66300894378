"""What a client shares with its sessions: the way to the pump, the picture of it, the store."""

import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flowlab.cluster.port import STARTING
from flowlab.errors import ClusterError, SessionError, UsageError
from flowlab.graph.nodes import Task
from flowlab.model.ids import EngineId, split_id
from flowlab.model.resources import describe_hosts, is_there
from flowlab.session.link import Link
from flowlab.session.logs import Logs
from flowlab.session.mirror import Mirror
from flowlab.shared.home import Home
from flowlab.staging.store import HostStore

SOME = 8  # engines, as long as nobody has said how many there will be
_LOOK = 0.05  # s between two looks while somebody waits


@dataclass
class Reach:
    """Belongs to one client and to the process that made it.

    open_store  makes the run directory at first need, and its store
    largest     cpus of the largest host as far as it is known before engines are there
    home        makes the run directory at first need, for managers of shared objects
    """

    link: Link
    mirror: Mirror
    open_store: Callable[[], HostStore]
    largest: int | None = None
    home: Callable[[], Home] | None = None
    pid: int = field(default_factory=os.getpid)
    _store: HostStore | None = None
    _started: bool = False
    _starting: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.logs = Logs(self.link, self.mirror)

    @property
    def store(self) -> HostStore:
        """The store of this host."""
        if self._store is None:
            self._store = self.open_store()
        return self._store

    def open_home(self) -> Home:
        """What a manager of shared objects needs of the client."""
        self.check_process()
        if self.home is None:
            raise SessionError("this client has no place for shared objects")
        return self.home()

    def start(self) -> None:
        """Start what is needed, once; returns at once."""
        self.check_process()
        with self._starting:
            if self._started:
                return
            self.link.start()  # a start that failed is tried again at the next need
            self.link.follow(self.logs.take)  # first: who waits for a task finds its log here
            self.link.follow(self.mirror.take)
            self._started = True

    @property
    def started(self) -> bool:
        """Whether there was a need."""
        return self._started

    def describe(self, patience: float = 0.0) -> dict[str, object]:
        """Engines and tables, for people.

        patience  s to wait while engines run tasks already and ipyparallel cannot reach them yet
        """
        self.check_process()
        if not self._started:
            return {"engines": "none yet: they start at the first submit"}
        end = time.monotonic() + patience
        while True:
            told = self.link.describe()
            is_half = told.get("controller") == STARTING and told["engines"]
            if not is_half or time.monotonic() > end:
                return told
            time.sleep(_LOOK)

    def server_info(self) -> dict[str, object]:
        """What each engine holds, in the form that Rain's users know."""
        self.check_process()
        if not self._started:
            return {"governors": [], "objects": []}
        told = self.link.inventory()
        governors = [
            {
                "governor_id": each["engine"],
                "tasks": [split_id(task) for task in each["tasks"]],
                "objects": [split_id(thing) for thing in each["objects"]],
                "objects_to_delete": [],  # what nobody needs is dropped at once
                "resources": {"cpus": each["slots"]},
            }
            for each in told["engines"]
        ]
        others = [split_id(thing) for thing in told["others"]["objects"]]
        return {"governors": governors, "objects": others}

    def check_process(self) -> None:
        """Raise in a process that was forked from the client's."""
        if os.getpid() != self.pid:
            raise SessionError(
                f"this process ({os.getpid()}) was forked from the one that made the client "
                f"({self.pid}) and cannot use it; make a Client of its own here"
            )

    def engines(self) -> int:
        """How many engines there are or are to come; a guess while nothing is known of them."""
        capacity = self.mirror.roster.capacity
        wanted = capacity.engines if capacity else self.largest or SOME
        return max(1, wanted, len(self.mirror.roster.engines))

    def check_place(self, task: Task) -> None:
        """Raise UsageError when there is no engine for the task, as far as they are known."""
        roster = self.mirror.roster
        engines, where = roster.engines, task.resources.where
        if (
            where
            and roster.complete()
            and not any(is_there(where, *each) for each in engines.items())
        ):
            raise UsageError(
                f"{task!r} may run on {', '.join(map(str, where))} only, and there is no such host "
                f"or engine; known are {describe_hosts(engines.items())}"
            )
        if task.resources.cpus > 1:
            self._check_cpus(task)

    def hosts(self) -> Mapping[str, list[EngineId]]:
        """Hosts by name with their engines; waits until those that were asked for have come."""
        self.start()
        roster = self.mirror.roster

        def come() -> bool:
            if fault := self.link.fault or roster.unavailable:
                raise ClusterError(fault)
            return roster.complete()

        self.mirror.wait(come)
        return roster.hosts()

    def _check_cpus(self, task: Task) -> None:
        capacity = self.mirror.roster.capacity
        largest = capacity.largest if capacity else self.largest
        cpus = task.resources.cpus
        if largest is not None and cpus > largest:
            raise UsageError(
                f"{task!r} needs {cpus} cpus, and the largest host has {largest}; ask for fewer, "
                f"or have more engines: Client(n={cpus})"
            )
