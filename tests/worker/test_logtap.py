"""Log records of tasks: complete, of the level that was asked for, and never in others' way."""

import logging
import os
import threading
import time

import pytest

from flowlab.events.messages import Logged
from flowlab.model.limits import LOG_AHEAD
from flowlab.worker.logtap import LogTap
from flowlab.worker.messages import Interrupted, LogHeld
from flowlab.worker.tap import Tap
from tests.worker.workshop import SESSION, batch, job, task_id

LOGGER = logging.getLogger("tests.mine")


@pytest.fixture
def root():
    """The root logger, which is found and left as it was."""
    logger = logging.getLogger()
    level, handlers = logger.level, list(logger.handlers)
    yield logger
    logger.setLevel(level)
    logger.handlers[:] = handlers


def run(shop, *calls, level=logging.DEBUG):
    jobs = [job(number, publish=True) for number in range(1, len(calls) + 1)]
    return shop.run(batch(jobs, calls, level=level))


def given(shop, function, level=logging.INFO):
    """A batch of one task that runs this very function, not a copy of it."""
    shop.loop._memory._functions["f"] = function
    shop.loop._memory._pickled["f"] = b"-"
    return batch([job(1, publish=True, function="f")], level=level)


def texts(sheet, number=1):
    return [row.text for row in sheet.rows(number)]


def test_records_of_the_wanted_level_arrive_and_no_others(shop, root):
    def logs(ctx):
        for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
            LOGGER.log(level, "level %d", level)
        return 1

    root.setLevel(logging.WARNING)
    assert texts(run(shop, logs, level=logging.INFO)) == ["level 20", "level 30", "level 40"]
    assert root.level == logging.WARNING
    shop.reports.clear()
    assert texts(run(shop, logs, level=logging.ERROR)) == ["level 40"]


def test_each_task_has_the_level_of_its_own_session(shop, root):
    logs = lambda ctx: LOGGER.info("said") or LOGGER.warning("warned") or 1
    quiet = batch([job(2, publish=True)], [logs], number=2)
    sheet = shop.run(batch([job(1, publish=True)], [logs], level=logging.INFO), quiet)
    assert texts(sheet) == ["said", "warned"]
    assert texts(sheet, 2) == ["warned"]


def test_what_a_task_does_to_the_root_logger_ends_with_it(shop, root):
    def meddles(ctx):
        logging.basicConfig(force=True, level=logging.CRITICAL)
        LOGGER.info("nobody hears it")
        return 1

    sheet = run(shop, meddles, lambda ctx: LOGGER.info("heard") or 2)
    assert texts(sheet, 2) == ["heard"]


def test_a_handler_of_the_user_on_the_root_logger_hears_the_same(shop, root):
    heard = []

    class Keep(logging.Handler):
        def emit(self, record):
            heard.append(record.getMessage())

    def logs(ctx):
        handler = Keep()
        logging.getLogger().addHandler(handler)
        LOGGER.info("both")
        logging.getLogger().removeHandler(handler)
        return 1

    assert texts(shop.run(given(shop, logs))) == ["both"] == heard


def test_the_tasks_own_threads_are_heard_and_those_of_the_process_are_not(shop, root):
    stop, go = threading.Event(), threading.Event()

    def chatters():
        go.wait()
        LOGGER.info("from elsewhere")
        stop.set()

    other = threading.Thread(target=chatters)
    other.start()

    def logs(ctx):
        go.set()
        stop.wait()
        own = threading.Thread(target=lambda: LOGGER.info("mine"))
        own.start()
        own.join()
        return 1

    sheet = shop.run(given(shop, logs))
    other.join()
    assert texts(sheet) == ["mine"]


def test_between_tasks_records_are_left_to_the_process(root):
    tap = Tap()
    handler = LogTap(tap, inline=False)
    handler.adopt_thread()
    handler.enter()
    handler.prepare((7, 1), logging.DEBUG)
    LOGGER.info("nobody's")
    handler.leave()
    handler.finish()
    assert tap.take() == ()
    assert handler not in root.handlers


def test_children_that_a_task_forks_log_as_the_task_does(shop, root):
    def forks(ctx):
        LOGGER.info("before")
        for number in range(3):
            pid = os.fork()
            if pid == 0:
                LOGGER.info("child %d", number)
                os._exit(0)
            os.waitpid(pid, 0)
        return 1

    said = texts(run(shop, forks))
    assert said[0] == "before"
    assert sorted(said[1:]) == ["child 0", "child 1", "child 2"]


def flood(ctx):
    for number in range(40_000):
        LOGGER.info("line %d", number)
    return 1


def in_thread(shop, *batches):
    """The loop, running in a thread as it does inline, and its sheet when it ends."""
    for one in batches:
        shop.loop.accept(one)
    thread = threading.Thread(target=lambda: shop.loop.run_slice(60))
    thread.start()
    return thread


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def unsafe(shop):
    return shop.loop._stage.tap._unsafe


def test_a_task_that_floods_waits_until_its_records_are_safe_and_loses_none(inline_shop, root):
    shop = inline_shop
    shop.loop.wake = lambda: None
    thread = in_thread(shop, batch([job(1)], [flood], level=logging.INFO))
    until(lambda: unsafe(shop) >= LOG_AHEAD)
    before = unsafe(shop)
    time.sleep(0.05)
    assert unsafe(shop) == before < LOG_AHEAD + 10_000  # it waits
    done = 0
    most = 0
    while thread.is_alive() or shop.loop.flush():
        shop.loop.flush()
        most = max(most, unsafe(shop))
        for report in shop.reports[done:]:
            shop.loop.made_safe(report)
        done = len(shop.reports)
    assert most < LOG_AHEAD + 10_000
    sheet = shop.sheet()
    assert texts(sheet) == [f"line {number}" for number in range(40_000)]
    logged = [each for each in sheet.traces if isinstance(each, Logged)]
    assert [each.number for each in logged] == list(range(1, len(logged) + 1))
    assert {each.engine for each in logged} == {3}
    assert all(each.size == sum(row.size for row in each.rows) for each in logged)


def test_a_task_that_waits_can_be_cancelled(inline_shop, root):
    shop = inline_shop
    shop.loop.wake = lambda: None
    thread = in_thread(shop, batch([job(1)], [flood], level=logging.INFO))
    until(lambda: unsafe(shop) >= LOG_AHEAD)
    shop.loop.accept(Interrupted(task_id(1), 1))
    until(lambda: shop.loop.tick() or not thread.is_alive())
    assert shop.sheet().cancelled == [task_id(1)]


def test_who_logs_waits_while_the_handlers_of_its_session_are_behind(inline_shop, root):
    shop = inline_shop
    steps = []

    def logs(ctx):
        steps.append("begun")
        LOGGER.info("said")
        steps.append("logged")
        return 1

    shop.loop.accept(LogHeld(SESSION, held=True))
    thread = in_thread(shop, given(shop, logs))
    until(lambda: steps)
    time.sleep(0.05)
    assert steps == ["begun"]
    shop.loop.accept(LogHeld(SESSION, held=False))
    thread.join(60)
    assert steps == ["begun", "logged"]
    assert texts(shop.sheet()) == ["said"]


def test_another_scheduler_process_lets_them_all_go_on(shop, root):
    shop.loop.accept(LogHeld(SESSION, held=True))
    shop.loop.release()
    assert texts(run(shop, lambda ctx: LOGGER.info("said") or 1)) == ["said"]
