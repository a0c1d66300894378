"""Lines: of one thread and one task, and interrupted without harm."""

import gc
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest

from flowlab.model.ids import TaskId, join_id
from flowlab.model.specs import TaskSpec
from flowlab.shared import lines
from flowlab.shared.keys import key_of, remember_run
from flowlab.shared.lines import Line, Scope, ThreadScope, end_lines, line_to, scope_of_tasks
from flowlab.shared.locks import Lock
from flowlab.shared.meetings import Queue
from flowlab.shared.referent import Referent
from flowlab.shared.server import Server
from flowlab.shared.wire import RETURN, Holder, Request
from tests.cluster.peer import wait_until
from tests.shared.conftest import RUN

TASK = TaskSpec(TaskId(join_id(2, 17)), "python", "total")


@pytest.fixture
def lock(server):
    server.lock = Lock()
    return server.add(Referent(server.lock, "Lock", "", ("acquire", "release")))


@pytest.fixture
def queue(server):
    server.queue = Queue()
    return server.add(Referent(server.queue, "Queue", "", ("get", "put")))


@pytest.fixture
def key():
    return key_of(RUN, "here")


def test_a_thread_has_one_line(server, key):
    mine = line_to(server.where.near, key)
    assert line_to(server.where.near, key) is mine
    found = []
    thread = threading.Thread(target=lambda: found.append(line_to(server.where.near, key)))
    thread.start()
    thread.join()
    assert found[0] is not mine
    mine.close()
    assert line_to(server.where.near, key) is not mine


def test_a_server_at_an_older_ones_address_is_not_taken_for_it(server, key, monkeypatch):
    """Ports come round again."""
    old = line_to(server.where.near, key)
    server.close()
    monkeypatch.setattr(
        "flowlab.shared.server._listen",
        lambda host: socket.create_server((host, server.port), backlog=5),
    )
    remember_run(RUN, "the key of another run")
    fresh_key = key_of(RUN, "here")
    fresh = Server(fresh_key, "127.0.0.1", print)
    fresh.start()
    try:
        line = line_to(("127.0.0.1", fresh.port), fresh_key)
        assert line is not old
        ident = fresh.add(Referent(Lock(), "Lock", "", ("locked",)))
        assert line.ask(Request(ident, "locked")) == (RETURN, False)
    finally:
        fresh.close()


def test_lines_to_a_server_that_has_ended_do_not_pile_up(server, key, queue):
    mine = line_to(server.where.near, key)
    found, outcome = [], []

    def wait():
        found.append(line_to(server.where.near, key))
        try:
            found[0].ask(Request(queue, "get"))
        except (OSError, EOFError) as error:
            outcome.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: server.queue._filled._queue)
    end_lines(b"another key")
    assert mine.is_open
    end_lines(key)
    assert not mine.is_open
    assert found[0].is_open, "its thread is in the middle of a call"
    server.close()
    thread.join(10)
    assert outcome
    assert not found[0].is_open


@pytest.mark.parametrize("same", [True, False])
def test_who_calls_while_a_line_is_opened_takes_no_line_away(server, key, lock, monkeypatch, same):
    """As a signal's handler does, or a finalizer: a line that is lost gives its lock back."""
    other = Server(b"other", "127.0.0.1", print)
    other.start()
    opened, plain = [], Scope.open

    def interrupted(self, address, key):
        line = plain(self, address, key)
        if not opened:
            opened.append(line)
            beside = (server.where.near, key) if same else (("127.0.0.1", other.port), b"other")
            line_to(*beside)
        return line

    monkeypatch.setattr(Scope, "open", interrupted)
    try:
        line_to(server.where.near, key).ask(Request(lock, "acquire"))
        opened.clear()
        gc.collect()
        monkeypatch.undo()
        time.sleep(0.1)
        assert server.lock.locked()
    finally:
        other.close()


def test_what_a_task_opened_is_closed_at_its_end(server, key, lock):
    scope = ThreadScope()
    outside = line_to(server.where.near, key)
    scope.begin(TASK)
    inside = line_to(server.where.near, key)
    assert inside is not outside
    inside.ask(Request(lock, "acquire"))
    scope.end()
    assert not inside.is_open
    assert line_to(server.where.near, key) is outside
    assert outside.ask(Request(lock, "acquire", (True, 10))) == (RETURN, True)


def test_a_task_that_used_none_costs_nothing(server):
    known = dict(lines._threads)  # of clients of other tests
    scope = scope_of_tasks(1, inline=True)
    scope.begin(TASK)
    scope.end()
    assert not scope._lines
    assert lines._threads == known


