"""From a queue to the handlers of a session."""

import logging
import os
import threading
import time

import pytest

from flowlab.events.messages import Entry, LogLevelSet
from flowlab.model.ids import TaskId, join_id
from flowlab.model.limits import LOG_AHEAD
from flowlab.session.logger import SearchPattern
from tests.session.declare import wait_until
from tests.session.logscene import S


def test_records_are_handled_in_order_with_names_for_people(scene):
    for number in range(20):
        last = scene.came(f"{number} a", f"{number} b")
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == [f"{number} {x}" for number in range(20) for x in "ab"]
    record = scene.keep.records[0]
    assert (record.task, record.engine, record.host) == ("work", 4, "a-host")
    assert scene.link.heard_seqs[-1] == (S, last)


def test_a_slow_handler_holds_up_nobody_and_what_was_not_handled_is_not_heard(scene):
    scene.keep.gate.clear()
    scene.came("one")
    scene.came("two")
    assert not scene.log.logger.drain(0.05)
    assert scene.link.heard_seqs == []
    scene.keep.gate.set()
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "two"]
    assert scene.link.heard_seqs[-1] == (S, 20)


def test_records_below_the_level_are_heard_and_not_handled(scene):
    scene.log.logger.setLevel(logging.WARNING)
    scene.came("low")
    scene.came("high", level=logging.ERROR)
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["high"]
    assert scene.link.heard_seqs[-1] == (S, 20)


def test_a_level_is_told_once_and_looked_at_again_when_asked(scene, monkeypatch):
    scene.log.logger.setLevel("INFO")
    scene.log.logger.setLevel(logging.INFO)
    assert scene.link.posted == [LogLevelSet(S, logging.INFO)]
    scene.log.logger.setLevel(logging.NOTSET)
    monkeypatch.setattr(logging.getLogger(), "level", logging.ERROR)
    scene.log.tell_level()
    scene.log.tell_level()
    assert scene.link.posted[-1] == LogLevelSet(S, logging.ERROR)
    assert len(scene.link.posted) == 3


def test_the_thread_ends_when_nothing_comes_and_another_goes_on(scene, monkeypatch):
    monkeypatch.setattr("flowlab.session.log.IDLE", 0.01)
    scene.came("one")
    assert scene.log.logger.drain(20)
    wait_until(lambda: scene.log._thread is None)
    scene.came("two")
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "two"]


def test_a_handler_that_drains_does_not_wait_for_itself(scene):
    answers = []

    class Drains(logging.Handler):
        def emit(self, record):
            answers.append(scene.log.logger.drain(60))

    scene.log.logger.addHandler(Drains())
    scene.came("one")
    assert scene.log.logger.drain(20)
    assert answers == [True]


def test_a_filter_or_a_pattern_that_raises_is_told_of_once_and_the_log_goes_on(scene, capsys):
    def odd(record):
        if "odd" in record.getMessage():
            raise SystemExit("no filter of anybody")
        return True

    class Pattern(SearchPattern):
        def check(self, record):
            if "search" in record.getMessage():
                raise ValueError("no pattern")

    scene.log.logger.addFilter(odd)
    dict.__setitem__(scene.log.logger.searchpatterns, "p", Pattern("x"))
    scene.came("one", "odd", "two")
    last = scene.came("odd", "search", "three")
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "two", "three"]
    assert scene.link.heard_seqs[-1] == (S, last)
    told = capsys.readouterr().err
    assert told.count("a filter or a search pattern raised") == told.count("Traceback") == 1
    assert "SystemExit: no filter of anybody" in told


def test_a_handle_error_that_raises_does_not_end_the_log(scene, capsys):
    class Bad(logging.Handler):
        def emit(self, record):
            raise ValueError("no handler")

        def handleError(self, record):
            raise SystemExit("nor this")

    scene.log.logger.addHandler(Bad())
    scene.came("one", "two")
    scene.came("three")
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "two", "three"]
    assert capsys.readouterr().err.count("handleError of Bad raised") == 1


