"""A carrier on a store of its own, and its answers one by one."""

import threading

from flowlab.model.ids import HostId
from flowlab.model.limits import MIB
from flowlab.model.payload import Stored
from flowlab.staging.store import HostStore, StoreSettings, write_settings
from flowlab.worker.carrier import Carrier
from flowlab.worker.messages import Broken, Wanted

PATIENCE = 20.0  # s


class Desk:
    """A carrier, and its answers one by one."""

    def __init__(self, directory, size=64 * MIB):
        directory.mkdir(mode=0o700)
        write_settings(directory, StoreSettings(size))
        self.store = HostStore(directory, HostId(directory.name))
        self.carrier = Carrier(self.store)
        self._came = threading.Semaphore(0)
        self.carrier.wake = self._came.release

    def ask(self, *messages):
        """Give it these; the answer."""
        for message in messages:
            self.carrier.take(message)
        return self.next()

    def next(self):
        assert self._came.acquire(timeout=PATIENCE), "no answer"
        return self.carrier.answers.popleft()

    def after(self, *messages):
        """Give it these, which have no answer, and wait until it has done them."""
        answer = self.ask(*messages, Wanted(99, Stored(self.store.host, "/nowhere", 1), 0))
        assert isinstance(answer, Broken)
        assert answer.transfer == 99
        assert not self.carrier.answers

    def drafts(self):
        return list((self.store.directory / "drafts").glob("*"))

    def close(self):
        self.carrier.close()
        if self.carrier._thread is not None:
            self.carrier._thread.join(PATIENCE)
            assert not self.carrier._thread.is_alive()
