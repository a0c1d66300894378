"""A large run that never ran: its events, made at the rate that we choose.

    python -m tests.browser.crowd NAME --tasks 10000 --ends 250 --lines 1000

writes them to a journal, as the process of a session does: the graph first, and the rest once it is
sent a line. What a front end must keep up with may not depend on how fast this machine runs tasks.
"""

import argparse
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from IPython.core.getipython import get_ipython

from flowlab.events.journal import JournalWriter
from flowlab.events.messages import (
    CapacityKnown,
    EngineJoined,
    Entry,
    EventUnion,
    OnError,
    Reported,
    Said,
    SessionOpened,
    Submitted,
    TasksAssigned,
    TasksReady,
)
from flowlab.events.owner import describe_owner
from flowlab.events.stream import Reader, Stream
from flowlab.model.ids import (
    FIRST_LOCAL,
    Assignment,
    BatchId,
    EngineId,
    HostId,
    ObjectId,
    SessionId,
    TaskId,
    join_id,
)
from flowlab.model.specs import ObjectInfo, ObjectSpec, Place, TaskSpec
from flowlab.notebook.config import FlowLab
from flowlab.notebook.outputs import Outputs
from flowlab.notebook.watch import Watch
from flowlab.session.journals import journal_directory

SESSION = SessionId(1)
ENGINE = EngineId(0)
FUNCTION = "crowd"
SOURCE = "@remote\ndef step(ctx, before):\n    return before + 1\n"
TURN = 0.05  # s between two parts of the run


@dataclass(frozen=True)
class Crowd:
    """So many tasks in groups `stage-00`, `stage-01`, …; each reads its twin of the stage before.

    lines  that a task writes
    ahead  tasks that ended before anybody looked
    """

    tasks: int = 10_000
    groups: int = 20
    lines: int = 4
    ahead: int = 0

    def begin(self) -> Iterator[EventUnion]:
        """The session, its engine, and the whole graph."""
        yield SessionOpened(SESSION, "crowd", OnError.CONTINUE)
        yield CapacityKnown(1, 1)
        yield EngineJoined(ENGINE, HostId("here"), 1, os.getpid())
        yield Submitted(
            SESSION,
            tuple(ObjectSpec(ObjectId(_id(i))) for i in range(self.tasks)),
            tuple(self._task(i) for i in range(self.tasks)),
            (),
            ((FUNCTION, SOURCE),),
        )

    def end(self, first: int, last: int, now: float) -> Iterator[EventUnion]:
        """The tasks number `first` to `last - 1` run to their end."""
        numbers = range(first, min(last, self.tasks))
        tasks = tuple(TaskId(_id(i)) for i in numbers)
        once = Assignment(1)
        yield TasksReady(tasks)
        yield TasksAssigned(ENGINE, BatchId(first + 1), tasks, (once,) * len(tasks))
        yield Reported(ENGINE, SESSION, started=tuple((task, once, now) for task in tasks))
        for number, task in zip(numbers, tasks, strict=True):
            for line in range(self.lines):
                text = f"task {number} says line {line}\n"
                yield Said(task, once, line + 1, "stdout", text, now)
        yield Reported(
            ENGINE,
            SESSION,
            finished=tuple(
                (task, once, now, now + 0.01, (ObjectInfo(ObjectId(task), 8),)) for task in tasks
            ),
        )

    def _task(self, number: int) -> TaskSpec:
        width = self.tasks // self.groups
        before = (ObjectId(_id(number - width)),) if number >= width else ()
        return TaskSpec(
            id=TaskId(_id(number)),
            kind="python",
            name=f"stage-{number // width:02d}/step-{number % width:03d}",
            inputs=before,
            outputs=(ObjectId(_id(number)),),
            function=FUNCTION,
            place=Place("crowd.ipynb", 2, 1),
        )


def tell(stream: Stream, events: Iterator[EventUnion], now: float) -> None:
    """Append the events and hand them to the stream's readers."""
    for event in events:
        stream.append(event, SESSION, now)
    stream.flush()


def begin(stream: Stream, crowd: Crowd) -> None:
    """Tell what was before anybody looked."""
    tell(stream, crowd.begin(), time.time())
    tell(stream, crowd.end(0, crowd.ahead, time.time()), time.time())


def run(stream: Stream, crowd: Crowd, ends: int) -> None:
    """Tell the rest in real time, `ends` tasks a second."""
    began, done = time.monotonic(), crowd.ahead
    while done < crowd.tasks:
        wanted = min(crowd.tasks, crowd.ahead + int((time.monotonic() - began) * ends))
        tell(stream, crowd.end(done, wanted, time.time()), time.time())
        done = max(done, wanted)
        time.sleep(TURN)  # the pace of what is told; nothing is waited for by it


class Told:
    """What a notebook's Watch wants of a session, over a stream that is only told."""

    def __init__(self) -> None:
        self.stream = Stream()

    def follow(self, reader: Reader) -> Callable[[], None]:
        """As a session does it."""
        return self.stream.subscribe(reader)


def show(crowd: Crowd, ends: int) -> threading.Thread:
    """Show the run alive in the cell that is running; the thread that tells it, to be started."""
    told = Told()
    shell = get_ipython()
    assert shell is not None
    outputs = Outputs(FlowLab.instance(), shell)
    watch = Watch(told, print, outputs.news)
    watch.expect(TaskId(_id(number)) for number in range(crowd.tasks))
    outputs.show(watch, alive=True)
    begin(told.stream, crowd)
    return threading.Thread(target=run, args=(told.stream, crowd, ends), daemon=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Write the run to a journal of its own."""
    parser = argparse.ArgumentParser(description="write the journal of a large run")
    parser.add_argument("name")
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--ends", type=int, default=250, help="tasks that end in a second")
    parser.add_argument("--lines", type=int, default=1000, help="lines of output in a second")
    parser.add_argument("--ahead", type=int, default=0, help="tasks that ended before")
    given = parser.parse_args(arguments)
    writer = JournalWriter(journal_directory(given.name), describe_owner(os.getpid()))
    stream = Stream()

    def write(entries: Sequence[Entry]) -> None:
        writer.write(entries)

    stream.subscribe(write)
    crowd = Crowd(given.tasks, lines=given.lines // given.ends, ahead=given.ahead)
    begin(stream, crowd)
    print("begun", flush=True)
    sys.stdin.readline()  # somebody looks
    run(stream, crowd, given.ends)
    print("told", flush=True)
    sys.stdin.read()  # the owner lives until the pipe is closed
    writer.close()


def _id(number: int) -> int:
    return join_id(SESSION, FIRST_LOCAL + number)


if __name__ == "__main__":
    main()
