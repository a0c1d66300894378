"""Servers: keep strangers out, and give back what a connection held."""

import socket
import threading

import pytest

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared import channel as channels
from flowlab.shared import server as servers
from flowlab.shared.caller import Caller
from flowlab.shared.channel import WrongKey, connect
from flowlab.shared.keys import key_of
from flowlab.shared.lines import Line, Scope
from flowlab.shared.locks import Lock
from flowlab.shared.referent import Referent
from flowlab.shared.server import Server
from flowlab.shared.values import Counter
from flowlab.shared.wire import ERROR, ITSELF, RETURN, Holder, Request
from tests.cluster.peer import wait_until
from tests.shared.conftest import RUN


class Chain(list):
    def more(self, item):
        self.append(item)
        return self


@pytest.fixture
def lock(server):
    server.lock = Lock()
    return server.add(Referent(server.lock, "Lock", "db", ("acquire", "release")))


@pytest.fixture
def line(server):
    found = Line(server.where.near, key_of(RUN, "here"), Scope())
    yield found
    found.close()


def another(server, engine=None):
    scope = Scope()
    scope.engine = engine
    return Line(server.where.near, key_of(RUN, "here"), scope)


def test_a_call_is_answered(line, lock):
    assert line.ask(Request(lock, "acquire")) == (RETURN, True)
    assert line.ask(Request(lock, "acquire", (False,))) == (RETURN, False)


def test_an_object_that_gives_itself_is_not_copied(server, line):
    ident = server.add(Referent(Chain(), "Chain", "", ("more",)))
    assert line.ask(Request(ident, "more", (1,))) == (ITSELF, None)


def test_an_exception_arrives_as_itself(line, lock):
    kind, (error, _) = line.ask(Request(lock, "release"))
    assert (kind, type(error)) == (ERROR, RuntimeError)


@pytest.mark.parametrize("ident", ["", "99"])
def test_what_is_not_there_is_said(line, ident):
    kind, (error, _) = line.ask(Request(ident, "anything"))
    assert (kind, type(error)) == (ERROR, UsageError)


class Unmade:
    """Can be pickled, and not be made again."""

    def __reduce__(self):
        return fail_to_make, ()


def fail_to_make():
    raise LookupError("only there")


def test_an_argument_that_cannot_be_made_again_is_an_error_of_that_call(line, lock, said):
    line.ask(Request(lock, "acquire"))
    kind, (error, _) = line.ask(Request(lock, "release", (Unmade(),)))
    assert (kind, type(error)) == (ERROR, SharedObjectError)
    assert "cannot be made again in the process of the shared object: LookupError" in str(error)
    assert line.ask(Request(lock, "acquire", (False,))) == (RETURN, False), "it is held still"
    assert not said


def test_what_a_connection_held_comes_back_and_is_told(server, line, lock, said):
    dead = another(server, 4)
    dead.ask(Request(lock, "acquire"))
    dead.close()
    assert line.ask(Request(lock, "acquire", (True, 10))) == (RETURN, True)
    wait_until(lambda: said)
    assert said == ["engine 4 ended while it held <shared Lock 'db'>: released"]


def test_an_engine_that_is_lost_holds_nothing(server, line, lock):
    """Its connections may look alive for minutes, when its host has vanished."""
    lost = another(server, 4)
    lost.ask(Request(lock, "acquire"))
    server.lose(4)
    assert line.ask(Request(lock, "acquire", (True, 10))) == (RETURN, True)


def test_one_that_waits_is_dismissed_with_its_engine(server, line, lock):
    line.ask(Request(lock, "acquire"))
    lost, outcome = another(server, 4), []

    def wait():
        try:
            outcome.append(lost.ask(Request(lock, "acquire")))
        except (OSError, EOFError) as error:
            outcome.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    wait_until(lambda: server.lock._gate._queue)
    server.lose(4)
    thread.join(10)
    assert isinstance(outcome[0], OSError | EOFError)
    wait_until(lambda: not server.lock._gate._queue)


def test_a_wrong_key_is_refused_and_told(server, said):
    with pytest.raises((WrongKey, OSError, EOFError)):
        connect(server.where.near, b"wrong")
    wait_until(lambda: said)
    assert "refused a connection from 127.0.0.1:" in said[0]
    assert said[0].endswith("wrong key")


