"""Entries folded into a view: the same entries, in the same batches or others, give the same view.

An entry whose number was seen is left out, so a replay may overlap the live entries. Facts and
verdicts have one mark, traces another, since a journal's two files may be read at two moments.
"""

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from typing import assert_never

from msgspec.structs import replace

from flowlab.events import messages as m
from flowlab.model.ids import Assignment, EngineId, ObjectId, SessionId, TaskId, session_of
from flowlab.model.specs import ObjectInfo
from flowlab.model.states import FINAL, State
from flowlab.view.picture import (
    EngineView,
    ObjectState,
    ObjectView,
    SessionState,
    SessionView,
    TaskView,
    View,
)

NOTICES = 100  # how many of the newest are kept
_NONE = Assignment(0)


def fold(view: View, entries: Iterable[m.Entry]) -> View:
    """The view after these entries; for many small batches a Folder is quicker."""
    folder = Folder(view)
    folder.add(entries)
    return folder.view


class Folder:
    """Folds in place, at a cost that depends on the entries alone; `view` is a frozen copy.

    One thread adds. Another may look meanwhile: it may then see half of the batch under way.
    """

    def __init__(self, start: View | None = None) -> None:
        start = start or View()
        self._epoch = start.epoch
        self._seq = start.seq
        self._trace_seq = start.trace_seq
        self._tasks = dict(start.tasks)
        self._objects = dict(start.objects)
        self._sessions = dict(start.sessions)
        self._engines = dict(start.engines)
        self._sources = dict(start.sources)
        self._ended = {task.id for task in self._tasks.values() if task.state in FINAL}
        self._notices = deque(start.notices, NOTICES)
        self._changes = 0
        self._seen: tuple[int, View] | None = None

    @property
    def view(self) -> View:
        """What is seen now; the same value until something changes."""
        changes = self._changes  # taken first: what changes while we copy is copied again then
        if self._seen is None or self._seen[0] != changes:
            tasks = self._tasks.copy()
            view = View(
                self._epoch,
                self._seq,
                self._trace_seq,
                tasks,
                self._objects.copy(),
                self._sessions.copy(),
                self._engines.copy(),
                _count(tasks),
                tuple(self._notices.copy()),
                self._sources.copy(),
            )
            self._seen = (changes, view)
        return self._seen[1]

    @property
    def unfinished(self) -> int:
        """Tasks that have not ended, without a copy of all."""
        return len(self._tasks) - len(self._ended)

    @property
    def task_count(self) -> int:
        return len(self._tasks)

    def add(self, entries: Iterable[m.Entry]) -> None:
        """Fold in what is new of these."""
        for entry in entries:
            if isinstance(entry.event, m.Trace):
                if entry.seq > self._trace_seq:
                    self._trace_seq = entry.seq
                    self._take(entry.event)
            elif entry.seq > self._seq:
                self._seq = entry.seq
                self._take(entry.event)
        self._changes += 1

    def _take(self, event: m.EventUnion) -> None:
        match event:
            case m.Reported():
                self._report(event)
            case m.TasksAssigned():
                self._assign(event)
            case m.TasksReady():
                self._set_ready(event)
            case m.Submitted():
                self._submit(event)
            case m.TasksGivenBack() | m.TasksSkipped() | m.TasksCancelled() | m.TaskCondemned():
                self._decide(event)
            case m.SessionOpened() | m.SessionClosed() | m.SessionFailed():
                self._change_session(event)
            case m.Unkept():
                for thing in self._known(event.objects):
                    self._objects[thing.id] = replace(thing, kept=False)
            case m.ObjectsDropped():
                for thing in self._known(event.objects):
                    self._objects[thing.id] = replace(thing, state=ObjectState.DROPPED)
            case m.ObjectsLost():
                for thing in self._known(event.objects):
                    self._objects[thing.id] = replace(thing, state=ObjectState.LOST)
            case m.EngineJoined() | m.EngineLost() | m.Sampled():
                self._change_engine(event)
            case m.ControllerLost() | m.EnginesUnavailable():
                self._notices.append(event.reason)
            case m.Noticed():
                self._notices.append(event.text)
            case m.CancelRequested():
                if event.replaced:
                    self._hide(event.tasks)
            case m.StagePointSet() | m.LimitSet() | m.LogLevelSet():
                pass  # what follows from them is said by verdicts
            case m.EngineResumed() | m.CapacityKnown() | m.Said() | m.Logged():
                pass  # output has readers of its own
            case _:
                assert_never(event)

    # Tasks

    def _submit(self, event: m.Submitted) -> None:
        sizes = dict(event.sizes)
        makers = {thing: task.id for task in event.tasks for thing in task.outputs}
        self._objects.update(
            {
                spec.id: ObjectView(
                    spec,
                    ObjectState.MADE if spec.constant else ObjectState.UNMADE,
                    sizes.get(spec.id),
                    spec.content_type,
                    makers.get(spec.id),
                    spec.keep,
                )
                for spec in event.objects
            }
        )
        self._tasks.update({task.id: TaskView(task) for task in event.tasks})
        self._sources.update(event.sources)
        if (session := self._sessions.get(event.session)) is not None:
            self._sessions[session.id] = replace(session, submits=session.submits + 1)

    def _assign(self, event: m.TasksAssigned) -> None:
        tasks, engine = self._tasks, event.engine
        for task_id, assignment in zip(event.tasks, event.assignments, strict=True):
            if (task := tasks.get(task_id)) is not None:
                tasks[task_id] = TaskView(
                    task.spec, State.ASSIGNED, engine, assignment, task.attempts
                )
        self._ended.difference_update(event.tasks)

    def _report(self, event: m.Reported) -> None:
        """Only the open assignment of a task counts: rows of another one are too late."""
        tasks = self._tasks
        for task_id, assignment, began in event.started:
            task = tasks.get(task_id)
            if task is not None and task.assignment == assignment:
                tasks[task_id] = TaskView(
                    task.spec, State.RUNNING, task.engine, assignment, task.tries, began
                )
        for task_id, assignment, began, ended, infos in event.finished:
            task = tasks.get(task_id)
            if task is not None and task.assignment == assignment:
                tasks[task_id] = TaskView(
                    task.spec, State.FINISHED, task.engine, _NONE, task.tries, began, ended
                )
                self._ended.add(task_id)
                if len(infos) < len(task.spec.outputs):  # the others stayed in their batch
                    self._learn([ObjectInfo(thing) for thing in task.spec.outputs])
                self._learn(infos)
        self._learn(event.published)
        for task_id, assignment, began, ended, failure in event.failed:
            task = tasks.get(task_id)
            if task is not None and task.assignment == assignment:
                failed = replace(task, state=State.FAILED, attempts=task.tries)
                failed = replace(failed, began=began, ended=ended)
                self._move(replace(failed, assignment=_NONE, failure=failure))

    def _decide(
        self, event: m.TasksGivenBack | m.TasksSkipped | m.TasksCancelled | m.TaskCondemned
    ) -> None:
        match event:
            case m.TasksGivenBack(tasks, reason):
                for task in self._known_tasks(tasks):
                    state = State.READY if self._has_inputs(task) else State.WAITING
                    back = TaskView(task.spec, state, attempts=task.attempts, reason=reason)
                    self._move(back)
            case m.TasksSkipped(tasks, cause):
                for task in self._known_tasks(tasks):
                    skipped = replace(task, state=State.SKIPPED, assignment=_NONE, cause=cause)
                    self._move(skipped)
            case m.TasksCancelled(tasks, reason):
                for task in self._known_tasks(tasks):
                    ended = replace(task, state=State.CANCELLED, assignment=_NONE, reason=reason)
                    self._move(ended)
            case m.TaskCondemned(task_id, failure):
                for task in self._known_tasks((task_id,)):
                    ended = replace(task, state=State.FAILED, assignment=_NONE, failure=failure)
                    self._move(ended)
            case _:
                assert_never(event)

    def _set_ready(self, event: m.TasksReady) -> None:
        tasks = self._tasks
        for task_id in event.tasks:
            if (task := tasks.get(task_id)) is not None:
                tasks[task_id] = TaskView(task.spec, State.READY, None, _NONE, task.attempts)
        self._ended.difference_update(event.tasks)

    def _move(self, task: TaskView) -> None:
        self._tasks[task.id] = task
        (self._ended.add if task.state in FINAL else self._ended.discard)(task.id)

    def _hide(self, tasks: Iterable[TaskId]) -> None:
        """Leave out tasks that others replaced, with their objects."""
        for task in self._known_tasks(tasks):
            del self._tasks[task.id]
            self._ended.discard(task.id)
            self._sources.pop(str(task.id), None)
            for each in task.spec.outputs:
                self._objects.pop(each, None)

    def _has_inputs(self, task: TaskView) -> bool:
        found = [self._objects.get(object_id) for object_id in task.spec.inputs]
        return all(thing is not None and thing.state is ObjectState.MADE for thing in found)

    def _known_tasks(self, tasks: Iterable[TaskId]) -> list[TaskView]:
        return [task for task_id in tasks if (task := self._tasks.get(task_id)) is not None]

    # Objects, engines, sessions

    def _known(self, objects: Iterable[ObjectId]) -> list[ObjectView]:
        return [thing for each in objects if (thing := self._objects.get(each)) is not None]

    def _learn(self, infos: Iterable[ObjectInfo]) -> None:
        objects = self._objects
        for info in infos:
            if (thing := objects.get(info.id)) is not None:
                content_type = info.content_type or thing.content_type
                objects[info.id] = ObjectView(
                    thing.spec, ObjectState.MADE, info.size, content_type, thing.maker, thing.kept
                )

    def _change_engine(self, event: m.EngineJoined | m.EngineLost | m.Sampled) -> None:
        known = self._engines.get(event.engine) or EngineView(EngineId(event.engine))
        match event:
            case m.EngineJoined(engine, host, slots, pid, name):
                self._engines[engine] = EngineView(engine, name or host, slots, pid)
            case m.EngineLost(engine, reason):
                self._engines[engine] = replace(known, alive=False, reason=reason)
                for task_id, assignment in event.culprits or ():  # they had begun
                    task = self._tasks.get(task_id)
                    if task is not None and task.assignment == assignment:
                        self._move(replace(task, state=State.RUNNING, attempts=task.tries))
            case m.Sampled(engine, cpu, memory):
                self._engines[engine] = replace(known, cpu=cpu, memory=memory)
            case _:
                assert_never(event)

    def _change_session(self, event: m.SessionOpened | m.SessionClosed | m.SessionFailed) -> None:
        known = self._sessions.get(event.session) or SessionView(event.session)
        match event:
            case m.SessionOpened(session, name, on_error):
                self._sessions[session] = replace(known, name=name, on_error=on_error)
            case m.SessionClosed(session, reason):
                self._sessions[session] = replace(known, state=SessionState.CLOSED, reason=reason)
            case m.SessionFailed(session, task, failure):
                self._sessions[session] = replace(
                    known, state=SessionState.FAILED, failed_task=task, failure=failure
                )
            case _:
                assert_never(event)


def _count(tasks: Mapping[TaskId, TaskView]) -> dict[SessionId, Mapping[State, int]]:
    found = Counter((session_of(task_id), task.state) for task_id, task in tasks.items())
    counts: dict[SessionId, dict[State, int]] = {}
    for (session, state), count in found.items():
        counts.setdefault(session, {})[state] = count
    return dict(counts)
