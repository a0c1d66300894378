"""Cutting a piece out of the graph, to travel as one batch.

Greedy: the oldest ready task, then whatever it makes runnable inside the batch (a chain stays
together), then the next ready task. A batch ends when it holds enough expected work, when it has
its fair share of what is ready, or before a task that must be alone.
"""

from math import ceil, inf

from flowlab.events.messages import TasksAssigned
from flowlab.model.ids import Assignment, BatchId, TaskId
from flowlab.model.limits import BATCH_SECONDS, BATCH_TASKS, INLINE_OBJECT, UNKNOWN_TASKS
from flowlab.scheduler.actions import Given, RunBatch
from flowlab.scheduler.books import Books
from flowlab.scheduler.hosts import claim
from flowlab.scheduler.records import Batch, Engine, Group, Object, Task
from flowlab.scheduler.states import State

SPREAD_SECONDS = 0.002  # work below this is not split: a message costs about a tenth of it


class Cut:
    """One batch being filled.

    share    ready tasks this engine may take
    idle     idle engines, this one among them: a sudden breadth is spread over them
    inner    readers inside the batch of each object made in it
    """

    def __init__(self, books: Books, group: Group, share: int, idle: int) -> None:
        self.tasks: list[Task] = []
        self.expected = 0.0
        self.inner: dict[Object, int] = {}
        self._books = books
        self._group = group
        self._share = share
        self._idle = idle
        self._unknown = 0
        self._heads = 0
        self._breadth = 0.0  # s of work that was ready from the start
        self._next: list[Task] = []  # runnable inside the batch, the nearest last
        self._lacking: dict[TaskId, int] = {}
        self._fill()

    @property
    def seconds(self) -> float:
        """Expected work, infinite when a part of it is unknown."""
        return inf if self._unknown else self.expected

    def _fill(self) -> None:
        while len(self.tasks) < BATCH_TASKS:
            inside = bool(self._next)
            task = self._next[-1] if inside else self._head()
            if task is None:
                return
            solitary = task.is_solitary()
            if self.tasks and (solitary or not self._fits(task)):
                return
            if inside:
                self._next.pop()
                self._count_inner(task)
            else:
                self._heads += 1
                self._breadth += task.cost.seconds or 0.0
            self._add(task)
            if solitary:
                return
            self._follow(task)

    def _count_inner(self, task: Task) -> None:
        for thing in task.inputs:
            if not thing.available:
                self.inner[thing] = self.inner.get(thing, 0) + 1

    def _head(self) -> Task | None:
        if self._heads >= self._share and (self._unknown or self._breadth >= SPREAD_SECONDS):
            return None
        return self._books.head(self._group)

    def _fits(self, task: Task) -> bool:
        seconds = task.cost.seconds
        if seconds is None:
            return self._unknown < UNKNOWN_TASKS
        return self.expected + seconds <= BATCH_SECONDS

    def _add(self, task: Task) -> None:
        # The state changes at once, so that the heap's head is the next task.
        self._books.move(task, State.ASSIGNED)
        self.tasks.append(task)
        seconds = task.cost.seconds
        if seconds is None:
            self._unknown += 1
        else:
            self.expected += seconds

    def _follow(self, task: Task) -> None:
        """Find what became runnable inside the batch, and keep a fair share if it is broad."""
        found: list[Task] = []
        lacking = self._lacking
        for thing in task.outputs:
            if thing.available:
                continue
            for reader in thing.consumers.values():
                if reader.state is not State.WAITING or reader.group is not self._group:
                    continue
                left = lacking.get(reader.id, reader.missing) - 1
                lacking[reader.id] = left
                if not left and not reader.is_solitary():
                    found.append(reader)
        if len(found) > 1 and self._idle > 1 and not _is_light(found):
            found = found[: ceil(len(found) / self._idle)]
        self._next.extend(reversed(found))


def _is_light(tasks: list[Task]) -> bool:
    """Whether these are too little work to be spread."""
    seconds = [task.cost.seconds for task in tasks]
    return None not in seconds and sum(filter(None, seconds)) < SPREAD_SECONDS


def give(books: Books, engine: Engine, group: Group, share: int, *, behind: bool = False) -> None:
    """Cut a batch for an engine and have it run; `behind`: it waits for the running one."""
    cut = Cut(books, group, share, 1 if behind else len(books.free))
    books.batch += 1
    tasks = tuple(cut.tasks)
    batch = Batch(BatchId(books.batch), engine, group, tasks, len(tasks), cut.seconds, books.at)
    engine.batches[batch.id] = batch
    if behind:
        engine.waiting = batch
    else:
        claim(books, batch)
    _track(books, batch)
    session = group.session
    given = tuple(_given(engine, batch, task, cut.inner) for task in tasks)
    assignments = tuple(one.assignment for one in given)
    ids = tuple(one.task for one in given)
    books.announce(TasksAssigned(engine.id, batch.id, ids, assignments))
    cpus = group.resources.cpus
    books.act(RunBatch(engine.id, batch.id, session.id, given, cpus, session.on_error))


def _track(books: Books, batch: Batch) -> None:
    engine = batch.engine
    plain = batch.group.is_plain()
    if plain and batch.open > 1:
        books.stealable[batch.id] = batch
    if plain and batch.expected < BATCH_SECONDS and len(engine.batches) == engine.slots == 1:
        books.short[engine.id] = engine
    else:
        books.short.pop(engine.id, None)


def _given(engine: Engine, batch: Batch, task: Task, inner: dict[Object, int]) -> Given:
    task.assignment += 1
    task.batch = batch
    task.engine = engine.id
    assignment = Assignment(task.assignment)
    engine.open[task.id] = (assignment, batch, task)
    for thing in task.inputs:
        if thing.size > INLINE_OBJECT and thing.hosts is not None:
            thing.hosts[engine.host.id] = None
    publish = []
    urgent = False
    for thing in task.outputs:
        outside = thing.waiting > inner.get(thing, 0)
        thing.asked = not thing.available and (thing.kept or outside)
        if thing.asked:
            publish.append(thing.id)
            urgent = urgent or outside
    return Given(task.id, assignment, tuple(publish), urgent)
