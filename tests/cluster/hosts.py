"""Engines on several hosts: processes that are told that they are on one of their own.

Told apart by FLOWLAB_HOST, they have a store each, and whoever opened a path of another host would
be refused. `via` puts one really elsewhere, such as into a network namespace.
"""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import flowlab
from flowlab.cluster.bootstrap import make_order
from flowlab.cluster.spawn import PROGRAM
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from tests.cluster.call import SOURCE
from tests.cluster.peer import wait_until

TAUGHT = PROGRAM.removesuffix("main()") + f"exec({SOURCE!r}); main()"
FIRST = 100  # number of the first engine; the cluster's own count from 0


class Engine:
    """One of these engines; `host` is what it is called, `host_id` what others call it."""

    def __init__(self, number, host, process):
        self.number, self.host, self.process = number, host, process
        self.host_id = ""

    def stop(self):
        """It stands still, and so does what it gives or takes."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def kill(self):
        self.process.kill()
        self.process.wait()


class Hosts:
    """Starts engines of a run. `listed` gives, for each engine that is linked, number and host."""

    def __init__(self, run, listed):
        self.run, self.listed = run, listed
        self.engines = []

    def add(self, host, *, via=(), **link):
        """Another engine on this host, when it has joined.

        link  address and key of its link; by default that of engines at home
        """
        near = {"remote": f"ipc://{self.run.engines_socket}", "curve": "", "address": ""}
        order = {**make_order(self.run, host_id(), True, None), **near, **link}
        number = FIRST + len(self.engines)
        engine = Engine(number, host, self._start(order, number, host, via))
        self.engines.append(engine)
        engine.host_id = wait_until(lambda: self._joined(engine), 60)
        return engine

    def store(self, engine):
        """The store of an engine's host, as far as it lies in shared memory."""
        directory = Path(f"/dev/shm/flowlab-{os.getuid()}-{self.run.run}-{engine.host_id}")
        return HostStore(directory, engine.host_id)

    def drafts(self, store):
        """What is half there."""
        return sorted((store.directory / "drafts").glob("*"))

    def _joined(self, engine):
        log = self.run.path / f"engine-{engine.number}.log"
        assert engine.process.poll() is None, log.read_text()
        return self.listed().get(engine.number)

    def _start(self, order, number, host, via):
        """As spawn.py does."""
        home = str(Path(flowlab.__file__).parent.parent)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        log = os.open(self.run.path / f"engine-{number}.log", flags, 0o600)
        process = subprocess.Popen(
            [*via, sys.executable, "-P", "-c", TAUGHT, home, f"flowlab.engine={number}"],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            env={**os.environ, "FLOWLAB_RUN": self.run.run, "FLOWLAB_HOST": host},
            start_new_session=True,
        )
        os.close(log)
        text = json.dumps({**order, "engine": number, "profile": "/nowhere"})  # not the hub's
        with suppress(BrokenPipeError), process.stdin as pipe:
            pipe.write(text.encode())
        return process

    def close(self):
        """After the cluster: they have ended, and left nothing behind."""
        for engine in self.engines:
            engine.process.wait(20)
