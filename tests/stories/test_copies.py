"""How often large data is copied on one host: bytes that processes write are counted, no times."""

import pickle
import sys

import numpy as np
import psutil
import pytest

from flowlab import Input, pickled, remote, tasks
from flowlab.model.limits import MIB
from flowlab.staging.host import host_id
from flowlab.staging.store import HostStore
from tests.stories.watching import engine_pids, run_of, scheduler_pid

READERS = 32
LARGE = 100 * MIB
LITTLE = 10 * MIB  # all that is said of it: messages, journals, logs

pytestmark = pytest.mark.engines


class Written:
    """Bytes that each process of a client has written and read by system calls since."""

    def __init__(self, client):
        mine = psutil.Process()
        self._all = [mine, *map(psutil.Process, [*engine_pids(client), scheduler_pid(client)])]
        self._before = [each.io_counters() for each in self._all]

    def since(self):
        """(written, read) of this process, of the engines, and of the scheduler process."""
        return [
            (now.write_chars - before.write_chars, now.read_chars - before.read_chars)
            for now, before in zip(
                [each.io_counters() for each in self._all], self._before, strict=True
            )
        ]


@remote(auto_load=True, auto_encode="pickle")
def look(ctx, array, place):
    """Sum of a part, this engine, and whether the array is a view."""
    import os
    import time

    time.sleep(0.02)  # so that both engines have some of these
    part = slice(place * 1000, (place + 1) * 1000)
    return float(array[part].sum()), os.getpid(), bool(array.flags.writeable)


def seen(looks, array):
    """Engines that looked; what they saw is what is there."""
    engines = set()
    for place, task in enumerate(looks):
        total, engine, writeable = task.output.fetch().load()
        assert total == array[place * 1000 : (place + 1) * 1000].sum()
        assert not writeable
        engines.add(engine)
    return engines


def stored(client):
    """Bytes of all objects in the store."""
    return sum(HostStore(run_of(client).store, host_id()).contents().values())


def test_a_constant_for_32_tasks_is_written_once_and_read_in_place(client, session):
    array = np.arange(LARGE // 8, dtype=float)
    written = Written(client)
    constant = pickled(array)
    array_then = array.copy()
    array += 1  # the user's own business from here on
    looks = [look(constant, place) for place in range(READERS)]
    for task in looks:
        task.output.keep()
    session.submit()
    assert seen(looks, array_then) == set(engine_pids(client))
    assert LARGE <= stored(client) < LARGE + MIB
    kernel, *others = written.since()
    assert LARGE <= kernel[0] < LARGE + LITTLE
    assert kernel[1] < LITTLE
    assert all(max(counts) < LITTLE for counts in others), others


def test_an_array_of_one_engine_is_written_once_for_the_other_and_for_the_kernel(client, session):
    @remote(auto_encode="pickle")
    def make(ctx, size):
        import numpy as np

        return np.arange(size, dtype=float)

    written = Written(client)
    made = make(LARGE // 8)
    looks = [look(made, place) for place in range(READERS)]
    for task in (made, *looks):
        task.output.keep()
    session.submit()
    instance = made.output.fetch()
    array = instance.load()
    assert seen(looks, array) == set(engine_pids(client))
    assert LARGE <= stored(client) < LARGE + MIB
    *kernel_and_engines, scheduler = written.since()
    assert sum(count for count, _ in kernel_and_engines) < LARGE + LITTLE
    assert all(count < LITTLE for _, count in kernel_and_engines)
    assert max(scheduler) < LITTLE
    assert not array.flags.writeable
    made.output.unkeep()
    del instance
    assert array[-1] == LARGE // 8 - 1  # what is mapped stays


def test_what_a_program_reads_of_a_large_value_is_a_standard_pickle(session):
    program = "import pickle,sys; print(pickle.load(open('x','rb')).sum())"
    command = [sys.executable, "-c", program]
    constant = pickled(np.ones(MIB))
    first = tasks.Execute(command, stdout=True, input_paths=[Input("x", dataobj=constant)])
    both = tasks.Concat([constant, constant])
    for task in (first, both):
        task.output.keep()
    session.submit()
    assert first.output.fetch().get_bytes() == b"1048576.0\n"
    data = both.output.fetch().get_bytes()
    half = len(data) // 2
    for part in (data[:half], data[half:]):
        np.testing.assert_equal(pickle.loads(part), np.ones(MIB))
