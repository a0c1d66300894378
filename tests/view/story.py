"""Sessions told as events, for all tests of what is seen: `Story()` numbers and folds them."""

from flowlab.events import messages as m
from flowlab.model.bundles import SHARED_TYPE
from flowlab.model.ids import (
    Assignment,
    BatchId,
    EngineId,
    HostId,
    ObjectId,
    SessionId,
    TaskId,
    join_id,
)
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, Place, TaskSpec
from flowlab.view.fold import Folder

S = SessionId(1)


def tid(number, session=S):
    return TaskId(join_id(session, number))


def oid(number, session=S):
    """The output of the task of the same number."""
    return ObjectId(join_id(session, number))


class Story:
    """Tells what happens to tasks by their numbers; each makes one object of its number."""

    def __init__(self, name="demo", session=S):
        self.entries = []
        self.session = session
        self.assignments = {}
        self.post(m.SessionOpened(session, name, m.OnError.CONTINUE))
        self.post(m.EngineJoined(EngineId(0), HostId("here"), 1, 100))

    def post(self, event):
        self.entries.append(m.Entry(len(self.entries) + 1, 1.0, self.session, event))
        return self

    @property
    def view(self):
        folder = Folder()
        folder.add(self.entries)
        return folder.view

    def submit(self, tasks, kind="python", place=None):
        """Tasks as number -> (name, numbers of the inputs); the user's own objects are below 0."""
        objects = tuple(ObjectSpec(oid(n, self.session), f"o{n}") for n in tasks)
        specs = tuple(
            TaskSpec(
                tid(n, self.session),
                kind,
                name,
                tuple(oid(i, self.session) for i in inputs),
                outputs=(oid(n, self.session),),
                place=place or Place("notebook.py", n, 3),
            )
            for n, (name, inputs) in tasks.items()
        )
        return self.post(m.Submitted(self.session, objects, specs))

    def ready(self, *numbers):
        return self.post(m.TasksReady(self._ids(numbers)))

    def assign(self, *numbers, engine=0):
        for n in numbers:
            self.assignments[n] = Assignment(self.assignments.get(n, 0) + 1)
        given = tuple(self.assignments[n] for n in numbers)
        batch = BatchId(len(self.entries))
        return self.post(m.TasksAssigned(EngineId(engine), batch, self._ids(numbers), given))

    def start(self, *numbers):
        rows = tuple((tid(n, self.session), self.assignments[n], 10.0) for n in numbers)
        return self.post(m.Reported(EngineId(0), self.session, started=rows))

    def finish(self, *numbers, seconds=1.5, size=8):
        rows = tuple(
            (
                tid(n, self.session),
                self.assignments[n],
                10.0,
                10.0 + seconds,
                (ObjectInfo(oid(n, self.session), size, "pickle"),),
            )
            for n in numbers
        )
        return self.post(m.Reported(EngineId(0), self.session, finished=rows))

    def fail(self, number, message="KeyError: 'x'"):
        row = (tid(number, self.session), self.assignments[number], 10.0, 11.0, Failure(message))
        return self.post(m.Reported(EngineId(0), self.session, failed=(row,)))

    def run(self, *numbers):
        """From ready to finished."""
        return self.ready(*numbers).assign(*numbers).start(*numbers).finish(*numbers)

    def _ids(self, numbers):
        return tuple(tid(n, self.session) for n in numbers)


def everything():
    """One task in each state that entries can bring about, and what leads there."""
    story = Story("all states")
    names = [
        "finished",
        "running",
        "assigned",
        "ready",
        "waiting",
        "failed",
        "skipped",
        "cancelled",
    ]
    story.submit({n: (f"a/{name}", ()) for n, name in enumerate(names, 10)})
    story.run(10)
    story.ready(11, 12, 13, 15, 17).assign(11, 12, 15).start(11, 15).fail(15)
    story.post(m.TasksSkipped((tid(16),), tid(15)))
    story.post(m.TasksCancelled((tid(17),), "on request"))
    return story


def with_shared(labels, holders, name="demo"):
    """A story of tasks that hold shared objects: numbers of tasks -> numbers of what they hold.

    labels  of the shared objects, by their numbers
    """
    story = Story(name)
    shared = tuple(
        ObjectSpec(oid(number), label, content_type=SHARED_TYPE, constant=True)
        for number, label in labels.items()
    )
    story.post(m.Submitted(S, shared, ()))
    return story.submit({number: (f"t{number}", held) for number, held in holders.items()})
