"""Engines on a host that is really another one: a network of its own, and a memory of its own.

A controller and an engine at home, an engine in a network namespace in which home is one address
behind a cable, and in which neither the run's directory nor home's shared memory can be seen.
"""

import os
import subprocess
import sys

import ipyparallel
import numpy as np
import pytest

from flowlab import Client, remote
from flowlab.model.limits import MIB
from tests.stories.watching import leaks_of_closed, run_of, wait_for_engines, wait_until

# Long, since it needs what an ordinary user has not: the right to make network namespaces
pytestmark = [pytest.mark.engines, pytest.mark.long]

HIDE = "mount -t tmpfs none /dev/shm && mount -t tmpfs none {} && exec {} -m ipyparallel.engine {}"


class Cable:
    """A network namespace with a cable to home; `address` is home's end of it."""

    def __init__(self):
        name = f"flowlab{os.getpid()}"
        ours, theirs = f"fl{os.getpid()}a"[-15:], f"fl{os.getpid()}b"[-15:]
        net = f"10.213.{os.getpid() % 250}"
        self.name, self.address = name, f"{net}.1"
        self.inside = ["ip", "netns", "exec", name]
        try:
            _ip("netns", "add", name)
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs, "netns", name)
            _ip("addr", "add", f"{net}.1/30", "dev", ours)
            _ip("link", "set", ours, "up")
            for words in (
                ("addr", "add", f"{net}.2/30", "dev", theirs),
                ("link", "set", theirs, "up"),
            ):
                _ip("-n", name, *words)
            _ip("-n", name, "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise

    def close(self):
        """The cable goes with the namespace."""
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)


def _ip(*words):
    command = ["sh", "-c", 'exec ip "$@"', "ip", *words]  # a shell says that there is no `ip`
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        pytest.fail(
            f"`ip {' '.join(words)}` failed: {done.stderr.strip()}. This test needs iproute2 and "
            "the right to make network namespaces (root, or CAP_SYS_ADMIN and CAP_NET_ADMIN)"
        )


@pytest.fixture
def cable():
    made = Cable()
    yield made
    made.close()


@pytest.fixture
def far_client(cable, tmp_path, monkeypatch):
    """A client of a cluster with an engine at each end of the cable."""
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    cluster = ipyparallel.Cluster(
        profile_dir=str(tmp_path / "profile"), n=1, log_level=40, controller_ip=cable.address
    )
    cluster.start_controller_sync()
    cluster.start_engines_sync(1)
    file = cluster.controller.connection_files["engine"]
    command = HIDE.format(runtime, sys.executable, f"--file={file} --log-level=40")
    with (tmp_path / "far.log").open("wb") as log:
        engine = subprocess.Popen(
            [*cable.inside, "sh", "-c", command], stdout=log, stderr=log, start_new_session=True
        )
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    client = Client(cluster=cluster, listen=f"tcp://{cable.address}:*")
    try:
        wait_for_engines(client, 2)
        yield client
    finally:
        run = run_of(client)
        client.close()
        assert wait_until(lambda: not leaks_of_closed(run), 5), leaks_of_closed(run)
        engine.terminate()
        engine.wait(10)
        cluster.stop_cluster_sync()


@remote(auto_encode="pickle")
def make(ctx, seed, size):
    """An array, and where it was made."""
    import os
    import time

    import numpy as np

    time.sleep(0.3)  # so that each engine makes some
    return os.readlink("/proc/self/ns/net"), np.random.default_rng(seed).integers(0, 9, size // 8)


@remote(auto_load=True, auto_encode="pickle")
def look(ctx, *made):
    """Where this runs, and of each array where it was made and its sum."""
    import os
    import time

    time.sleep(0.05)
    where = os.readlink("/proc/self/ns/net")
    return where, [(place, int(array.sum()), array.flags.writeable) for place, array in made]


def test_what_is_made_at_either_end_is_read_at_both_and_in_the_kernel(far_client):
    size = 20 * MIB
    here = os.readlink("/proc/self/ns/net")
    with far_client.new_session() as session:
        sources = [make(seed, size) for seed in range(4)]
        readers = [look(*sources) for _ in range(16)]
        for task in (*sources, *readers):
            task.output.keep()
        session.submit()
        told = [task.output.fetch().load() for task in readers]
        places = {where for where, _ in told}
        assert len(places) == 2
        assert here in places
        sums = [
            int(np.random.default_rng(seed).integers(0, 9, size // 8).sum()) for seed in range(4)
        ]
        made_at = [seen[0] for seen in told[0][1]]
        assert set(made_at) == places
        for _, seen in told:
            assert seen == [(*each, False) for each in zip(made_at, sums, strict=True)]
        between = far_client.describe()["between hosts"]
        assert between["copies"] == 4  # each object is on both hosts, and went there once
        assert 0 < between["bytes"] < 4 * size * 1.1
        for source, total in zip(sources, sums, strict=True):
            place, array = source.output.fetch().load()
            assert place in places
            assert int(array.sum()) == total
        assert far_client.describe()["between hosts"]["copies"] == 4
