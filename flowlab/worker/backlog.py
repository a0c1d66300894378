"""What an engine was given and has not begun, and the batches that it belongs to.

Its owner's lock guards it: the loop claims under it, the link's thread takes back under it. So what
is taken back has not started, and what has started is not taken back.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from flowlab.events.messages import OnError
from flowlab.model.ids import Assignment, ObjectId, SessionId, TaskId
from flowlab.model.logrow import QUIET
from flowlab.worker.memory import Held
from flowlab.worker.messages import Batch, Job

Key = tuple[TaskId, Assignment]


@dataclass(slots=True, eq=False)
class Run:
    """A batch under way.

    values  made in it and not published; gone with it
    wanted  outputs to publish beyond what was asked: tasks that read them were taken back
    barren  outputs that will never come, since their task failed
    left    tasks that have not ended
    level   from which log records are wanted
    """

    session: SessionId
    on_error: OnError
    left: int
    level: int = QUIET
    values: dict[ObjectId, Held] = field(default_factory=dict)
    wanted: set[ObjectId] = field(default_factory=set)
    barren: set[ObjectId] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class Entry:
    """One task waiting for its turn."""

    key: Key
    job: Job
    config: bytes
    run: Run


class Backlog:
    """First in, first out."""

    def __init__(self) -> None:
        self._entries: OrderedDict[Key, Entry] = OrderedDict()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, batch: Batch) -> None:
        """Take a batch in; what is held already (a message that came twice) is not run twice."""
        run = Run(batch.session, batch.on_error, 0, batch.level)
        configs = batch.payload.configs
        for job in batch.jobs:
            task = job.spec.id
            key = (task, job.assignment)
            entry = Entry(key, job, configs.get(task, b""), run)
            if self._entries.setdefault(key, entry) is entry:
                run.left += 1

    def claim(self) -> Entry | None:
        """The next task."""
        return self._entries.popitem(last=False)[1] if self._entries else None

    def take(self, keys: Iterable[Key]) -> list[Entry]:
        """Take these back as far as they have not begun."""
        return [self._entries.pop(key) for key in keys if key in self._entries]

    def take_if(self, unwanted: Callable[[Entry], bool]) -> list[Entry]:
        """Take back all for which this holds."""
        return self.take([key for key, entry in self._entries.items() if unwanted(entry)])

    def keys(self) -> list[Key]:
        """What waits, in order."""
        return list(self._entries)

    def inputs(self) -> set[ObjectId]:
        """Everything that waiting tasks read."""
        return {one for entry in self._entries.values() for one in entry.job.spec.inputs}
