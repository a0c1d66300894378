"""What was declared in a session and is not submitted yet.

The one rule: a submit of everything costs no more than its tasks' names. That it is on its way is
noted once, in the wave that all of it shares, and only what somebody said something of is looked at
one by one.
"""

from collections.abc import Iterable
from typing import NamedTuple

from flowlab.graph.nodes import DataObject, Task
from flowlab.graph.user import Wave

Things = tuple[list[Task], list[DataObject]]  # tasks and constants


class Portion(NamedTuple):
    """A part of it that is to be submitted.

    marked  what of it may have something said of it
    left    the rest
    wave    what all of it is to share
    """

    tasks: list[Task]
    constants: list[DataObject]
    marked: list[Task | DataObject]
    left: Things
    wave: Wave
    whole: bool


class Declared:
    """Of one session, whose lock guards it."""

    def __init__(self) -> None:
        self.tasks: list[Task] = []
        self.constants: list[DataObject] = []
        self.wave = Wave()
        self._marked: list[Task | DataObject] = []
        self._torn = False  # an interrupt came while a part of it was given another wave

    def add(self, thing: Task | DataObject) -> None:
        """One more."""
        thing.wave = self.wave
        if isinstance(thing, Task):
            self.tasks.append(thing)
        else:
            self.constants.append(thing)

    def mark(self, thing: Task | DataObject) -> None:
        """Something may be said of it."""
        self._marked.append(thing)

    def discard(self, task: Task) -> None:
        """It is not to be submitted."""
        fresh, left = Wave(), [each for each in self.tasks if each is not task]
        self._marked = [one for one in self._marked if _maker(one) is not task]
        task.wave, self.tasks = fresh, left  # without a call between, as below

    def portion(self, things: Iterable[Task | DataObject] | None) -> Portion:
        """What these need of it, with all that they read; None: everything."""
        self._mend()
        (tasks, constants), left = split(things, self.tasks, self.constants)
        whole = things is None
        chosen = set[Task | DataObject]() if whole else {*tasks, *constants}
        marked = [
            one
            for one in self._marked
            if (maker := _maker(one)).wave is self.wave and (whole or maker in chosen)
        ]
        return Portion(tasks, constants, marked, left, self.wave if whole else Wave(), whole)

    def sent(self, portion: Portion) -> None:
        """This is on its way, and what was said of it is fixed."""
        fresh = Wave() if portion.whole else self.wave
        marked = list[Task | DataObject]()
        if not portion.whole:
            self._torn = True
            for thing in (*portion.tasks, *portion.constants):
                thing.wave = portion.wave
            gone = {id(one) for one in portion.marked}
            marked = [one for one in self._marked if id(one) not in gone]
        # Without a call between: an interrupt finds all of it done, or nothing
        portion.wave.submitted, self._torn = True, False
        self.wave, self._marked = fresh, marked
        self.tasks, self.constants = portion.left
        for one in portion.marked:
            one.seal()

    def _mend(self) -> None:
        """What is still here is of one wave, whatever an interrupt has left."""
        if self._torn:
            for thing in (*self.tasks, *self.constants):
                thing.wave = self.wave
            self._torn = False

    def clear(self) -> None:
        """Forget all of it."""
        self.tasks, self.constants, self._marked = [], [], []

    def objects(self) -> list[DataObject]:
        """Its constants, and what its tasks make."""
        return [*self.constants, *(output for task in self.tasks for output in task.makes)]


def split(
    things: Iterable[Task | DataObject] | None, tasks: list[Task], constants: list[DataObject]
) -> tuple[Things, Things]:
    """What these need of what was declared, and what is left; each in order.

    things  with all that they read; None for everything
    """
    if things is None:
        return (tasks, constants), ([], [])
    wanted: set[Task | DataObject] = set()
    waiting = list(things)
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, DataObject) and thing.task is not None:
            thing = thing.task
        if thing in wanted or thing.submitted:
            continue
        wanted.add(thing)
        if isinstance(thing, Task):
            waiting += thing.reads
    chosen = [one for one in tasks if one in wanted], [one for one in constants if one in wanted]
    left = (
        [one for one in tasks if one not in wanted],
        [one for one in constants if one not in wanted],
    )
    return chosen, left


def _maker(thing: Task | DataObject) -> Task | DataObject:
    """The task that a thing is submitted with, or itself."""
    if isinstance(thing, Task) or thing.task is None:
        return thing
    return thing.task
