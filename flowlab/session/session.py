"""A session: what was declared in it, submitted of it, and waited for. Implements graph.Owner.

After Rain's user guide, "Sessions"; the one rule: only `close` never raises.
"""

import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

from flowlab.errors import SessionError, UsageError, WrongKind
from flowlab.events.messages import (
    CancelRequested,
    Entry,
    OnError,
    SessionClosed,
    SessionOpened,
    Unkept,
)
from flowlab.graph import active
from flowlab.graph.checks import check_submit
from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.user import Wave
from flowlab.model.ids import FIRST_LOCAL, EngineId, ObjectId, SessionId, TaskId, join_id
from flowlab.model.payload import Stored
from flowlab.model.resources import ONE_CPU
from flowlab.session.access import Access, Why
from flowlab.session.declared import Declared
from flowlab.session.farewell import Farewell
from flowlab.session.fetching import fetch_object, note_ends, refresh
from flowlab.session.graph import Graph, make_graph
from flowlab.session.kept import KeptObjects
from flowlab.session.limits import Limits
from flowlab.session.logger import SessionLogger
from flowlab.session.parcel import constant_parcels, task_parcels
from flowlab.session.points import StagePoints
from flowlab.session.reach import Reach
from flowlab.session.shared import SharedObjects
from flowlab.shared.logbook import FORMAT
from flowlab.shared.proxy import SharedProxy
from flowlab.staging.bundle import Bundle
from flowlab.staging.instance import DataInstance
from flowlab.staging.packed import Packed
from flowlab.tasks.bundles import BundledInputs

# size: the whole surface that users of Rain know stands in one class
Reader = Callable[[Sequence[Entry]], None]


