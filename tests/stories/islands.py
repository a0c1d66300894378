"""A client whose engines are on several hosts, and tasks that run where the story wants them."""

import sys
from pathlib import Path

import cloudpickle
import numpy as np

from flowlab import remote
from flowlab.events.messages import Reported
from flowlab.model.limits import MIB
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from tests.cluster.hosts import Hosts
from tests.stories.watching import run_of, wait_until

cloudpickle.register_pickle_by_value(sys.modules[__name__])  # engines cannot import tests

SIZE = 24 * MIB
HOME = ""  # FLOWLAB_HOST of the engines that are at home


@remote(auto_encode="pickle")
def stand(ctx, place, token):
    """Keep this engine busy until its host is let go."""
    import os
    import time
    from pathlib import Path

    mine = Path(place, f"{os.environ.get('FLOWLAB_HOST', '')}-{token}")
    mine.touch()
    while mine.exists():
        time.sleep(0.005)


@remote(auto_encode="pickle")
def make(ctx, seed, size=SIZE):
    """An array that no compressor makes smaller."""
    import numpy as np

    ctx.debug("made {}", seed)
    return np.random.default_rng(seed).integers(0, 1 << 62, size // 8)


@remote(auto_load=True, auto_encode="pickle")
def look(ctx, *arrays):
    """Where this ran, the arrays' sums, and whether they are views of the store."""
    import os

    sums = [int(array.sum()) for array in arrays]
    return os.environ.get("FLOWLAB_HOST", ""), sums, [one.flags.writeable for one in arrays]


def expected(seed, size=SIZE):
    return int(np.random.default_rng(seed).integers(0, 1 << 62, size // 8).sum())


class Islands:
    """An engine at home and some on other hosts; all of them are busy until `on` frees one."""

    def __init__(self, client, place, hosts=("b", "c")):
        self.client, self.place = client, Path(place)
        self.hosts = Hosts(run_of(client), self._listed)
        self.engines = {}
        for host in hosts:
            self.engines.setdefault(host, []).append(self.hosts.add(host))
        self.session = None
        self._tokens = 0
        self._standing = {}

    def open(self, **options):
        """A session; every engine stands until it is needed."""
        self.session = self.client.new_session(**options)
        for _ in range(1 + len(self.hosts.engines)):
            self.occupy()
        return self.session

    def between(self):
        """What `describe` says of objects between hosts."""
        return self.client.describe()["between hosts"]

    def engine(self, host):
        """The first engine of a host."""
        return self.engines[host][0]

    def free(self, host):
        """Let an engine of this host take tasks."""
        mark = next(self.place.glob(f"{host}-*"))
        task = self._standing.pop(mark.name)
        mark.unlink()
        self.session.wait([task])

    def occupy(self):
        """Let the engine that is free stand."""
        self._tokens += 1
        with self.session.bind_only():
            task = stand(str(self.place), self._tokens)
        self.session.submit()
        found = wait_until(lambda: list(self.place.glob(f"*-{self._tokens}")), 30)
        assert found, "no engine is free"
        self._standing[found[0].name] = task

    def submit(self, function, *args):
        """A task with its outputs kept."""
        with self.session.bind_only():
            task = function(*args)
            for output in task.outputs:
                output.keep()
        self.session.submit()
        return task

    def run_on(self, host, function, *args):
        """A task on this host, when it has ended; then the engine stands again."""
        self.free(host)
        task = self.submit(function, *args)
        self.session.wait([task])
        self.occupy()
        return task

    def close(self):
        """Let all go."""
        for standing in self.place.glob("*-*"):
            standing.unlink()
        self.client.close()
        self.hosts.close()

    def _listed(self):
        return {each["engine"]: each["host"] for each in self.client.describe()["engines"]}


def halt(islands, source):
    """Let a task on c read what lies on b, and c stand still as it comes; gives the task."""
    islands.free("c")
    islands.engine("c").stop()
    before = islands.between()["bytes"]
    task = islands.submit(look, source)
    assert wait_until(lambda: islands.between()["bytes"] > before)
    return task


def stored(islands, host):
    """Objects and drafts in a host's store."""
    store = (
        islands.hosts.store(islands.engine(host))
        if host
        else HostStore(islands.hosts.run.store, host_id())
    )
    return [*store.contents(), *islands.hosts.drafts(store)]


def times(watcher, task):
    """How often a task ran to its end; another scheduler process may be told of it once more."""
    rows = {row[:2] for report in watcher.of(Reported) for row in report.finished}
    return sum(one == task.task_id for one, _ in rows)
