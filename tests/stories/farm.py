"""One running ipyparallel cluster that is resized, and a client that uses it."""

import ipyparallel

from flowlab import Client
from tests.stories.watching import engine_pids, wait_until

START_SECONDS = 60.0


class Farm:
    """Somebody else's cluster: `client` uses its engines, and is told as they come and go."""

    def __init__(self, place):
        self._cluster = ipyparallel.Cluster(profile_dir=str(place), n=1, log_level=40)
        self._cluster.start_controller_sync()
        self._sets = []  # names of what was started, one engine each
        self._grow()
        self.client = Client(cluster=self._cluster)
        self.client.start()
        self._wait(1)

    def resize(self, number):
        """Have so many engines, all of them linked."""
        while len(self._sets) < number:
            self._grow()
        while len(self._sets) > number:
            self._cluster.stop_engines_sync(self._sets.pop())
        self._wait(number)

    def close(self):
        """End the client, then the cluster."""
        self.client.close()
        self._cluster.stop_cluster_sync()

    def _grow(self):
        self._sets.append(self._cluster.start_engines_sync(1))

    def _wait(self, number):
        def as_many():
            told = self.client.describe()["engines"]
            return isinstance(told, list) and len(told) == number

        assert wait_until(as_many, START_SECONDS), engine_pids(self.client)
