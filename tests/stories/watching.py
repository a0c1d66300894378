"""What the stories look at from outside: the stream, the processes of a run, what a run leaves."""

import contextlib
import os
import threading
import time
from pathlib import Path

import psutil

from flowlab import remote
from flowlab.cluster import reap
from flowlab.events.messages import (
    EngineLost,
    ObjectsLost,
    Reported,
    TasksAssigned,
    TasksGivenBack,
)
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore

# Processes that are ours by right while a client lives; anything else was left by a task
MACHINERY = ("ipyparallel", "flowlab.session.main", "multiprocessing")


class Watcher:
    """Entries of one session, and of the engines since it was opened, as they come."""

    def __init__(self, session):
        self.entries = []
        self._session = session.session_id
        self._changed = threading.Condition()
        self.stop = session.follow(self._take)

    def _take(self, entries):
        with self._changed:
            if not self.entries:  # what earlier sessions did to the engines is no story of this one
                own = (each.session == self._session for each in entries)
                entries = entries[next((at for at, mine in enumerate(own) if mine), len(entries)) :]
            self.entries += entries
            self._changed.notify_all()

    def of(self, *kinds):
        """Events of these kinds, in order."""
        with self._changed:
            return [each.event for each in self.entries if isinstance(each.event, kinds)]

    def wait_for(self, condition, seconds=30.0):
        """Wait until `condition(self)` holds; it is asked after each change; gives its value."""
        with self._changed:
            self._changed.wait_for(lambda: condition(self), seconds)
            value = condition(self)
        assert value, "it did not happen in time; the last entries were\n" + "\n".join(
            str(each)[:200] for each in self.entries[-5:]
        )
        return value

    def wait_for_event(self, kind, number=1, seconds=30.0):
        """The events of this kind, when there are so many."""
        return self.wait_for(lambda me: len(me.of(kind)) >= number and me.of(kind), seconds)

    def finished(self):
        """Tasks that some report calls finished."""
        return {row[0] for report in self.of(Reported) for row in report.finished}


def wait_until(condition, seconds=10.0):
    """Wait for something to become true; gives its last value."""
    deadline = time.monotonic() + seconds
    while not (value := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return value


def check_each_finished_once(entries, tasks):
    """No task has two assignments at once, and one that finished is remade only after a loss."""
    given, finished, last_loss = {}, {}, 0
    for entry in entries:
        event = entry.event
        if isinstance(event, EngineLost | ObjectsLost):
            last_loss = entry.seq
        for task in event.tasks if isinstance(event, TasksGivenBack) else ():
            given.pop(task, None)
        for task, assignment in _assigned(event):
            assert task not in given, f"{task} was given out twice at once"
            assert finished.get(task, -1) < last_loss, f"{task} was done again without a loss"
            finished.pop(task, None)
            given[task] = assignment
        ended = [row[:2] for row in event.finished] if isinstance(event, Reported) else []
        for task, _ in (row for row in ended if given.get(row[0]) == row[1]):
            del given[task]
            finished[task] = entry.seq
    assert set(finished) == set(tasks)


def _assigned(event):
    """(task, assignment) of what this event gives out."""
    if not isinstance(event, TasksAssigned):
        return ()
    return zip(event.tasks, event.assignments, strict=True)


# --- processes


def run_of(client):
    """The client's run directory; there is one once something was submitted."""
    assert client._run is not None, "the client was not started"
    return client._run


def engine_pids(client):
    """Processes of the engines that are linked now."""
    return [each["pid"] for each in client.describe()["engines"]]


def wait_for_engines(client, number, seconds=60.0):
    """Start, and wait for so many engines; gives their processes."""
    client.start()
    assert wait_until(lambda: len(engine_pids(client)) >= number, seconds), client.describe()
    return engine_pids(client)


def processes_of(run_id):
    """(process, command line) of all that carry the mark of a run."""
    found = []
    for pid in reap.find_marked([f"FLOWLAB_RUN={run_id}".encode()]):
        with contextlib.suppress(psutil.Error):
            found.append((pid, " ".join(psutil.Process(pid).cmdline())))
    return found


def scheduler_pid(client):
    """The scheduler process."""
    (pid,) = [
        pid
        for pid, command in processes_of(run_of(client).run)
        if "flowlab.session.main" in command
    ]
    return pid


def controller_pids(client):
    """Processes of ipyparallel's controller, the oldest (the hub's) first."""
    pids = [
        pid
        for pid, command in processes_of(run_of(client).run)
        if "ipyparallel.controller" in command
    ]
    return sorted(pids, key=lambda pid: psutil.Process(pid).create_time())


# --- leaks


def leaks_of_living(client):
    """What is still there of work that is over, in a client that goes on."""
    if not client._reach.started:
        return []
    run, told = run_of(client), client.describe()
    left = [f"{count} {what} in the object table" for what, count in told["table"].items()
            if what not in {"functions", "bytes"} and count]  # fmt: skip
    left += [f"engine {one['engine']} runs {one['running']}" for one in told["engines"]
             if one["running"]]  # fmt: skip
    left += [f"object {each} in the store" for each in HostStore(run.store, host_id()).contents()]
    left += [f"{path} in a sandbox" for path in run.sandboxes.glob("*/*/*")]
    left += [f"a strange process {pid}: {command}" for pid, command in processes_of(run.run)
             if not any(name in command for name in MACHINERY)]  # fmt: skip
    return left


def leaks_of_closed(run):
    """What a client left behind that is closed or dead: processes, directories, sockets."""
    left = [f"process {pid}: {command}" for pid, command in processes_of(run.run)]
    left += [str(path) for path in run.directories() if path.exists()]
    sockets = Path("/proc/net/unix")
    if sockets.exists():
        lines = sockets.read_text(errors="replace").splitlines()
        left += [line for line in lines if os.fspath(run.path) in line]
    return left


def pass_engines(session):
    """Wait until each engine has ended what it ran."""
    passing = [
        remote()(lambda ctx: b"")(where=engine)
        for engines in session.hosts().values()
        for engine in engines
    ]
    session.submit(passing)
    session.wait(passing)
