"""Large objects between hosts while engines die, stores fill, processes and people interfere."""

import os
import signal
import tempfile
import threading

import pytest

from flowlab.errors import CannotStore, SessionError
from flowlab.events.messages import EngineLost, ObjectsLost
from flowlab.model.limits import MIB
from tests.stories.islands import HOME, expected, halt, look, make, stored, times
from tests.stories.watching import Watcher, scheduler_pid, wait_until

pytestmark = pytest.mark.engines


@pytest.fixture
def narrow(monkeypatch):
    """Stores that have nowhere to spill: the temporary directory is on their device."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as place:
        monkeypatch.setenv("TMPDIR", place)
        monkeypatch.setattr(tempfile, "tempdir", place)
        yield


def test_when_the_only_host_that_has_it_dies_it_is_made_again(islands_of):
    islands = islands_of(limits={"silent": 5.0})
    watcher = Watcher(islands.session)
    source = islands.run_on("b", make, 1)
    task = halt(islands, source)
    islands.free("b")
    islands.engine("b").kill()
    islands.engine("c").go_on()
    watcher.wait_for_event(EngineLost)
    watcher.wait_for_event(ObjectsLost)
    islands.free(HOME)
    _, sums, _ = task.output.fetch().load()
    assert sums == [expected(1)]
    assert times(watcher, source) == 2
    assert wait_until(lambda: not islands.hosts.drafts(islands.hosts.store(islands.engine("c"))))


def test_when_its_engine_dies_another_one_of_that_host_goes_on_giving(islands_of):
    islands = islands_of(("b", "b", "c"), limits={"silent": 5.0})
    watcher = Watcher(islands.session)
    source = islands.run_on("b", make, 1)
    task = halt(islands, source)
    islands.free("b")
    islands.free("b")
    islands.engine("b").kill()
    islands.engine("c").go_on()
    assert task.output.fetch().load() == ("c", [expected(1)], [False])
    assert times(watcher, source) == 1
    assert not watcher.of(ObjectsLost)
    assert len(watcher.of(EngineLost)) == 1


def test_when_the_engine_that_takes_it_dies_nothing_half_is_taken_for_whole(islands_of):
    islands = islands_of(("b", "c", "c"), limits={"silent": 5.0})
    watcher = Watcher(islands.session)
    source = islands.run_on("b", make, 1)
    task = halt(islands, source)
    islands.engine("c").kill()
    watcher.wait_for_event(EngineLost)
    islands.free("c")
    assert task.output.fetch().load() == ("c", [expected(1)], [False])
    assert times(watcher, source) == 1
    assert len(stored(islands, "c")) == 1


@pytest.mark.usefixtures("narrow")
def test_a_host_without_room_is_an_error_that_names_what_fills_its_store(islands_of):
    islands = islands_of(store_size=40 * MIB)
    source = islands.run_on("b", make, 1)
    filling = islands.run_on("c", make, 2)
    islands.free("c")
    task = islands.submit(look, source)
    number = filling.output.object_id & 0xFFFF_FFFF
    error = (
        rf"cannot be brought to its host: there is no room .* largest .* 1/{number} \(out0\) with"
    )
    with pytest.raises(SessionError, match=error):
        task.output.fetch()
    assert islands.between()["waiting"] == 0
    assert stored(islands, "c") == [filling.output.object_id]


@pytest.mark.usefixtures("narrow")
def test_a_fetch_for_which_home_has_no_room_says_so_and_nothing_is_made_again(islands_of):
    islands = islands_of(("b",), store_size=40 * MIB)
    watcher = Watcher(islands.session)
    source = islands.run_on("b", make, 1)
    filling = islands.run_on(HOME, make, 2)
    with pytest.raises(CannotStore, match="there is no room in this host's store"):
        source.output.fetch()
    assert times(watcher, source) == 1
    filling.output.unkeep()
    assert wait_until(lambda: not stored(islands, HOME))
    assert int(source.output.fetch().load().sum()) == expected(1)


def test_a_scheduler_process_that_takes_over_asks_for_it_again(islands_of):
    islands = islands_of()
    watcher = Watcher(islands.session)
    source = islands.run_on("b", make, 1)
    task = halt(islands, source)
    first = scheduler_pid(islands.client)
    os.kill(first, signal.SIGKILL)
    islands.engine("c").go_on()
    assert task.output.fetch().load() == ("c", [expected(1)], [False])
    assert scheduler_pid(islands.client) != first
    assert times(watcher, source) == 1
    assert len(stored(islands, "c")) == 1
    assert int(source.output.fetch().load().sum()) == expected(1)


def test_a_fetch_that_is_interrupted_can_be_done_again(islands_of):
    islands = islands_of(("b",))
    source = islands.run_on("b", make, 1)
    islands.engine("b").stop()
    threading.Timer(0.3, signal.raise_signal, [signal.SIGINT]).start()
    with pytest.raises(KeyboardInterrupt):
        source.output.fetch()
    islands.engine("b").go_on()
    assert int(source.output.fetch().load().sum()) == expected(1)
    assert islands.between()["copies"] == 1
