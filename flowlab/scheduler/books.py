"""The scheduler's books: all records, the ready tasks, and what is to be said at the fact's end.

`move` is the only line that changes a task's state, and it asks the table.
"""

from collections.abc import Iterable, Mapping
from heapq import heappop, heappush

from flowlab.errors import ProtocolError
from flowlab.events.messages import ObjectsDropped, TasksGivenBack, TasksReady, VerdictUnion
from flowlab.model.ids import (
    Assignment,
    BatchId,
    EngineId,
    HostId,
    ObjectId,
    SessionId,
    TaskId,
    session_of,
)
from flowlab.scheduler.actions import Action, Announce, Drop, EndSession, Forget, Interrupt, Revoke
from flowlab.scheduler.records import Batch, Cost, Engine, Group, Host, Session, Task
from flowlab.scheduler.states import NEXT, State


class Books:
    """Everything the scheduler knows.

    ready      groups with ready tasks
    free       engines with an unclaimed slot
    short      engines that would soon be idle: one batch, of known and short tasks
    stealable  batches from which nothing was revoked yet
    choosy     unfinished tasks that there may be no engine for
    reserved   the host kept free for a group whose oldest task needs many slots
    """

    def __init__(self, amounts: Mapping[str, float]) -> None:
        self.amounts = dict(amounts)
        self.sessions: dict[SessionId, Session] = {}
        self.engines: dict[EngineId, Engine] = {}
        self.hosts: dict[HostId, Host] = {}
        self.ready: dict[Group, None] = {}
        self.free: dict[EngineId, Engine] = {}
        self.short: dict[EngineId, Engine] = {}
        self.stealable: dict[BatchId, Batch] = {}
        self.choosy: dict[TaskId, Task] = {}
        self.reserved: tuple[Host, Group] | None = None
        self.largest: int | None = None  # slots of the largest host, once known
        self.wanted: int | None = None  # engines that are to come in all, once known
        self.unavailable: str | None = None  # why no engine can be had
        self.costs: dict[str, Cost] = {}
        self.order = 0
        self.batch = 0
        self.at = 0.0
        self._out: list[Action] = []
        self._new_ready: dict[SessionId, list[TaskId]] = {}
        self._given_back: dict[tuple[SessionId, str], list[TaskId]] = {}
        self._dropped: dict[ObjectId, None] = {}
        self._forgotten: list[TaskId] = []
        self._closed: list[SessionId] = []
        self._revoked: dict[EngineId, list[tuple[TaskId, Assignment]]] = {}

    def move(self, task: Task, new: State) -> None:
        """Change a task's state; raises ProtocolError when the table has no such way."""
        old = task.state
        if new not in NEXT[old]:
            raise ProtocolError(f"task {task.id} cannot go from {old} to {new}")
        task.state = new
        if old is State.READY:
            group = task.group
            group.count -= 1
            if not group.count:
                group.heap.clear()
                del self.ready[group]
        elif new is State.READY:
            group = task.group
            group.count += 1
            heappush(group.heap, (task.order, task))
            if group.count == 1:
                self.ready[group] = None

    def head(self, group: Group) -> Task | None:
        """The group's oldest ready task."""
        heap = group.heap
        while heap and heap[0][1].state is not State.READY:
            heappop(heap)
        return heap[0][1] if heap else None

    # What is to be done and said

    def act(self, action: Action) -> None:
        self._out.append(action)

    def announce(self, verdict: VerdictUnion) -> None:
        """Say a decision, after all that came before it: a task may be given back and then fail."""
        if self._given_back or self._new_ready:
            self._flush_said()
        self._out.append(Announce(verdict))

    def say_ready(self, task: Task) -> None:
        self._new_ready.setdefault(task.session.id, []).append(task.id)

    def say_given_back(self, task: Task, reason: str) -> None:
        self._given_back.setdefault((task.session.id, reason), []).append(task.id)

    def drop(self, objects: Iterable[ObjectId]) -> None:
        self._dropped.update(dict.fromkeys(objects))

    def rescue(self, object_id: ObjectId) -> bool:
        """Keep an object after all that this very fact was to drop; False if it was not to."""
        if object_id not in self._dropped:
            return False
        del self._dropped[object_id]
        return True

    def forget(self, task_id: TaskId) -> None:
        self._forgotten.append(task_id)

    def end_session(self, session_id: SessionId) -> None:
        self._closed.append(session_id)

    def stop(self, task: Task) -> None:
        """Have a task stopped that an engine may be running."""
        if task.batch is None:
            return
        engine, assignment = task.batch.engine.id, Assignment(task.assignment)
        if task.state is State.RUNNING:
            self.act(Interrupt(engine, task.id, assignment))
        else:
            self._revoked.setdefault(engine, []).append((task.id, assignment))

    def flush_states(self) -> None:
        """Say what became ready or was given back: before anything is given out."""
        for engine, pairs in self._revoked.items():
            self.act(Revoke(engine, tuple(pairs)))
        self._revoked = {}
        self._flush_said()

    def _flush_said(self) -> None:
        given_back, self._given_back = self._given_back, {}
        ready, self._new_ready = self._new_ready, {}
        for (_, reason), tasks in given_back.items():
            self.act(Announce(TasksGivenBack(tuple(tasks), reason)))
        for ids in ready.values():
            self.act(Announce(TasksReady(tuple(ids))))

    def take_actions(self) -> list[Action]:
        """All that is to be done, once the fact is dealt with."""
        self.flush_states()
        if self._dropped:
            dropped = tuple(self._dropped)
            self.act(Drop(dropped))
            sessions: dict[SessionId, list[ObjectId]] = {}
            for object_id in dropped:
                sessions.setdefault(session_of(object_id), []).append(object_id)
            for objects in sessions.values():
                self.announce(ObjectsDropped(tuple(objects)))
        if self._forgotten:
            self.act(Forget(tuple(self._forgotten)))
        for session_id in self._closed:
            self.act(EndSession(session_id))
        self._closed = []
        out = self._out
        self._out, self._dropped, self._forgotten = [], {}, []
        return out
