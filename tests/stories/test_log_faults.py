"""The log in a flood, and when engines and scheduler processes are killed."""

import logging
import os
import signal
import threading
import time

import pytest

from flowlab import TaskError, remote
from flowlab.events.messages import EngineLost, Logged
from flowlab.model.limits import LOG_WINDOW
from tests.stories.talking import Keep, lines, listen, talk
from tests.stories.watching import Watcher, engine_pids, scheduler_pid, wait_until

pytestmark = pytest.mark.engines


def test_who_floods_waits_for_slow_handlers_and_loses_nothing(new_client):
    class Slow(Keep):
        def emit(self, record):
            super().emit(record)
            while not gate:
                time.sleep(0.01)

    gate = []
    client = new_client(1)
    with client.new_session("flood") as session:
        listen(session)
        session.logger.addHandler(slow := Slow())
        watcher = Watcher(session)
        task = talk(100_000)
        other = client.new_session("other")
        session.submit()
        sizes = lambda: sum(each.size for each in watcher.of(Logged))
        assert wait_until(lambda: _stands(sizes), 60)
        before = sizes()
        assert LOG_WINDOW < before < 2 * LOG_WINDOW  # what is on its way is bounded
        assert task.state != "finished"
        other.close()
        gate.append(True)
        session.wait_all()
        assert session.logger.drain(60)
        assert slow.texts(task) == lines(100_000)


def _stands(value):
    """Whether a number that grew grows no more."""
    before = value()
    time.sleep(0.5)
    return before and before == value()


class Ticker(threading.Thread):
    """Looks at the clock as often as it gets to; `longest`: s between two looks."""

    def __init__(self):
        super().__init__(daemon=True)
        self.longest, self.ended = 0.0, threading.Event()

    def run(self):
        before = time.monotonic()
        while not self.ended.wait(0.01):
            now = time.monotonic()
            self.longest, before = max(self.longest, now - before), now


def test_in_a_flood_the_notebook_has_its_turn_and_other_results_come(new_client):
    client = new_client(2)
    with client.new_session("flood", on_error="continue") as session:
        keep = listen(session)
        flood = talk(10_000_000)
        session.submit()
        assert wait_until(lambda: len(keep.records) > 5_000, 60)
        ticker = Ticker()
        ticker.start()
        for number in range(5):
            other = remote(lambda ctx, number: b"%d" % number, outputs=1)(number)
            other.output.keep()
            session.submit()
            assert other.output.fetch().get_bytes() == b"%d" % number
        before = len(keep.records)
        assert wait_until(lambda: len(keep.records) > before + 20_000, 60)
        ticker.ended.set()
        ticker.join()
        assert flood.state != "finished"
        # Wide: with three times as many processes as cores it was 0.6 s
        assert ticker.longest < 2.0
        session.cancel([flood])
        with pytest.raises(TaskError):
            flood.wait()


def test_a_filter_that_raises_stops_no_task(new_client, capsys):
    client = new_client(1)
    with client.new_session("filter") as session:
        keep = listen(session)

        def odd(record):
            return record.args[0] >= 0  # what comes has no arguments any longer

        session.logger.addFilter(odd)
        talk(30_000)  # more than may be on its way to handlers
        session.submit()
        session.wait_all()
        assert session.logger.drain(60)
        assert keep.records == []
        session.logger.removeFilter(odd)
        task = talk(5)
        session.submit()
        session.wait_all()
        assert session.logger.drain(60)
        assert keep.texts(task) == lines(5)
    assert capsys.readouterr().err.count("a filter or a search pattern raised") == 1


def test_one_that_waits_for_handlers_can_be_cancelled(new_client):
    client = new_client(1)
    gate = []

    class Stuck(logging.Handler):
        def emit(self, record):
            while not gate:
                time.sleep(0.01)

    with client.new_session("stuck", on_error="continue") as session:
        listen(session)
        session.logger.addHandler(Stuck())
        watcher = Watcher(session)
        task = talk(10_000_000)
        session.submit()
        assert wait_until(lambda: _stands(lambda: len(watcher.of(Logged))), 60)
        session.cancel([task])
        with pytest.raises(TaskError):
            task.wait()
        assert not watcher.of(EngineLost)
        gate.append(True)


def test_what_had_left_a_killed_engine_is_in_the_log_once(new_client):
    client = new_client(2)
    with client.new_session("killed", on_error="continue") as session:
        keep = listen(session)
        watcher = Watcher(session)
        task = talk(100_000, pause=0.02)
        session.submit()
        assert wait_until(lambda: len(keep.records) > 2_000, 30)
        engine = keep.records[0].engine
        os.kill(engine_pids(client)[engine], signal.SIGKILL)
        watcher.wait_for_event(EngineLost)
        session.cancel([task])
        with pytest.raises(TaskError):
            task.wait()
        assert session.logger.drain(30)
        for assignment in {record.assignment for record in keep.records}:
            texts = [r.getMessage() for r in keep.records if r.assignment == assignment]
            assert texts == lines(len(texts))


def test_another_scheduler_process_loses_no_record_and_repeats_none(new_client):
    client = new_client(2)
    with client.new_session("takeover") as session:
        keep = listen(session)
        tasks = [talk(20_000, pause=0.01) for _ in range(2)]
        session.submit()
        for part in (3_000, 12_000):
            assert wait_until(lambda part=part: len(keep.records) > part, 60)
            before = scheduler_pid(client)
            os.kill(before, signal.SIGKILL)
            client.describe()  # is answered by another one
            assert scheduler_pid(client) != before
        session.wait_all()
        assert session.logger.drain(60)
        for task in tasks:
            assert keep.texts(task) == lines(20_000)
