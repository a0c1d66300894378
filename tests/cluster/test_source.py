"""Where engines come from, without any: what is said, and what is raised."""

import asyncio
from contextlib import suppress

import pytest

from flowlab.cluster.choice import EngineChoice
from flowlab.cluster.run import RunDirectory
from flowlab.cluster.source import Source
from flowlab.errors import ClusterError


class Office:
    def __init__(self):
        self.notices, self.pids = [], []

    def notice(self, text, level="info"):
        self.notices.append(text)

    def capacity(self, engines):
        self.engines = engines

    def started(self, pids):
        self.pids += pids


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def nothing_launched(number, pids, now):
    raise AssertionError("no engine was asked for")


def source(run, office, resume=False, **choice):
    return Source(run, EngineChoice(**choice), office, nothing_launched, resume)


@pytest.mark.parametrize(
    ("choice", "local"),
    [({"n": 1}, True), ({"profile": "batch"}, False), ({"connection": ()}, False)],
)
def test_our_own_engines_of_this_host_need_no_controller(run, choice, local):
    assert source(run, Office(), **choice).local is local


def test_our_own_engines_are_waited_for_and_the_controller_is_not_begun(run):
    office = Office()
    ours = source(run, office, n=3)

    async def begin():
        with suppress(TimeoutError):
            await asyncio.wait_for(ours.begin({}), 0.1)

    asyncio.run(begin())
    assert office.notices == ["starting 3 engines on this host"]
    assert office.engines == 3
    assert office.pids == []
    assert ours.controller_pid() == -1
    assert ours.connection_file() == ""
    ours.close()


def test_nothing_can_be_taken_up_where_nothing_was(run):
    with pytest.raises(FileNotFoundError):
        asyncio.run(source(run, Office(), resume=True, profile="batch").begin({}))


def test_what_does_not_begin_in_time_is_an_error_that_says_so(run, monkeypatch):
    ours = source(run, Office(), profile="batch", start_seconds=0.0)
    with pytest.raises(ClusterError, match="nothing happened in 0 s"):
        asyncio.run(ours.begin({}))