@pytest.mark.parametrize(
    "garbage", [b"GET / HTTP/1.1\r\n\r\n" * 20, bytes(10_000), b"\x80\x05." * 100]
)
def test_garbage_is_refused_and_does_no_harm(server, line, lock, said, garbage):
    sock = socket.create_connection(server.where.near)
    sock.sendall(garbage)
    wait_until(lambda: said)
    sock.close()
    assert "refused" in said[0]
    assert line.ask(Request(lock, "acquire"))[1] is True


def test_who_says_nothing_is_put_out_in_time(server, said, monkeypatch):
    monkeypatch.setattr(channels, "PROOF_SECONDS", 0.05)
    sock = socket.create_connection(server.where.near)
    wait_until(lambda: said)
    assert said[0].endswith("it did not prove the key in time")
    sock.settimeout(10)
    assert sock.recv(64) is not None
    assert sock.recv(64) == b""


def serving_threads(server):
    """Those of one server."""
    found = [each for each in threading.enumerate() if each.name == "flowlab-shared"]
    return [each for each in found if each not in server.threads_before]


def test_many_who_come_at_once_are_all_let_in(server, said):
    ident = server.add(Referent(Counter(), "Counter", "", ("add",)))
    together = threading.Barrier(200)

    def come():
        together.wait()
        another(server).ask(Request(ident, "add"))

    threads = [threading.Thread(target=come) for _ in range(together.parties)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert another(server).ask(Request(ident, "add")) == (RETURN, 201)
    assert not said


def test_of_a_crowd_the_oldest_are_put_out_however_new_they_are(server, lock, said, monkeypatch):
    monkeypatch.setattr(servers, "CROWD", 80)
    monkeypatch.setattr(servers, "TARRY_SECONDS", 1000)
    silent = [socket.create_connection(server.where.near) for _ in range(90)]
    wait_until(lambda: len(said) >= 10)
    assert another(server).ask(Request(lock, "acquire")) == (RETURN, True)
    for each in silent:
        each.close()


def test_a_failure_at_the_door_keeps_nobody_out(server, lock, monkeypatch):
    """As when there is no descriptor or no thread left."""
    failed = []

    class Faulty(servers.Channel):
        def __init__(self, sock):
            if not failed:
                failed.append(sock)
                raise OSError("no room")
            super().__init__(sock)

    monkeypatch.setattr(servers, "Channel", Faulty)
    assert another(server).ask(Request(lock, "acquire")) == (RETURN, True)
    assert failed[0].fileno() == -1, "it was closed, and its caller came again"


def test_who_is_gone_before_he_is_greeted_is_forgotten(server, monkeypatch):
    def gone(self, data):
        raise BrokenPipeError

    line = another(server)
    before = set(server._callers)
    monkeypatch.setattr(servers.Channel, "send", gone)
    server._serve_caller(Caller(Holder()), line._channel)
    assert set(server._callers) == before


def test_four_hundred_silent_connections_keep_nobody_out(server, lock, said, monkeypatch):
    monkeypatch.setattr(servers, "TARRY_SECONDS", 0)
    server.threads_before = set(threading.enumerate())
    silent = [socket.create_connection(server.where.near) for _ in range(400)]
    wait_until(lambda: len(said) >= 400 - servers.STRANGERS)
    line = another(server)
    assert line.ask(Request(lock, "acquire")) == (RETURN, True)
    before = servers.STRANGERS + 2  # this line's, and the one that lets in
    wait_until(lambda: len(serving_threads(server)) <= before)
    assert {each.rpartition(": ")[2] for each in said} == {"others came after it"}
    line.close()
    for each in silent:
        each.close()


def test_no_key_is_told(server, said):
    with pytest.raises((SharedObjectError, OSError, EOFError)):
        connect(server.where.near, b"wrong")
    wait_until(lambda: said)
    assert key_of(RUN, "here").hex() not in "".join(said)
    assert repr(key_of(RUN, "here")) not in "".join(said)


def test_an_address_of_nobody_is_refused():
    with pytest.raises(UsageError, match=r"cannot listen on '203\.0\.113\.1'"):
        Server(b"key", "203.0.113.1", print)


def test_a_closed_server_lets_nobody_in(server, line):
    server.close()
    with pytest.raises((OSError, EOFError)):
        line.ask(Request("1", "acquire"))
    with pytest.raises(OSError, match=r".*"):
        socket.create_connection(server.where.near, 1)
