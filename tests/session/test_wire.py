"""Messages arrive whole and in order, however they are cut on their way; an end is noticed."""

import os
import socket
import struct
import threading
from multiprocessing.connection import Connection

import pytest

from flowlab.session.wire import Wire


def wire_of(end):
    return Wire(Connection(os.dup(end.fileno())))


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    wire = wire_of(ours)
    ours.close()
    yield wire, theirs
    wire.close()
    theirs.close()


@pytest.fixture
def pair(ends):
    wire, theirs = ends
    other = wire_of(theirs)
    yield wire, other
    other.close()


def framed(data):
    return struct.pack("!Q", len(data)) + data


@pytest.mark.parametrize("sizes", [(0, 1, 0), (65_536, 65_537, 3), (5_000_000, 1, 3_000_000)])
def test_messages_arrive_in_order(pair, sizes):
    wire, other = pair
    messages = [os.urandom(size) for size in sizes]
    thread = threading.Thread(target=lambda: [wire.send(each) for each in messages])
    thread.start()
    assert [other.receive() for _ in messages] == messages
    thread.join(10)


@pytest.mark.parametrize("step", [1, 7, 9, 100_000])
def test_where_a_message_is_cut_does_not_matter(ends, step):
    wire, theirs = ends
    messages = [b"", b"first", b"x" * 70, b"last"] + ([b"y" * 200_000] if step > 100 else [])
    whole = b"".join(map(framed, messages))

    def send():
        for start in range(0, len(whole), step):
            theirs.sendall(whole[start : start + step])

    thread = threading.Thread(target=send)
    thread.start()
    assert [wire.receive() for _ in messages] == messages
    thread.join(10)


class Counted:
    """A socket whose calls are counted."""

    def __init__(self, sock, calls):
        self._sock, self._calls = sock, calls

    def __getattr__(self, name):
        self._calls.append(name)
        return getattr(self._sock, name)


def test_all_that_has_come_takes_one_call(pair):
    """Beside a cell that computes each call waits 5 ms for the interpreter's lock."""
    wire, other = pair
    sent, received = [], []
    wire._socket, whole = Counted(wire._socket, sent), wire._socket
    other._socket, others = Counted(other._socket, received), other._socket
    for number in range(20):
        wire.send(b"%d" % number)
    assert [other.receive() for _ in range(20)] == [b"%d" % number for number in range(20)]
    assert (len(sent), len(received)) == (20, 1)
    thread = threading.Thread(target=lambda: whole.sendall(framed(bytes(3_000_000))))
    thread.start()
    assert other.receive() == bytes(3_000_000)
    thread.join(10)
    assert len(received) == 3, "the length with what came beside it, and the rest"
    wire._socket, other._socket = whole, others


@pytest.mark.parametrize("begun", [b"", b"\0\0\0", framed(b"message")[:-1]])
def test_an_end_is_noticed(ends, begun):
    wire, theirs = ends
    theirs.sendall(begun)
    theirs.close()
    with pytest.raises(EOFError):
        wire.receive()


def test_a_cut_wakes_the_thread_that_reads(pair):
    wire, other = pair
    ended = threading.Event()

    def read():
        with pytest.raises((EOFError, OSError)):
            wire.receive()
        ended.set()

    threading.Thread(target=read).start()
    wire.cut()
    assert ended.wait(5)
    with pytest.raises(EOFError):
        other.receive()
    wire.close()
    wire.cut()  # a second time does no harm


def test_who_sends_to_an_end_hears_of_it(ends):
    wire, theirs = ends
    theirs.close()
    with pytest.raises(OSError, match="pipe"):
        wire.send(b"x")


def test_a_default_timeout_of_the_user_s_ends_nothing(ends):
    socket.setdefaulttimeout(0.05)
    try:
        wire = wire_of(ends[1])
    finally:
        socket.setdefaulttimeout(None)
    threading.Timer(0.2, ends[0].send, (b"late",)).start()
    assert wire.receive() == b"late"
    wire.close()


def test_nothing_is_held_of_a_message_while_the_next_is_waited_for(pair):
    wire, other = pair
    thread = threading.Thread(target=wire.send, args=(bytes(1_000_000),))
    thread.start()
    assert len(other.receive()) == 1_000_000
    thread.join(10)
    assert other._ahead == b""
