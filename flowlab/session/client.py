"""The client: where engines come from, and the sessions that use them.

The one rule: nothing starts before the first submit, or `start`, and everything ends with `close`,
or with the process.
"""

import atexit
import functools
import itertools
import math
import os
import threading
import weakref
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Self

from flowlab.cluster.choice import START_SECONDS, EngineChoice, choose
from flowlab.cluster.inline import InlineCluster
from flowlab.cluster.reaper import Reaper
from flowlab.cluster.run import RunDirectory
from flowlab.errors import SessionError, UsageError
from flowlab.events.messages import OnError
from flowlab.graph import active
from flowlab.model.ids import EngineId, SessionId
from flowlab.model.limits import INLINE_OBJECT, POOL
from flowlab.session.chronicle import Chronicle
from flowlab.session.journals import journal_directory
from flowlab.session.link import Link, LocalLink
from flowlab.session.mirror import Mirror
from flowlab.session.pump import Pump
from flowlab.session.reach import Reach
from flowlab.session.remote import RemoteLink
from flowlab.session.session import Session
from flowlab.session.start import Starter
from flowlab.shared.home import Home
from flowlab.shared.keys import forget_run, remember_run
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore

REACHABLE_SECONDS = 15.0  # s until engines that run tasks can be used by ipyparallel, too
SESSIONS_A_KERNEL = 1 << 16  # session ids of one of a client's kernels

_open: "weakref.WeakSet[Client]" = weakref.WeakSet()


