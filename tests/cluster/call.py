"""Tasks for tests of a cluster, and what they look at.

Their kind: the task's function gets the context and gives the instances.
"""

import itertools
import sys
import time

import cloudpickle
import ipyparallel

from flowlab.cluster import reap
from flowlab.events.messages import OnError, Reported
from flowlab.model.ids import Assignment, BatchId
from flowlab.scheduler.actions import Given, RunBatch
from tests.cluster.peer import SESSION, wait_until

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests

SOURCE = """
from flowlab.tasks.kind import register
class Call:
    name = "cluster-call"
    def run(self, context):
        return context.function(context)
register(Call())
"""


_NUMBERS = itertools.count(1000)  # an engine of several tests knows each function by its key


class Caller:
    """Makes batches of `call` tasks on one bench; tasks are numbered by themselves."""

    def __init__(self, bench):
        self.bench = bench
        self.numbers = _NUMBERS

    def task(self, function, inputs=(), outputs=1):
        """Declare one; gives its spec. `inputs` are specs of outputs or ids."""
        number = next(self.numbers)
        names = [next(self.numbers) for _ in range(outputs)]
        key = f"f{number}"
        table = self.bench.table
        table.functions[key] = cloudpickle.dumps(function)
        local = [one & 0xFFFFFFFF for one in inputs]
        return table.add(number, "cluster-call", local, names, function=key, name=f"task {number}")

    def constant(self, data):
        return self.bench.table.constant(next(self.numbers), data)

    def run(self, *specs, engine=0, on_error=OnError.CONTINUE, assignment=1, urgent=True):
        """Give these to an engine, with all outputs published."""
        given = tuple(
            Given(spec.id, Assignment(assignment), spec.outputs, urgent) for spec in specs
        )
        batch = BatchId(next(self.numbers))
        engine = self.bench.joined[engine].engine
        self.bench.cluster.perform(RunBatch(engine, batch, SESSION, given, 1, on_error))
        return engine


def teach(bench):
    """Make this kind known on all engines."""
    client = ipyparallel.Client(bench.cluster.describe()["connection_file"], timeout=10)
    wait_until(lambda: len(client.ids) >= len(bench.joined))
    # `execute` would also wait for output, of which a client that is new may miss the end
    client[:].apply_sync(exec, SOURCE, {})
    client.close(linger=0)


def rows(bench, column):
    """Rows of one column of all reports."""
    return [row for fact in bench.posted.of(Reported) for row in getattr(fact, column)]


def sleeping(seconds):
    """A function that takes so long."""

    def run(ctx):
        time.sleep(seconds)
        return [ctx.blob(b"slept")]

    return run


def command(pid):
    """Its command line; empty when it is gone."""
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return file.read()
    except OSError:
        return b""


def of_run(bench, word):
    """Processes of a run whose command line has this in it."""
    marked = reap.find_marked([f"FLOWLAB_RUN={bench.run.run}".encode()])
    return [pid for pid in marked if word in command(pid)]
