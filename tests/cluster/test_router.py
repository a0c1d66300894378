"""The scheduler process' end of the engine link, against a bare DEALER."""

import os
import stat
import threading
import time
from contextlib import suppress

import pytest
import zmq

from flowlab.cluster.router import OWED, Router
from flowlab.cluster.run import RunDirectory
from flowlab.model.ids import EngineId
from flowlab.worker.messages import (
    Beat,
    Dropped,
    Envelope,
    HandedBack,
    Refused,
    Report,
    Revoked,
    Welcome,
)
from tests.cluster.peer import Peer, hello, wait_until

ENGINE = EngineId(0)


class Desk:
    """A receiver that lets everybody in but engine 99."""

    def __init__(self, router):
        self.router = router
        self.heard = []
        self.threads = set()
        self.ticks = 0
        self.bug = []
        self.notices = []

    def greet(self, word):
        self.threads.add(threading.current_thread().name)
        if word.engine == 99:
            return Refused("no")
        return Welcome(self.router.epoch, word.engine)

    def receive(self, engine, body, safe):
        safe()
        self.heard.append((engine, body))

    def tick(self, now):
        self.ticks += 1
        if self.bug:
            raise self.bug.pop()

    def notice(self, text, level="info"):
        self.notices.append(text)


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


@pytest.fixture
def router(run):
    router = Router(run.engines_socket, run.key)
    router.desk = Desk(router)
    router.start(router.desk)
    yield router
    router.close()


@pytest.fixture
def peer(router):
    peer = Peer(router.address)
    yield peer
    peer.close()


def test_the_socket_is_private(router, run):
    assert stat.S_IMODE(os.stat(run.engines_socket).st_mode) == 0o600


def test_hello_is_answered_by_welcome_with_the_epoch(router, run, peer):
    assert peer.greet(hello(run.key)) == Welcome(router.epoch, ENGINE)
    assert router.lines() == {ENGINE}


def test_a_wrong_key_is_refused(router, run, peer):
    answer = peer.greet(hello("x" * 64))
    assert isinstance(answer, Refused)
    assert "key" in answer.reason
    assert not router.lines()


def test_one_that_is_not_wanted_is_refused(router, run, peer):
    assert peer.greet(hello(run.key, engine=99)) == Refused("no")


def test_an_unknown_peer_is_told_the_epoch_so_that_it_says_hello(router, peer):
    peer.aside(Beat())
    answer = peer.get()
    assert (answer.number, answer.epoch, answer.body) == (0, router.epoch, None)


def test_messages_come_in_order_from_another_thread(router, run, peer):
    peer.greet(hello(run.key))
    for number in range(200):
        router.send(ENGINE, Dropped(objects=(number,)))
    assert [peer.next().objects[0] for _ in range(200)] == list(range(200))


def test_what_is_sent_now_comes_before_what_was_left(router, run, peer):
    peer.greet(hello(run.key))

    def work():
        router.send(ENGINE, Revoked(()))
        router.send_now(ENGINE, HandedBack())

    router.call(work)
    assert [peer.next(), peer.next()] == [HandedBack(), Revoked(())]


def test_what_was_received_is_acknowledged(router, run, peer):
    peer.greet(hello(run.key))
    peer.say(Report(None))
    peer.say(Report(None))
    wait_until(lambda: (peer.next(0.01), not peer.duplex.unacknowledged)[1])
    assert len(router.desk.heard) == 2


def test_a_few_messages_are_acknowledged_by_one_frame(router, run, peer):
    peer.greet(hello(run.key))
    for _ in range(4 * OWED):
        peer.say(Report(None))
    frames = 0
    while peer.duplex.unacknowledged:
        peer.duplex.receive(peer.get())
        frames += 1
    assert frames <= 8, "one for eight of them, and some for ticks between"


def test_after_a_cut_connection_nothing_is_lost_and_nothing_comes_twice(router, run, peer):
    peer.greet(hello(run.key))
    router.send(ENGINE, HandedBack())
    assert peer.next() == HandedBack()
    peer.drop()
    router.send(ENGINE, Revoked(()))  # never arrives on the old connection
    peer.duplex.number(Report(None))  # nor does this
    peer.connect()
    peer.greet(hello(run.key))
    assert peer.next() == Revoked(())
    wait_until(lambda: len(router.desk.heard) == 1)
    peer.say(Report(None))
    wait_until(lambda: len(router.desk.heard) == 2)