class Client:
    """Engines and sessions.

    n               local engines, one an available core by default
    profile         IPython profile that says how engines are launched
    cluster         a running cluster: its file, its id, an ipyparallel Cluster or Client
    listen          `tcp://ADDRESS:PORT` of this host (PORT may be *) for engines of other hosts
    inline          run tasks in this process, without engines
    linger          s that engines and tasks live on when this process is killed
    engine_timeout  s until engines that do not come are given up
    store_size      bytes of large objects in shared memory, half of what is free by default
    prefault        bytes of it whose pages are made as engines start, so that the first large
                    objects are written twice as fast: up to half of the store, used or not
    spill           directory for large objects beyond that, a temporary one by default
    progress        told in a few words how engines come, in another thread
    """

    # size: a front door; each argument has a default and is given by name
    def __init__(
        self,
        n: int | None = None,
        profile: str | None = None,
        cluster: object = None,
        *,
        listen: str = "",
        inline: bool = False,
        linger: float = 0.0,
        engine_timeout: float = START_SECONDS,
        store_size: int | None = None,
        prefault: int = 0,
        spill: str | Path | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if inline and (profile is not None or cluster is not None):
            raise UsageError("inline=True has no engines: leave out profile= and cluster=")
        if inline and n not in (None, 1):
            raise UsageError(f"inline=True runs one task at a time: leave out n={n!r}")
        _check_seconds("linger", linger, least=0)
        _check_seconds("engine_timeout", engine_timeout, least=1)
        chosen = asdict(choose(n, profile, cluster, listen))
        self._make_run = _run_maker(store_size, prefault, spill)
        self._choice = EngineChoice(**{**chosen, "start_seconds": engine_timeout})
        self._inline = inline
        self._linger = linger
        self._lock = threading.RLock()
        self._run: RunDirectory | None = None
        self._reaper: Reaper | None = None
        self._numbers = itertools.count(1)
        self._sessions: list[weakref.ref[Session]] = []
        self._chronicle = Chronicle(self._journal_directory)
        self._closed = False
        link: Link = (
            LocalLink(Pump(lambda: InlineCluster(self._run_directory()), journal=self._chronicle))
            if inline
            else RemoteLink(self._starter, linger)
        )
        known = self._choice.own and profile is None
        largest = 1 if inline else self._choice.wanted if known else None
        self._reach = Reach(link, Mirror(progress), self._open_store, largest, self._home)
        _open.add(self)

    def new_session(
        self,
        name: str = "Unnamed Session",
        default: bool = False,
        on_error: str = OnError.FAIL_SESSION,
    ) -> Session:
        """Open a session.

        default   use it wherever no block says otherwise
        on_error  "fail-session": one failed task fails all; "continue": only what depends on it
        """
        self._check_open()
        try:
            mode = OnError(on_error)
        except ValueError:
            modes = " or ".join(repr(str(each)) for each in OnError)
            raise UsageError(f"on_error is {modes}, not {on_error!r}") from None
        with self._lock:
            number = self._reach.link.slot * SESSIONS_A_KERNEL + next(self._numbers)
            session = Session(self._reach, SessionId(number), str(name), mode)
            self._sessions = [each for each in self._sessions if each() is not None]
            self._sessions.append(weakref.ref(session))
        if default:
            active.set_default(session)
        return session

    def start(self) -> None:
        """Start engines now rather than at the first submit; returns at once."""
        self._check_open()
        self._reach.start()

    def close(self) -> None:
        """End sessions and engines; harmless when done twice."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
        _open.discard(self)
        try:
            for each in self._sessions:
                session = each()
                if session is not None:
                    session.close()
        finally:  # an interrupt while handlers are waited for leaves nothing behind
            if os.getpid() == self._reach.pid:  # in a forked child, all of it is its parent's
                self._end()

    def _end(self) -> None:
        self._reach.link.close()
        try:
            self._reach.logs.finish()
        finally:
            self._chronicle.close()
            if self._reaper is not None:
                self._reaper.close()
            if self._run is not None:
                self._run.remove()
                forget_run(self._run.run)

    @property
    def closed(self) -> bool:
        """Whether it was closed."""
        return self._closed

    def describe(self) -> dict[str, object]:
        """Engines, hosts and what is running there, for people.

        `connection_file` is what `ipyparallel.Client` takes: while the engines are new, this waits
        until they can be reached by it.
        """
        self._check_open()
        return self._reach.describe(REACHABLE_SECONDS)

    def hosts(self) -> Mapping[str, list[EngineId]]:
        """Hosts by name with their engines' numbers: what `where=` takes.

        Starts engines, and waits until those that were asked for have come. Raises ClusterError
        when none can be had.
        """
        self._check_open()
        return self._reach.hosts()

    def get_server_info(self) -> dict[str, object]:
        """Each engine with the tasks that it was given and the objects that it made.

        `objects` beside `governors` are those that no engine of now has made, such as constants.
        """
        self._check_open()
        return self._reach.server_info()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "closed" if self._closed else "started" if self._reach.started else "not started"
        where = "inline" if self._inline else f"{self._choice.wanted} engines"
        return f"<Client {where}, {state}>"

    # --- made at first need

    def _run_directory(self) -> RunDirectory:
        with self._lock:
            if self._run is None:
                self._check_open()
                self._run = self._make_run()
            if self._reaper is None:
                self._reaper = Reaper.start(self._run)
            return self._run

    def _open_store(self) -> HostStore:
        return HostStore(self._run_directory().store, host_id())

    def _home(self) -> Home:
        run = self._run_directory()
        assert self._reaper is not None
        remember_run(run.run, run.key)
        return Home(run.run, run.path, self._reaper, self._choice.listen)

    def _starter(self) -> Starter:
        run = self._run_directory()
        assert self._reaper is not None
        return Starter(run, self._reaper, self._journal_directory(), asdict(self._choice))

    def _journal_directory(self) -> Path:
        return journal_directory(self._run_directory().run)

    def _check_open(self) -> None:
        self._reach.check_process()
        if self._closed:
            raise SessionError("the client is closed; make another one")


def _run_maker(
    size: int | None, prefault: int, spill: str | Path | None
) -> Callable[[], RunDirectory]:
    """What makes the run directory, with what was said of its store."""
    if size is not None and (type(size) is not int or size < INLINE_OBJECT):
        raise UsageError(f"store_size is a number of bytes, at least {INLINE_OBJECT}, not {size!r}")
    if type(prefault) is not int or not 0 <= prefault <= POOL:
        raise UsageError(f"prefault is a number of bytes, from 0 to {POOL}, not {prefault!r}")
    place = Path(spill).expanduser().absolute() if spill is not None else None
    if place is not None and not place.is_dir():
        raise UsageError(f"spill is a directory that exists, not {str(place)!r}")
    return functools.partial(
        RunDirectory.create, store_size=size or 0, prefault=prefault, spill=place
    )


def _check_seconds(name: str, value: object, least: float) -> None:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and least <= float(str(value)) < math.inf:  # not NaN, and no end of time
        return
    raise UsageError(f"{name} is a number of seconds, at least {least}, not {value!r}")


def _close_all() -> None:
    for client in list(_open):
        client.close()


atexit.register(_close_all)
