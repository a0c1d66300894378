"""Kernels that come, go, and are killed, seen from the scheduler process' end."""

import os
import subprocess
import sys
import threading
from multiprocessing import AuthenticationError, connection

import pytest

from flowlab.cluster.reap import start_time
from flowlab.errors import LinkError
from flowlab.events.codec import pack, unpack
from flowlab.events.messages import Logged, OnError, SessionClosed, SessionOpened
from flowlab.model.ids import SessionId, TaskId, join_id
from flowlab.model.limits import LOG_WINDOW
from flowlab.session import server as room
from flowlab.session.address import listen, reach
from flowlab.session.frames import (
    DESCRIBE,
    Ask,
    Attach,
    Attached,
    Down,
    Goodbye,
    Heard,
    Lease,
    Post,
    Taken,
    Told,
)
from flowlab.session.pump import Pump
from flowlab.session.server import Server
from flowlab.session.window import Holds
from tests.session.answering import AnsweringCluster
from tests.session.declare import wait_until


class Peer:
    """A kernel that speaks in frames."""

    def __init__(self, run, link, process=None, linger=0.0):
        self.wire = reach(run)
        pid, started = process or (os.getpid(), start_time(os.getpid()))
        self.say(Attach(link, pid, started, 0, linger))
        self.attached = self.hear(Attached)

    def say(self, message):
        self.wire.send(pack(message))

    def hear(self, kind):
        while True:
            message = unpack(self.wire.receive(), Down)
            if isinstance(message, kind):
                return message

    def post(self, number, fact):
        self.say(Post(number, fact))
        while self.hear(Taken).number < number:
            continue

    def leave(self, word=None):
        if word is not None:
            self.say(word)
        self.wire.close()


class House:
    """A server with its pump, in this process."""

    def __init__(self, run, owner):
        self.run = run
        self.over = threading.Event()
        self.pump = Pump(lambda: AnsweringCluster(run))
        self.pump.start()
        self._listener = listen(run)
        self.server = Server(self.pump, self._listener, "epoch", owner, self.over.set)
        self.server.start()

    def peer(self, link="first", **words):
        return Peer(self.run, link, **words)

    def events(self, kind):
        return [e.event for e in self.pump.stream.entries() if isinstance(e.event, kind)]

    def close(self):
        self._listener.close()
        self.pump.close()


@pytest.fixture
def house(run):
    made = House(run, (os.getpid(), start_time(os.getpid())))
    yield made
    made.close()


OPENED = SessionOpened(1, "one", OnError.CONTINUE)


@pytest.mark.parametrize("word", [Goodbye(), None])
def test_the_last_kernel_ends_everything_with_or_without_a_goodbye(house, word):
    house.peer().leave(word)
    assert house.over.wait(5)


def test_a_kernel_that_leaves_takes_its_sessions_along_and_not_the_others(house):
    first, second = house.peer("first"), house.peer("second")
    assert (first.attached.slot, second.attached.slot) == (0, 1)
    first.post(1, OPENED)
    second.post(1, SessionOpened(65537, "two", OnError.CONTINUE))
    first.leave(Goodbye())
    second.say(Ask(7, DESCRIBE))
    assert second.hear(Told).answer["kind"] == "answering"
    wait_until(lambda: house.events(SessionClosed))
    assert [event.session for event in house.events(SessionClosed)] == [1]
    assert not house.over.is_set()


def test_a_lease_lets_it_live_on_until_the_kernel_is_back(house):
    first = house.peer(linger=0.2)
    first.post(1, OPENED)
    first.leave()
    again = house.peer(linger=0.2)
    assert (again.attached.slot, again.attached.taken) == (0, 1)
    assert not house.over.wait(0.5)
    assert not house.events(SessionClosed)
    again.leave()
    assert house.over.wait(5)


def test_a_lease_may_be_asked_for_later_and_a_goodbye_ends_it(house):
    peer = house.peer()
    peer.say(Lease(1000))
    peer.leave(Goodbye())
    assert house.over.wait(5)


def test_what_was_posted_already_is_not_taken_again(house):
    first = house.peer(linger=100)
    first.post(1, OPENED)
    first.leave()
    again = house.peer(linger=0)
    again.post(1, OPENED)
    assert len(house.events(SessionOpened)) == 1


def test_a_dead_kernel_is_noticed_though_a_child_holds_its_socket(house):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    process = (dead.pid, start_time(dead.pid))
    dead.wait()
    peer = house.peer(process=process)  # the socket stays open here, as in a forked child
    assert house.over.wait(5)
    peer.wire.close()


def test_a_stranger_without_the_key_does_not_come_in(house, run):
    with pytest.raises((AuthenticationError, OSError, EOFError)):
        connection.Client(str(run.link_socket), "AF_UNIX", authkey=b"guessed")
    peer = house.peer()
    assert peer.attached.epoch == "epoch"


def test_nonsense_ends_that_kernels_link_alone(house):
    good, bad = house.peer("good"), house.peer("bad")
    bad.wire.send(b"nonsense")
    with pytest.raises((EOFError, OSError)):
        bad.hear(Told)
    good.say(Ask(1, "what is the time"))
    assert "is no question" in good.hear(Told).fault


def test_nobody_at_all_is_an_end_too(run, monkeypatch):
    monkeypatch.setattr(room, "FIRST", 0.1)
    house = House(run, (os.getpid(), start_time(os.getpid())))
    assert house.over.wait(5)
    house.close()
    with pytest.raises(LinkError, match="does not answer"):
        reach(run)


def test_a_session_is_held_while_its_kernel_is_behind_and_free_when_it_leaves(house):
    held = []
    house.server.holds = Holds(lambda session, on: held.append((session, on)))
    task = TaskId(join_id(SessionId(1), 10))
    first = house.peer()
    first.post(1, OPENED)
    for number in range(4):
        house.pump.post(Logged(task, 1, number + 1, 0, (), LOG_WINDOW // 3))
    wait_until(lambda: held == [(1, True)])
    first.say(Heard(SessionId(1), 1_000))
    wait_until(lambda: held == [(1, True), (1, False)])
    house.pump.post(Logged(task, 1, 9, 0, (), 2 * LOG_WINDOW))
    wait_until(lambda: held[2:] == [(1, True)])
    first.leave()
    wait_until(lambda: held[3:] == [(1, False)])
