"""The object table: specs, and the user data that lies beside the events.

Its file, `objects.log`, holds what the journal does not: a scheduler process that takes over reads
both. The one rule: a turn's records are in the file before the turn's entries are in the journal,
so a record whose entry never got there is known, and is left out.
Only the pump's thread touches it.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from flowlab.errors import StoreError
from flowlab.events.messages import LogLevelSet, Reported, StagePointSet, Submitted
from flowlab.model.ids import ObjectId, SessionId, TaskId, session_of
from flowlab.model.limits import AHEAD, MIB
from flowlab.model.logrow import QUIET
from flowlab.model.payload import NOTHING, AnyValue, Inline, Payload, Value, value_size
from flowlab.model.specs import ObjectInfo, ObjectSpec, TaskSpec
from flowlab.session.recordlog import Record, RecordLog

COMPACT_ABOVE = 64 * MIB  # bytes of the file; below, dead records are not worth a rewrite


class Origin(NamedTuple):
    """Which post a fact came by; what a kernel posts twice is taken once."""

    link: str
    number: int


class ObjectTable:
    """What tasks and objects are, and their bytes while somebody may need them.

    file  where it is kept for a process that takes over; None keeps it in memory alone
    """

    def __init__(self, file: Path | None = None) -> None:
        self._tasks: dict[TaskId, TaskSpec] = {}
        self._objects: dict[ObjectId, ObjectSpec] = {}
        self._configs: dict[TaskId, bytes] = {}
        self._functions: dict[str, bytes] = {}
        self._sources: dict[str, str] = {}
        self._values: dict[ObjectId, AnyValue] = {}
        self._infos: dict[ObjectId, ObjectInfo] = {}
        self._points: dict[SessionId, str] = {}  # stage points
        self._own_points: dict[ObjectId, str] = {}
        self._all_points: set[str] = set()
        self._log_levels: dict[SessionId, int] = {}
        self._uses: dict[str, set[SessionId]] = {}
        self._taken: dict[str, int] = {}
        self._fresh: list[Record] = []
        self._last = 0
        self._live = 0  # bytes that a rewrite would keep
        self._log = RecordLog(file) if file else None

    # --- what the cluster reads

    def task(self, task_id: TaskId) -> TaskSpec:
        """The task as declared."""
        return self._tasks[task_id]

    def object(self, object_id: ObjectId) -> ObjectSpec:
        """The object as declared."""
        return self._objects[object_id]

    def config(self, task_id: TaskId) -> bytes:
        """The task's configuration, encoded by its kind."""
        return self._configs.get(task_id, b"")

    def function(self, key: str) -> bytes:
        """The pickled function of this key."""
        return self._functions[key]

    def source(self, key: str) -> str:
        """The text of the function or cell, for people; empty when nobody knows it."""
        return self._sources.get(key, "")

    def value(self, object_id: ObjectId) -> AnyValue:
        """The bytes of an object, or where they lie; raises StoreError when they are gone."""
        try:
            return self._values[object_id]
        except KeyError:
            raise StoreError(f"object {object_id} has no value (any longer)") from None

    def values_behind(self, object_id: ObjectId) -> dict[ObjectId, Value]:
        """Small values of objects that were declared after this one."""
        found, size = dict[ObjectId, Value](), 0
        for one in map(ObjectId, range(object_id + 1, object_id + 512)):  # tasks have ids too
            if isinstance(value := self._values.get(one), Inline):
                size += len(value.data)
                if size > AHEAD:
                    break
                found[one] = value
        return found

    def info(self, object_id: ObjectId) -> ObjectInfo:
        """What its maker said of an object; of a constant, what its declaration says."""
        found = self._infos.get(object_id)
        if found is not None:
            return found
        spec = self._objects[object_id]
        value = self._values.get(object_id)
        return ObjectInfo(object_id, value_size(value) if value else 0, spec.content_type)

    def stage_point(self, object_id: ObjectId) -> str:
        """The stage point that an object goes by; empty: none."""
        own = self._own_points.get(object_id)
        return self._points.get(session_of(object_id), "") if own is None else own

    def stage_points(self) -> frozenset[str]:
        """All stage points that there ever were."""
        return frozenset(self._all_points)

    def log_level(self, session: SessionId) -> int:
        """From which level on the session wants log records."""
        return self._log_levels.get(session, QUIET)

    # --- what the pump writes

    def take(self, fact: Submitted | Reported | StagePointSet | LogLevelSet) -> None:
        """Take in what a fact says of tasks and objects."""
        match fact:
            case Submitted():
                self.declare(fact)
            case Reported():
                self.note(fact)
            case StagePointSet():
                self.set_stage_point(fact)
            case LogLevelSet():
                self._log_levels[fact.session] = fact.level

    def set_stage_point(self, fact: StagePointSet) -> None:
        """Take in where large objects are staged."""
        if fact.url:
            self._all_points.add(fact.url)
        if fact.objects:
            self._own_points.update(dict.fromkeys(fact.objects, fact.url))
        else:
            self._points[fact.session] = fact.url

    def declare(self, fact: Submitted) -> None:
        """Take in the specs of a piece of a graph."""
        for task in fact.tasks:
            self._tasks[task.id] = task
            if task.function:
                self._uses.setdefault(task.function, set()).add(fact.session)
        for spec in fact.objects:
            self._objects[spec.id] = spec

    def note(self, fact: Reported) -> None:
        """Take in what an engine says of the objects that it made."""
        for row in fact.finished:
            self._infos.update((info.id, info) for info in row[4])
        self._infos.update((info.id, info) for info in fact.published)

    def put(self, seq: int, payload: Payload = NOTHING, origin: Origin | None = None) -> None:
        """Take in what came beside the entry `seq`, and remember by which post."""
        if origin:
            self._taken[origin.link] = origin.number
        if origin or payload is not NOTHING:
            taken = {origin.link: origin.number} if origin else {}
            self._fresh.append(Record(seq, taken, payload))
        self._last = max(self._last, seq)
        self._merge(payload)

    def is_taken(self, origin: Origin) -> bool:
        """Whether this post, or a later one of the same link, was taken already."""
        return origin.number <= self._taken.get(origin.link, 0)

    def taken(self, link: str) -> int:
        """The highest number of a post of this link that was taken."""
        return self._taken.get(link, 0)

    def drop(self, objects: Iterable[ObjectId]) -> None:
        """Free the bytes of these objects."""
        for object_id in objects:
            value = self._values.pop(object_id, None)
            self._infos.pop(object_id, None)
            self._live -= value_size(value) if value else 0

    def forget(self, tasks: Iterable[TaskId]) -> None:
        """Free the configurations of tasks that ended for good."""
        for task_id in tasks:
            self._live -= len(self._configs.pop(task_id, b""))

    def end_session(self, session: SessionId) -> None:
        """Free everything of a session."""
        self.forget([task for task in self._tasks if session_of(task) == session])
        self.drop([each for each in self._values if session_of(each) == session])
        self._tasks = {k: v for k, v in self._tasks.items() if session_of(k) != session}
        self._objects = {k: v for k, v in self._objects.items() if session_of(k) != session}
        self._infos = {k: v for k, v in self._infos.items() if session_of(k) != session}
        self._points.pop(session, None)
        self._log_levels.pop(session, None)
        points = self._own_points
        self._own_points = {k: v for k, v in points.items() if session_of(k) != session}
        for key, sessions in list(self._uses.items()):
            sessions.discard(session)
            if not sessions:
                del self._uses[key]
                self._live -= len(self._functions.pop(key, b""))
                self._sources.pop(key, None)

    def write(self) -> None:
        """Bring what is new into the file; before the journal, and once a turn."""
        if self._log and self._fresh:
            self._log.append(self._fresh)
        self._fresh.clear()

    def compact(self) -> None:
        """Leave out of the file what was freed, when that is most of it; after the journal."""
        log = self._log
        if log is None or log.size < COMPACT_ABOVE or log.size < 2 * self._live:
            return
        everything = Payload(self._functions, self._configs, self._sources, self._values)
        log.replace([Record(self._last, self._taken, everything)])

    def read_back(self, last: int) -> Iterator[Record]:
        """What another process left in the file, up to the journal's last entry; to `merge`."""
        return self._log.read(last) if self._log else iter(())

    def merge(self, record: Record) -> None:
        """Take in a record that was read back."""
        self._taken.update(record.taken)
        self._last = max(self._last, record.seq)
        self._merge(record.payload)

    def close(self) -> None:
        """Let go of the file."""
        if self._log:
            self._log.close()

    def describe(self) -> dict[str, int]:
        """How much there is of what."""
        return {
            "tasks": len(self._tasks),
            "objects": len(self._objects),
            "configs": len(self._configs),
            "functions": len(self._functions),
            "values": len(self._values),
            "bytes": self._live,
        }

    def _merge(self, payload: Payload) -> None:
        if payload is NOTHING:
            return
        for key, function in payload.functions.items():
            self._live += len(function) - len(self._functions.get(key, b""))
            self._functions[key] = function
        for task_id, config in payload.configs.items():
            self._live += len(config) - len(self._configs.get(task_id, b""))
            self._configs[task_id] = config
        for object_id, value in payload.values.items():
            old = self._values.get(object_id)
            self._live += value_size(value) - (value_size(old) if old else 0)
            self._values[object_id] = value
        self._sources.update(payload.sources)
