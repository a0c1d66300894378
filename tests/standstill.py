"""What a test that stood still was waiting for: said before anything else of its failure."""
# mirrors: nothing; a part of conftest.py

import threading
from pathlib import Path

import psutil
import pytest

from flowlab.errors import FlowlabError
from flowlab.session.session import Session

PATIENCE = 5  # s for a scheduler process to answer: it may be what stands still
FIRST = 5  # tasks of a session that are told
EARLY = 0.9  # of a test's time
_FOUND = pytest.StashKey[list[str]]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Look shortly before the test's time is over: its end lets go of what it waits for."""
    found = item.stash[_FOUND] = []
    looking = threading.Timer(_limit(item) * EARLY, lambda: found.extend(_look(item)))
    looking.daemon = True
    looking.start()
    try:
        return (yield)
    finally:
        looking.cancel()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if call.excinfo is not None and "from pytest-timeout" in str(call.excinfo.value):
        report.longrepr = "\n".join([*item.stash.get(_FOUND, ()), report.longreprtext])
    return report


def _limit(item):
    marker = item.get_closest_marker("timeout")
    return float(marker.args[0] if marker else item.config.getini("timeout"))


def _look(item):
    sessions = [one for one in item.funcargs.values() if isinstance(one, Session)]
    return [*_processes(), *(line for one in sessions for line in _tasks(one))]


def _processes():
    """All that this process has started, with the call of the system that each is in."""
    for one in psutil.Process().children(recursive=True):
        try:
            words = " ".join(one.cmdline())[-120:]
            times = one.cpu_times()
            where = [
                Path(f"/proc/{one.pid}/task/{thread.id}/wchan").read_text()
                for thread in one.threads()[:1]
            ]
            yield (
                f"process {one.pid} of {one.ppid()}: {one.status()} in {where}, "
                f"{times.user + times.system:.2f} s of work, {one.num_threads()} threads: {words}"
            )
        except (psutil.Error, OSError) as gone:
            yield f"process {one.pid}: {gone!r}"


def _tasks(session):
    """What the scheduler says of those that have not ended."""
    found = []

    def ask():
        try:
            found.append(str(session._reach.link.describe()))
            unfinished = session._access.unfinished()[:FIRST]
            found.extend(str(session._reach.link.explain(task)) for task in unfinished)
        except FlowlabError as error:
            found.append(f"{session}: {error!r}")

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(PATIENCE)
    return [*found, *(["the scheduler does not answer"] if asking.is_alive() else [])]
