"""A manager of the user's own, as Ruffus' document has it: its proxies are usable in tasks."""

# mirrors: the switchboard with tasks on two engines

import logging
import logging.handlers
import re
import sys

import cloudpickle
import pytest

from flowlab import TaskError, UsageError, remote
from tests.stories import seed_logger
from tests.stories.seed_logger import LoggingManager
from tests.stories.watching import pass_engines, wait_until

for module in (sys.modules[__name__], seed_logger):
    cloudpickle.register_pickle_by_value(module)  # engines cannot import tests
pytestmark = pytest.mark.engines


@remote(auto_encode="pickle")
def job(ctx, number, *extra_params):
    logger_proxy, logging_mutex = extra_params
    with logging_mutex:
        logger_proxy.debug("job %d begins" % number)  # noqa: G002, UP031 - as in the document
        logger_proxy.info("job %d ends" % number)  # noqa: G002, UP031 - as in the document
    return str(logger_proxy)


@pytest.fixture
def manager():
    with LoggingManager() as made:
        yield made


def test_its_log_is_whole_and_in_groups(session, manager, tmp_path):
    log = manager.setup_logger(logging.DEBUG, str(tmp_path / "a.log"))
    mutex = manager.Lock()
    tasks = [job(number, log, mutex) for number in range(50)]
    for task in tasks:
        task.keep_outputs()
    session.submit()
    session.wait_all()
    assert {task.output.fetch().load() for task in tasks} == {"Logging proxy"}
    lines = (tmp_path / "a.log").read_text().splitlines()
    assert len(lines) == 100
    numbers = [re.fullmatch(r"job (\d+) begins", line)[1] for line in lines[::2]]
    assert lines[1::2] == [f"job {number} ends" for number in numbers]
    assert sorted(map(int, numbers)) == list(range(50))


def test_what_a_task_holds_of_it_comes_back(client, manager):
    mutex, queue = manager.Lock(), manager.Queue()

    @remote()
    def fail(ctx):
        mutex.acquire()
        raise LookupError("with the lock")

    @remote()
    def take(ctx):
        queue.get()
        return b""

    with client.new_session("own", on_error="continue") as session:
        failing, taking = fail(), take()
        assert failing.resources.alone
        session.submit()
        with pytest.raises(TaskError, match="with the lock"):
            failing.wait()
        assert mutex.acquire(True, 10)
        assert wait_until(lambda: session.explain(taking).state == "running")
        session.cancel([taking])
        with pytest.raises(TaskError, match="cancelled"):
            taking.wait()
        pass_engines(session)  # until its engine has ended it, a cancelled task may take an item
        queue.put("item")
        assert queue.get(True, 10) == "item"


def test_one_that_is_gone_is_refused_where_the_task_is_declared(session):
    manager = LoggingManager()
    manager.start()
    mutex = manager.Lock()
    manager._process.kill()
    manager._process.join()
    with pytest.raises(UsageError, match=r"does not answer .*session\.shared"):
        job(1, None, mutex)