def test_another_thread_goes_on_when_one_dies(scene, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda died: None)

    def handle(row, came):
        scene.log._handle = kept
        raise SystemExit("a bug of ours")

    scene.keep.gate.clear()
    scene.came("one")
    wait_until(lambda: not scene.log._queue)
    kept, scene.log._handle = scene.log._handle, handle
    scene.came("two")
    scene.came("three")
    scene.keep.gate.set()
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "three"]
    scene.came("four")
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "three", "four"]


def test_the_end_waits_for_a_handler_that_gets_on(scene, monkeypatch, capsys):
    monkeypatch.setattr("flowlab.session.log.STALL", 0.5)

    class Slow(logging.Handler):
        def emit(self, record):
            time.sleep(0.1)

    scene.log.logger.addHandler(Slow())
    scene.came(*map(str, range(20)))
    scene.log.finish()  # four times as long as nothing at all may happen
    assert len(scene.keep.texts) == 20
    assert capsys.readouterr().err == ""


def test_the_end_says_what_a_handler_that_stands_still_did_not_get(scene, monkeypatch, capsys):
    monkeypatch.setattr("flowlab.session.log.STALL", 0.02)
    scene.keep.gate.clear()
    scene.came("one", "two")
    scene.came("three")
    scene.log.finish()
    scene.log.finish()  # of the client, after that of the session: it is said and waited for once
    told = capsys.readouterr().err
    assert told.count("flowlab.mine: 3 records were not handled: a handler has stood still") == 1
    scene.keep.gate.set()
    assert scene.log.logger.drain(20)
    assert scene.keep.texts == ["one", "two", "three"]


def test_an_interrupt_ends_the_wait_of_the_end(scene, monkeypatch):
    def interrupt(timeout):
        raise KeyboardInterrupt

    scene.keep.gate.clear()
    scene.came("one")
    monkeypatch.setattr(scene.log._changed, "wait", interrupt)
    with pytest.raises(KeyboardInterrupt):
        scene.log.finish()


def test_a_handler_that_closes_its_session_does_not_wait_for_itself(scene, capsys):
    class Closes(logging.Handler):
        def emit(self, record):
            scene.log.finish()

    scene.log.logger.addHandler(Closes())
    scene.came("one", "two")
    assert scene.log.logger.drain(2)  # less than a stall
    assert capsys.readouterr().err == ""


def test_what_the_kernel_logs_goes_into_the_stream_and_is_not_handled_again(scene):
    scene.log.logger.warning("the lock was released")
    (event,) = scene.link.posted
    assert (event.task, event.engine, event.number) == (TaskId(join_id(S, 0)), None, 1)
    assert (event.rows[0].text, event.rows[0].level) == ("the lock was released", logging.WARNING)
    scene.logs.take([Entry(5, 1.0, S, event)])
    assert scene.link.heard_seqs == [(S, 5)]
    assert scene.log.logger.drain(0)
    assert scene.keep.texts == ["the lock was released"]


def test_the_kernels_own_records_are_bounded_on_their_way_and_a_gap_is_said(scene):
    scene.log.logger.removeHandler(scene.keep)
    for _ in range(100):
        scene.log.logger.info("x" * 10_000)
    sent = len(scene.link.posted)
    assert sum(event.size for event in scene.link.posted) <= LOG_AHEAD
    for event in scene.link.posted:
        scene.logs.take([Entry(5, 1.0, S, event)])
    scene.log.logger.info("after")
    gap, after = scene.link.posted[-1].rows
    assert (
        gap.text == f"{100 - sent} records before this one are not in the session's file of traces"
    )
    assert after.text == "after"


def test_a_forked_process_speaks_for_nobody(scene):
    pid = os.fork()
    if pid == 0:
        scene.log.logger.warning("from a child")
        os._exit(len(scene.link.posted))
    assert os.waitpid(pid, 0)[1] == 0