class Session:
    """Made by `Client.new_session`.

    reach  what the client shares with its sessions: link, mirror, store
    """

    def __init__(self, reach: Reach, session_id: SessionId, name: str, on_error: OnError) -> None:
        self.session_id = session_id
        self.name = name
        self.on_error = on_error
        self._reach = reach
        self._ids = itertools.count(join_id(session_id, FIRST_LOCAL))
        self._lock = threading.RLock()
        self._declared = Declared()
        self._sent: set[str] = set()  # keys of functions that went out
        self._kept = KeptObjects(Farewell(reach.link, session_id).add)
        self._waves: list[Wave] = []  # have left since the last wait for all
        self._depth = 0
        self._bundled = BundledInputs(self)
        self._shared = SharedObjects(self, reach.open_home, self.follow, self._warn)
        self._access = Access(reach, session_id)
        self._points = StagePoints(reach.link, session_id)
        self._limits = Limits(reach.link, session_id)
        self._log = reach.logs.open(session_id, name)
        reach.link.post(SessionOpened(session_id, name, on_error))

    # --- Owner

    @property
    def engines(self) -> int:
        """How many engines there are, or will be as far as that is known."""
        return self._reach.engines()

    def next_id(self) -> int:
        """A new id for a task or an object."""
        return next(self._ids)

    def add(self, thing: Task | DataObject) -> None:
        """Take in what was just declared."""
        self._check_open()
        with self._lock:
            if isinstance(thing, Task) and thing.resources is not ONE_CPU:
                self._check_claims(thing)  # now, so that it stands in no submit's way
            self._declared.add(thing)

    def mark(self, thing: Task | DataObject) -> None:
        """Note that something may be said of a thing."""
        with self._lock:
            self._declared.mark(thing)

    def note_kept(self, obj: DataObject) -> None:
        """See to it that an object that is kept is let go when nobody can name it."""
        (self._kept.watch if obj.kept else self._kept.forget)(obj)

    def _check_claims(self, task: Task) -> None:
        self._limits.check(task)
        self._reach.check_place(task)

    def store(self, object_id: ObjectId, value: Packed | memoryview, label: str) -> Stored:
        """Take in the value of a large constant, as it is now."""
        self._check_open()
        return self._reach.store.put(object_id, value, label)

    # --- active or not

    @property
    def active(self) -> bool:
        """Whether it can be used: not closed."""
        return not self._access.closed

    @property
    def state(self) -> str:
        """`open`, `failed` or `closed`."""
        return self._access.state

    def __enter__(self) -> Self:
        self._check_open()
        active.push(self)
        self._depth += 1
        return self

    def __exit__(self, *_exc: object) -> None:
        if active.is_bound(self):  # closed inside of the block, it is not any longer
            active.pop(self)
        self._depth -= 1
        if self._depth == 0:  # an inner block of the same session leaves it to the outer one
            self.close()

    @contextmanager
    def bind_only(self) -> Iterator[Self]:
        """Make it the active session of a block, and do not close it behind."""
        self._check_open()
        active.push(self)
        try:
            yield self
        finally:
            if active.is_bound(self):
                active.pop(self)

    def set_as_default(self) -> None:
        """Use it wherever no block says otherwise."""
        self._check_open()
        active.set_default(self)

    def close(self) -> None:
        """Stop its tasks, free its objects, wait for its log; harmless when done twice."""
        if self._access.closed:
            return
        self._access.close()
        active.leave(self)
        active.clear_default(self)
        self._kept.clear()
        self._declared.clear()
        self._waves.clear()
        if os.getpid() == self._reach.pid:
            self._shared.close()
            self._reach.link.post(SessionClosed(self.session_id))
            if not self._reach.started:  # nobody will hear of it by the stream
                self._reach.logs.close(self.session_id)
            self._reach.logs.end(self.session_id)
            self._log.finish()  # last: an interrupt leaves nothing open

    # --- declaring

    @property
    def task_count(self) -> int:
        """Tasks that were not submitted yet."""
        return len(self._declared.tasks)

    @property
    def declared(self) -> tuple[Task, ...]:
        """Tasks that were not submitted yet, in order."""
        return tuple(self._declared.tasks)

    @property
    def dataobj_count(self) -> int:
        """Objects that were not submitted yet."""
        return len(self._declared.objects())

    def bundle(self, *bundles: Bundle, instead_of: Bundle | None = None) -> None:
        """Give these files and modules to all its tasks that are declared from now on.

        instead_of  one that these tasks have no longer
        """
        self._check_open()
        self._bundled.apply(bundles, instead_of)

    def shared(
        self,
        what: Callable[..., Any] | str,
        /,
        *args: Any,
        exposed: Sequence[str] | None = None,
        name: str = "",
        waits: bool | None = None,
        **kwds: Any,
    ) -> SharedProxy:
        """Make an object in a process of its own, that tasks and the notebook use together.

        what     "dict", "list", "Queue", "Value", "Counter", "Event", "Lock", "RLock",
                 "Semaphore", "BoundedSemaphore" or "Barrier"; or a class, or a function that makes
                 the object there from these arguments
        exposed  what of it may be called; its public methods when nothing is said
        name     for people
        waits    whether one task may wait there for another, and so has to run alone on its
                 engine; as it is known of a ready-made type, and yes of any other
        """
        self._check_open()
        manager = self._shared.manager()
        return manager.make(what, args, kwds, exposed=exposed, name=name, waits=waits)

    # size: what may be said of a log file, each by name
    def shared_logger(
        self,
        path: str | os.PathLike[str],
        *,
        level: int | str = "DEBUG",
        max_bytes: int = 100_000,
        backup_count: int = 5,
        format: str = FORMAT,  # noqa: A002 - as `logging` calls it
    ) -> tuple[SharedProxy, SharedProxy]:
        """Make a log file that all tasks write; gives a logger, and a lock.

        Lines that are said while the lock is held stand together.

        max_bytes     after which another file is begun
        backup_count  how many of those before are kept, as `path.1`, `path.2` …
        format        of a line, as `logging` has it
        """
        self._check_open()
        return self._shared.make_logger(path, (level, max_bytes, backup_count, format))

    def keep_all(self) -> None:
        """Keep every object that was not submitted yet."""
        with self._lock:
            for obj in self._declared.objects():
                obj.keep()

    @property
    def stage_point(self) -> str | None:
        """Through where large objects go between hosts: a directory that all have, or a URL.

        None: the process' own (`set_stage_point`), or in pieces when there is none.
        """
        return self._points.now

    @stage_point.setter
    def stage_point(self, url: str | os.PathLike[str] | None) -> None:
        self._check_open()
        self._points.choose(url)

    def stage_at(self, objects: Iterable[DataObject], url: str | os.PathLike[str]) -> None:
        """Let these objects go by a stage point of their own."""
        self._check_open()
        self._points.choose_for([each.object_id for each in objects], url)

    def hosts(self) -> Mapping[str, list[EngineId]]:
        """As `Client.hosts`."""
        self._check_open()
        return self._reach.hosts()

    def limit(self, name: str, count: int, *, per_host: bool = False) -> None:
        """Let at most so many of its tasks with `limit=name` run at once; said again, it changes.

        per_host  so many on each host
        """
        self._check_open()
        self._limits.set(name, count, per_host=per_host)

    def submit(self, things: Iterable[Task | DataObject] | None = None) -> None:
        """Send everything that was declared; returns at once. Engines start at the first time.

        things  send these alone, with what they read
        """
        with self._lock:
            self._access.check()
            portion = self._declared.portion(things)
            tasks, constants = portion.tasks, portion.constants
            check_submit(tasks, constants, portion.marked, self._declared.wave)
            for task in tasks:
                if task.resources is not ONE_CPU:
                    self._reach.check_place(task)
            self._reach.start()  # when that fails, all is still declared
            self._points.tell()
            self._log.tell_level()
            link = self._reach.link
            for fact, payload in list(constant_parcels(self.session_id, constants, self._reach)):
                link.post(fact, payload)
            parcels = task_parcels(self.session_id, tasks, self._sent)
            try:
                self._access.sent([task.task_id for task in tasks])
                if tasks or constants:
                    self._waves.append(portion.wave)
                # Interrupted before this line, all is posted again, and counts once everywhere
                self._declared.sent(portion)
            finally:  # last: they are made beside the user, whom that would hold up here
                link.post_late(*parcels)

    # --- what came of it

    @property
    def logger(self) -> SessionLogger:
        """One log: what tasks log on their engines arrives here, from its level on."""
        return self._log.logger

    def bundled(self, kind: str, asked: Any) -> Iterable[tuple[str, DataObject]]:
        """The bundles of a task of this kind, as its further inputs."""
        return self._bundled.inputs(kind, asked) if self._bundled or asked is not None else ()

    def refer(self, proxy: Any) -> tuple[Any, Any]:
        """A shared object's reference, and how its proxy is pickled for a task."""
        return self._shared.refer(proxy)

    def carried(self, references: Iterable[Any]) -> tuple[list[tuple[str, DataObject]], bool]:
        """Further inputs of a task that holds these, and whether it may wait there."""
        return self._shared.inputs(references)

    def wait(self, items: Iterable[Task | DataObject]) -> None:
        """Wait until all of these are done; raises the error of one that failed."""
        items = list(items)
        self._access.wait(self._task_ids(items))
        note_ends(self._access, items)

    def wait_some(self, items: Iterable[Task | DataObject]) -> tuple[list[Task], list[DataObject]]:
        """Wait until one of these at least is finished; the finished tasks and objects of them."""
        items = list(items)
        self._task_ids(items)
        found = self._access.wait_some(items)
        note_ends(self._access, found)
        tasks = [item for item in found if isinstance(item, Task)]
        return tasks, [item for item in found if isinstance(item, DataObject)]

    def wait_all(self) -> None:
        """Wait until nothing that was submitted is unfinished."""
        waves: list[Wave] = []

        def look() -> None:  # another thread may submit meanwhile
            waves[:] = [wave for wave in self._waves if wave.submitted]

        self._access.wait_all(look)
        ended = self._access.failures()
        for wave in waves:
            wave.ended = ended
        with self._lock:
            self._waves = [wave for wave in self._waves if wave.ended is None]

    def settled(self, timeout: float | None = None) -> bool:
        """Whether nothing is unfinished any more, within `timeout` s; raises no task's error."""
        return self._access.settled(timeout)

    def fetch(self, item: DataObject) -> DataInstance:
        """Wait for an object; its value."""
        if not isinstance(item, DataObject):
            raise WrongKind(f"only a data object can be fetched, not {item!r}")
        self._check_own(item)
        item.check_fetch()
        self._points.tell()
        return fetch_object(self._reach, self._access, item)

    def update(self, items: Iterable[Task | DataObject]) -> None:
        """Refresh `state` and `info`."""
        items = list(items)
        for item in items:
            if not isinstance(item, Task | DataObject):
                raise UsageError(f"'{item}' is not tasks nor dataobject")
            self._check_own(item)
        self._access.check()
        for item in items:
            refresh(self._reach, self._access, item)

    def unkeep(self, items: Iterable[DataObject]) -> None:
        """Let objects go at once."""
        items = list(items)
        for item in items:
            if not isinstance(item, DataObject):
                raise WrongKind(f"Not a DataObject: {item!r}")
            self._check_own(item)
            if not item.kept:
                raise UsageError(f"Object {item!r} is not kept")
        self._access.check()
        for item in items:
            item.kept = False
            self._kept.forget(item)
        if submitted := tuple(item.object_id for item in items if item.submitted):
            self._reach.link.post(Unkept(self.session_id, submitted))

    def cancel(self, tasks: Iterable[Task | DataObject] | None = None) -> None:
        """Stop these tasks, or all; what depends on them is skipped."""
        self._access.check()
        if wanted := self._access.unfinished() if tasks is None else self._task_ids(tasks):
            self._reach.link.post(CancelRequested(self.session_id, tuple(wanted)))

    def discard(self, task: Task) -> None:
        """Another task takes this one's place: stop it, free what it made, blame it no more."""
        self._check_own(task)
        with self._lock:
            if not task.submitted:
                self._declared.discard(task)
                for output in task.makes:
                    self._kept.forget(output)
                return
        self._access.excuse(task.task_id)
        if self.state != "open":
            return
        replaced = CancelRequested(self.session_id, (task.task_id,), replaced=True)
        self._reach.link.post(replaced)
        if kept := [output for output in task.makes if output.kept]:
            self.unkeep(kept)

    def explain(self, task: Task) -> Why:
        """Why a task is where it is."""
        self._check_own(task)
        if not task.submitted:
            return Why(None, ("it was declared, and not submitted yet",))
        return self._access.explain(task.task_id)

    def make_graph(self) -> Graph:
        """The graph as it stands: what was submitted, and what was only declared."""
        self._check_open()
        with self._lock:
            tasks, constants = list(self._declared.tasks), list(self._declared.constants)
        return make_graph(self.session_id, self._told(), tasks, constants)

    def _told(self) -> list[Entry]:
        """The session's entries so far, with all its submits."""
        entries: list[Entry] = []
        if not self._reach.started:
            return entries
        stop = self.follow(entries.extend)
        self._access.wait_told(entries)
        stop()
        return list(entries)

    def describe(self) -> dict[str, object]:
        """The session, its engines and tables, for people."""
        return {"session": f"{self.name} ({self.state})", **self._reach.describe()}

    def follow(self, reader: Reader, after: int = 0) -> Callable[[], None]:
        """Entries of this session and of the engines above `after`, then those to come.

        The reader is called on the link's thread; returns what stops it.
        """
        mine = (self.session_id, None)

        def pick(entries: Sequence[Entry]) -> None:
            found = tuple(entry for entry in entries if entry.session in mine)
            if found:
                reader(found)

        return self._reach.link.follow(pick, after)

    def __repr__(self) -> str:
        return f"<Session {self.session_id} {self.name!r} {self.state}>"

    def _warn(self, text: str) -> None:
        """Say something that the user should know; in the session's log."""
        self.logger.warning("%s", text)

    def _check_open(self) -> None:
        self._reach.check_process()
        if self._access.closed:
            raise SessionError("Session is closed")

    def _check_own(self, item: Task | DataObject) -> None:
        if item.owner is not self:
            raise UsageError(f"{item!r} belongs to session {item.owner.name!r}, not {self.name!r}")

    def _task_ids(self, items: Iterable[Task | DataObject]) -> list[TaskId]:
        """The tasks that these stand for; a constant stands for none."""
        found = []
        for item in items:
            if not isinstance(item, Task | DataObject):
                raise WrongKind(f"Neither Task or DataObject: {item!r}")
            self._check_own(item)
            if not item.submitted:
                kind = "Task" if isinstance(item, Task) else "Object"
                raise UsageError(f"{kind} {item!r} is not submitted")
            task = item if isinstance(item, Task) else item.task
            if task is not None:
                found.append(task.task_id)
        return found
