"""The shared objects of one session: their manager, and what its tasks hold of them.

The one rule: nothing is started before the first object is made.
"""

import os
import threading
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from multiprocessing.managers import BaseProxy
from typing import Any

from flowlab.events.messages import EngineLost, Entry
from flowlab.graph.owner import Owner
from flowlab.shared.catalog import LOGGER
from flowlab.shared.home import Home
from flowlab.shared.manager import Manager
from flowlab.shared.proxy import Reference, SharedProxy, reference_of
from flowlab.shared.switchboard import Switchboard
from flowlab.tasks.carried import CarriedObjects, Inputs, check_run

Follow = Callable[[Callable[[Sequence[Entry]], None]], Callable[[], None]]


class SharedObjects:
    """Of one session.

    home    gives what a manager needs of the client
    follow  has a reader told what happens
    say     told what people should know, as that a lock was released; from any thread
    """

    def __init__(
        self, owner: Owner, home: Callable[[], Home], follow: Follow, say: Callable[[str], None]
    ) -> None:
        self._owner = owner
        self._tell = say
        self._home = home
        self._follow = follow
        self._lock = threading.Lock()
        self._manager: Manager | None = None
        self._switchboard: Switchboard | None = None
        self._stop: Callable[[], None] | None = None
        self._carried = CarriedObjects(owner)

    def manager(self) -> Manager:
        """Where objects are made; started at the first need."""
        with self._lock:
            if self._manager is None:
                name = str(self._owner.session_id)
                self._manager = Manager(self._home(), name, self._say)
                self._listen()
            return self._manager

    def make_logger(
        self, path: str | os.PathLike[str], settings: Sequence[Any]
    ) -> tuple[SharedProxy, SharedProxy]:
        """Make a logger that writes to a file, and the lock that holds its lines together."""
        place, manager = os.path.abspath(os.path.expanduser(path)), self.manager()
        name = os.path.basename(place)
        made = partial(manager.make, kwds={}, exposed=None, name=name, waits=None)
        return made(LOGGER, (place, *settings)), made("Lock", ())

    def refer(self, proxy: BaseProxy) -> tuple[Reference, Any]:
        """The reference of a proxy in a task of this session, and how it is pickled for it."""
        if not isinstance(proxy, SharedProxy):
            return self._start_switchboard().export(proxy)
        check_run(reference_of(proxy), self._home().run)
        return reference_of(proxy), proxy.__reduce__()

    def inputs(self, references: Iterable[Reference]) -> tuple[Inputs, bool]:
        """Further inputs of a task that holds these, and whether it may wait at one of them."""
        return self._carried.inputs(references)

    def close(self) -> None:
        """End the manager, and all that it has."""
        with self._lock:
            manager, switchboard, stop = self._manager, self._switchboard, self._stop
        if stop is not None:
            stop()
        if switchboard is not None:
            switchboard.close()
        if manager is not None:
            manager.close()

    def _start_switchboard(self) -> Switchboard:
        with self._lock:
            if self._switchboard is None:
                name = f"{self._owner.session_id}-switchboard"
                self._switchboard = Switchboard(self._home(), name, self._say)
                self._listen()
            return self._switchboard

    def _say(self, text: str) -> None:
        """A handler of the user's that raises ends no thread of ours."""
        try:
            self._tell(text)
        except Exception:  # noqa: BLE001 - told as `logging` tells of handlers, on stderr
            traceback.print_exc()

    def _listen(self) -> None:
        """Hear of lost engines."""
        if self._stop is None:
            self._stop = self._follow(self._hear)

    def _hear(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if isinstance(entry.event, EngineLost):
                if self._manager is not None:
                    self._manager.lose(entry.event.engine)
                if self._switchboard is not None:
                    self._switchboard.lose(entry.event.engine)