def test_all_threads_of_an_engines_task_are_the_tasks(server, key):
    scope = scope_of_tasks(5, inline=False)
    scope.begin(TASK)
    try:
        found = []
        thread = threading.Thread(target=lambda: found.append(line_to(server.where.near, key)))
        thread.start()
        thread.join()
    finally:
        scope.end()
        scope.engine = None
    assert not found[0].is_open


def test_lines_of_threads_that_have_ended_do_not_pile_up(server, key, lock):
    scope = scope_of_tasks(5, inline=False)
    scope.begin(TASK)
    try:
        for _ in range(5):
            thread = threading.Thread(
                target=lambda: line_to(server.where.near, key).ask(Request(lock, "locked"))
            )
            thread.start()
            thread.join()
        wait_until(lambda: not scope._lines)
        wait_until(lambda: not server._callers)
    finally:
        scope.end()
        scope.engine = None


def test_who_calls_in_the_middle_of_a_call_has_another_line(server, key, lock, queue):
    """As a signal's handler does, or a finalizer."""
    mine = line_to(server.where.near, key)
    mine.ask(Request(lock, "acquire"))
    found = []

    def handle(*_):
        other = line_to(server.where.near, key)
        found.append((other is mine, other.ask(Request(lock, "acquire", (False,)))))
        server.queue.put("item")

    before = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        assert mine.ask(Request(queue, "get")) == (RETURN, "item")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert found == [(False, (RETURN, False))]
    assert server.lock.locked(), "what the first one holds stays with it"
    assert line_to(server.where.near, key) is mine


def test_a_holder_is_named(scope):
    assert scope.holder() == Holder(3)
    scope.begin(TASK)
    assert scope.holder() == Holder(3, "task 'total' (2, 17)")


def interrupted(line, request, ready):
    """Interrupt a call in this thread, as soon as it waits."""

    def interrupt():
        wait_until(ready)
        time.sleep(0.05)  # the request was sent; now its sender waits
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        line.ask(request)


def test_an_interrupted_wait_takes_nothing_and_loses_nothing(server, key, lock, queue):
    line = Line(server.where.near, key, Scope())
    line.ask(Request(lock, "acquire"))
    interrupted(line, Request(queue, "get"), lambda: server.queue._filled._queue)
    assert line.is_open, "what it holds elsewhere stays with it"
    server.queue.put("item")
    assert line.ask(Request(queue, "get")) == (RETURN, "item")
    assert server.lock.locked()


def test_a_lock_that_comes_as_it_is_given_up_is_free(server, key, lock):
    line = Line(server.where.near, key, Scope())
    server.lock.acquire()
    interrupted(line, Request(lock, "acquire"), lambda: server.lock._gate._queue)
    server.lock.release()
    assert line.ask(Request(lock, "acquire", (False,))) == (RETURN, True)


def test_a_call_that_cannot_be_given_up_ends_its_line(server, key, monkeypatch):
    monkeypatch.setattr(lines, "WITHDRAW_SECONDS", 0.05)
    begun, over = threading.Event(), threading.Event()

    class Slow:
        def work(self):
            begun.set()
            over.wait(20)

    ident = server.add(Referent(Slow(), "Slow", "", None))
    line = Line(server.where.near, key, Scope())
    interrupted(line, Request(ident, "work"), begun.is_set)
    over.set()
    assert not line.is_open


def test_a_forked_child_has_lines_of_its_own(server, key, lock):
    mine = line_to(server.where.near, key)
    mine.ask(Request(lock, "acquire"))
    child = os.fork()
    if not child:
        status = 1
        try:
            other = line_to(server.where.near, key)
            free = other.ask(Request(lock, "acquire", (False,)))[1]
            status = 0 if other is not mine and not free else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert mine.ask(Request(lock, "release"))[0] == RETURN, "the child has not closed ours"


def test_an_item_whose_answer_is_interrupted_half_way_goes_back(server, key, queue, monkeypatch):
    server.queue.put("item")
    line = line_to(server.where.near, key)
    receive = line._channel.receive

    def interrupted_half_way():
        receive()
        raise KeyboardInterrupt

    monkeypatch.setattr(line._channel, "receive", interrupted_half_way)
    with pytest.raises(KeyboardInterrupt):
        line.ask(Request(queue, "get"))
    assert not line.is_open
    assert line_to(server.where.near, key).ask(Request(queue, "get", (True, 10))) == (
        RETURN,
        "item",
    )


def test_at_the_end_of_the_process_nothing_is_closed_by_hand():
    code = """if True:  # by then even `os` may be emptied; the operating system closes what is open
        import builtins, os, types; from flowlab.shared.lines import Line
        builtins.x = x = Line.__new__(Line)
        x._pid, x._channel = os.getpid(), types.SimpleNamespace(close=lambda: print(1))"""
    assert subprocess.getoutput(f"{sys.executable} -c '{code}'") == ""
