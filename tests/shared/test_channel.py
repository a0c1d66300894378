"""Channels: whole messages, and a proof of the key by both ends."""

import os
import socket
import threading

import pytest

from flowlab.shared import channel as channels
from flowlab.shared.channel import Channel, WrongKey, connect


@pytest.fixture
def pair():
    listener = socket.create_server(("127.0.0.1", 0))
    one = socket.create_connection(listener.getsockname())
    other, _ = listener.accept()
    ends = Channel(one), Channel(other)
    yield ends
    for each in ends:
        each.close()
    listener.close()


def proven(pair, ours, theirs):
    """What comes of a proof: of the end that connected, and of the other one."""
    outcome = []

    def demand():
        try:
            outcome.append(pair[1].demand_proof(theirs))
        except (WrongKey, OSError, EOFError) as error:
            outcome.append(error)
            pair[1].close()

    thread = threading.Thread(target=demand)
    thread.start()
    try:
        pair[0].prove(ours)
        mine = None
    except (WrongKey, OSError, EOFError) as error:
        mine = error
    thread.join(10)
    return mine, outcome[0]


def test_both_ends_prove_the_key(pair):
    assert proven(pair, b"key", b"key") == (None, None)


def test_a_wrong_key_is_refused(pair):
    mine, theirs = proven(pair, b"wrong", b"key")
    assert isinstance(theirs, WrongKey)
    assert isinstance(mine, WrongKey), "it is told, and need not try again"


def test_who_answers_without_the_key_is_refused_too():
    """A stranger that took the address of a server that is gone."""
    listener = socket.create_server(("127.0.0.1", 0))

    def lie():
        sock, _ = listener.accept()
        sock.sendall(bytes(32))
        sock.recv(64)
        sock.sendall(bytes(32))
        sock.close()

    threading.Thread(target=lie, daemon=True).start()
    with pytest.raises(WrongKey, match="has not the key of the run"):
        connect(listener.getsockname(), b"key")
    listener.close()


def test_who_says_nothing_is_given_up(pair, monkeypatch):
    monkeypatch.setattr(channels, "PROOF_SECONDS", 0.05)
    with pytest.raises(TimeoutError):
        pair[1].demand_proof(b"key")


@pytest.mark.parametrize("size", [0, 1, 1 << 16, 3 << 20])
def test_messages_arrive_whole(pair, size):
    data = os.urandom(size)
    thread = threading.Thread(target=pair[0].send, args=(data,))
    thread.start()
    assert pair[1].receive() == data
    thread.join()


def test_the_end_is_seen(pair):
    assert not pair[1].has_more()
    assert not pair[1].wait(0.01)
    pair[0].close()
    assert pair[1].wait()
    assert pair[1].has_more()
    with pytest.raises(EOFError):
        pair[1].receive()


def test_an_end_in_the_middle_of_a_message_is_no_message(pair):
    pair[0]._socket.sendall((100).to_bytes(8, "big") + b"half")
    pair[0].close()
    with pytest.raises(EOFError):
        pair[1].receive()


def test_a_forked_child_holds_no_channel_open(pair):
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.read(reading, 1)
        os._exit(0)
    pair[0]._socket.close()  # without a goodbye, as when a process is killed
    assert pair[1].wait(10), "the child had it too, and kept it open"
    os.write(writing, b"!")
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)


def test_who_waits_on_one_that_is_closed_beside_him_hears_of_the_end(pair):
    """The number of its descriptor may be a silent stranger's by then."""
    stranger, silent = socket.socketpair()
    number = pair[0]._socket.fileno()

    def close():
        pair[0]._socket.close()
        os.dup2(stranger.fileno(), number)

    threading.Timer(0.05, close).start()
    with pytest.raises(EOFError):
        pair[0].wait()
    for each in (stranger, silent):
        each.close()
    os.close(number)