def test_another_router_on_the_same_socket_gets_what_was_not_acknowledged(run):
    first = Router(run.engines_socket, run.key)
    first.start(Desk(first))
    peer = Peer(first.address)
    peer.greet(hello(run.key))
    first.close()
    peer.duplex.number(Report(None))  # made while nobody was there
    second = Router(run.engines_socket, run.key)
    desk = Desk(second)
    second.start(desk)
    try:
        assert peer.greet(hello(run.key)).epoch == second.epoch
        wait_until(lambda: len(desk.heard) == 1)
        second.send(ENGINE, HandedBack())
        assert peer.next() == HandedBack()
    finally:
        peer.close()
        second.close()


def test_a_gap_in_the_numbers_makes_the_engine_say_hello_again(router, run, peer):
    peer.greet(hello(run.key))
    peer.duplex.number(Report(None))  # lost on the way
    peer.put(peer.duplex.number(Report(None)))
    while (answer := peer.get()).epoch == router.epoch:
        continue
    assert answer.body is None
    peer.greet(hello(run.key))
    wait_until(lambda: len(router.desk.heard) == 2)


def test_garbage_does_not_end_it(router, run, peer):
    for parts in ([b""], [b"GET / HTTP/1.1"], [b"\x93\x01"], [b"a", b"b", b"c"], [os.urandom(900)]):
        peer.socket.send_multipart(parts)
    assert peer.greet(hello(run.key)) == Welcome(router.epoch, ENGINE)


def test_hanging_up_refuses_and_forgets(router, run, peer):
    peer.greet(hello(run.key))
    router.call(lambda: router.hang_up(ENGINE, "declared lost"))
    assert peer.next() == Refused("declared lost")
    router.send(ENGINE, HandedBack())
    assert peer.next(0.2) is None


def test_everything_happens_on_one_thread_and_ticks_go_on(router, run, peer):
    peer.greet(hello(run.key))
    assert router.desk.threads == {"flowlab-router"}
    before = router.desk.ticks
    wait_until(lambda: router.desk.ticks > before + 2)


def test_a_closed_router_leaves_no_socket_and_takes_no_time(router, run):
    began = time.monotonic()
    router.close()
    router.close()
    assert time.monotonic() - began < 1
    assert not run.engines_socket.exists()
    router.send(ENGINE, HandedBack())


def test_tcp_is_encrypted_and_needs_the_servers_key(run):
    router = Router(run.engines_socket, run.key, "tcp://127.0.0.1:*")
    router.start(Desk(router))
    peer = Peer(router.remote_address)
    try:
        with suppress(zmq.Again):  # refused already: nothing can be sent
            peer.socket.sndtimeo = 300
            peer.aside(hello(run.key))
        assert peer.get(0.3) is None  # no handshake without the key
        peer.drop()
        peer.socket = peer.context.socket(zmq.DEALER)
        peer.socket.linger = 0
        peer.socket.curve_publickey, peer.socket.curve_secretkey = zmq.curve_keypair()
        peer.socket.curve_serverkey = router.curve_key
        peer.socket.connect(router.remote_address)
        assert peer.greet(hello(run.key)) == Welcome(router.epoch, ENGINE)
    finally:
        peer.close()
        router.close()


def test_an_envelope_of_another_epoch_is_not_taken_for_news(router, run, peer):
    peer.greet(hello(run.key))
    peer.put(Envelope(1, 0, "before", Report(None)))
    peer.say(Report(None))
    wait_until(lambda: len(router.desk.heard) >= 1)
    wait_until(lambda: (peer.next(0.01), not peer.duplex.unacknowledged)[1])
    assert len(router.desk.heard) == 1


def test_a_bug_in_one_step_is_said_and_the_links_stand(router, run, peer):
    peer.greet(hello(run.key))
    router.desk.bug.append(ValueError("ours"))
    wait_until(lambda: router.desk.notices)
    assert "ours" in router.desk.notices[0]
    router.send(ENGINE, HandedBack())
    assert peer.next() == HandedBack()
