"""The scheduler process' end of all engine links: one ROUTER, one thread, one duplex an engine.

Frames are `Envelope`s of one part. The thread owns the sockets; others only leave work for it and
wake it. An engine is known from its Hello on, which must carry the key of the run; whatever else an
unknown peer says is answered by the epoch alone, which tells an engine to say Hello.
"""

import hmac
import os
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import msgspec
import zmq

from flowlab.errors import LinkError
from flowlab.model.ids import EngineId
from flowlab.worker.duplex import Duplex
from flowlab.worker.messages import Answer, Beat, Down, Envelope, Hello, Refused, Report, Welcome

TICK = 0.1  # s between two looks at what is silent or gone
OWED = 8  # messages of an engine that wait for one acknowledgement, or for a tick
_DRAIN = 512  # frames taken from a socket before others have their turn
_MAX_FRAME = 1 << 30  # bytes; a peer that sends more is cut off by zmq


class Receiver(Protocol):
    """Who is told what came in; called on the router's thread only."""

    def greet(self, hello: Hello) -> Welcome | Refused: ...
    def receive(self, engine: EngineId, body: Report | Beat, safe: Callable[[], None]) -> None:
        """`safe` is to be called, from any thread, once nothing can lose what the body says."""
        ...

    def answered(self, engine: EngineId, answer: Answer) -> None: ...
    def tick(self, now: float) -> None: ...
    def notice(self, text: str, level: str = "info") -> None: ...


@dataclass(frozen=True)
class Line:
    """The way to one engine; another object after each of its reconnections."""

    socket: "zmq.Socket[bytes]"
    identity: bytes
    duplex: Duplex


class Router:
    """The thread and its sockets.

    epoch   names this scheduler process; both ends of a link number anew in each
    listen  `tcp://…` for engines of other hosts, encrypted; empty: only this host's engines
    """

    def __init__(self, path: Path, key: str, listen: str = "") -> None:
        self.epoch = os.urandom(8).hex()
        self.address = f"ipc://{path}"
        self.remote_address = ""
        self.curve_key = b""
        self._key = key.encode()
        self._path = path
        self._listen = listen
        self._context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._sockets: list[zmq.Socket[bytes]] = []
        self._lines: dict[EngineId, Line] = {}
        self._engines: dict[bytes, EngineId] = {}
        self._owed: dict[EngineId, int] = {}  # messages of engines that are not acknowledged yet
        self._work: deque[Callable[[], None]] = deque()
        self._waking, self._waker = socket.socketpair()
        self._stopping = False
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(Envelope).decode
        self._thread = threading.Thread(target=self._run, name="flowlab-router", daemon=True)

    def start(self, receiver: Receiver) -> None:
        """Bind, so that engines may connect, and begin to listen."""
        self._receiver = receiver
        self._waking.setblocking(False)
        self._waker.setblocking(False)
        self._bind()
        self._thread.start()

    def order(self) -> dict[str, str]:
        """What engines must be told to link."""
        curve = self.curve_key.decode()
        return {"address": self.address, "remote": self.remote_address, "curve": curve}

    def send(self, engine: EngineId, body: Down) -> None:
        """Send a numbered message; from any thread. To one that is gone it is dropped."""
        self.call(lambda: self.send_now(engine, body))

    def send_now(self, engine: EngineId, body: Down) -> None:
        """The same on the router's thread, before what was left for it."""
        line = self._lines.get(engine)
        if line is not None:
            self._owed.pop(engine, None)  # every frame acknowledges
            self._put(line.socket, line.identity, line.duplex.number(body))

    def call(self, work: Callable[[], None]) -> None:
        """Run this on the router's thread, after what was left before."""
        self._work.append(work)
        try:
            self._waker.send(b"!")
        except BlockingIOError:  # it has been woken many times already
            return
        except OSError:  # closed: nobody is there to do it
            return

    def hang_up(self, engine: EngineId, reason: str) -> None:
        """Refuse an engine from now on; on the router's thread."""
        line = self._lines.pop(engine, None)
        if line is not None:
            self._engines.pop(line.identity, None)
            self._put(line.socket, line.identity, line.duplex.aside(Refused(reason)))

    def lines(self) -> frozenset[EngineId]:
        """Engines that are linked."""
        return frozenset(self._lines)

    def close(self, timeout: float = 1.0) -> None:
        """Stop; what was sent before goes out if the other side takes it at once."""
        if self._stopping:
            return
        self._stopping = True
        self.call(lambda: None)
        if self._thread.ident is not None:
            self._thread.join(timeout)

    def _bind(self) -> None:
        self._path.unlink(missing_ok=True)  # a process before us left it
        sock = self._new_socket()
        sock.bind(self.address)
        self._path.chmod(0o600)
        if self._listen:
            sock = self._new_socket()
            self.curve_key, secret = zmq.curve_keypair()
            sock.curve_server = True
            sock.curve_secretkey = secret
            sock.bind(self._listen)
            endpoint = sock.getsockopt_string(zmq.LAST_ENDPOINT)
            port = endpoint.rpartition(":")[2]
            host = self._listen.removeprefix("tcp://").rpartition(":")[0]
            name = socket.gethostname() if host in ("*", "0.0.0.0") else host  # noqa: S104 - compared
            self.remote_address = f"tcp://{name}:{port}"

    def _new_socket(self) -> "zmq.Socket[bytes]":
        sock = self._context.socket(zmq.ROUTER)
        sock.linger = 200
        sock.sndhwm = sock.rcvhwm = 0  # the scheduler bounds what is under way, not the socket
        sock.maxmsgsize = _MAX_FRAME
        self._sockets.append(sock)
        return sock

    def _run(self) -> None:
        poller = zmq.Poller()
        for sock in self._sockets:
            poller.register(sock, zmq.POLLIN)
        poller.register(self._waking, zmq.POLLIN)
        next_tick = time.monotonic() + TICK
        while not self._stopping:
            poller.poll(int(max(0.0, next_tick - time.monotonic()) * 1000) + 1)
            self._try(self._take_work)
            for sock in self._sockets:
                self._try(partial(self._drain, sock))
            now = time.monotonic()
            if now >= next_tick:
                self._try(self._acknowledge)
                self._try(partial(self._receiver.tick, now))
                next_tick = now + TICK
        self._try(self._take_work)
        for sock in self._sockets:
            sock.close()
        self._context.term()
        self._waking.close()
        self._waker.close()
        self._path.unlink(missing_ok=True)

    def _try(self, work: Callable[[], None]) -> None:
        """A bug of ours in one step must not end the links of all engines."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - said aloud, whatever it is
            self._receiver.notice(f"flowlab's engine link failed in a step: {error!r}", "error")

    def _take_work(self) -> None:
        try:
            while self._waking.recv(4096):
                continue
        except BlockingIOError:
            pass  # all wake-ups are read
        while self._work:
            self._work.popleft()()

    def _drain(self, sock: "zmq.Socket[bytes]") -> None:
        for _ in range(_DRAIN):
            try:
                parts = sock.recv_multipart(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                envelope = self._decode(parts[-1])
            except (msgspec.DecodeError, ValueError, RecursionError):
                continue  # no engine of ours speaks like that
            self._accept(sock, parts[0], envelope)

    def _accept(self, sock: "zmq.Socket[bytes]", identity: bytes, envelope: Envelope) -> None:
        if isinstance(envelope.body, Hello):
            self._welcome(sock, identity, envelope, envelope.body)
            return
        engine = self._engines.get(identity)
        if engine is None:
            self._put(sock, identity, Envelope(0, 0, self.epoch, None))
            return
        duplex = self._lines[engine].duplex
        try:
            body = duplex.receive(envelope)
        except LinkError:  # something was lost on the way: another Hello, and it comes again
            self._put(sock, identity, Envelope(0, 0, "", None))
            return
        if envelope.number and body is None:
            self._owe(engine)  # it had come before, and the engine does not know it
        if isinstance(body, Report | Beat):
            # Nobody waits for it: the thread is not woken for it alone
            settle = partial(self._settle, engine, duplex, envelope.number)
            safe = partial(self._work.append, settle)
            self._receiver.receive(engine, body, safe)
        elif isinstance(body, Answer):
            self._settle(engine, duplex, envelope.number)  # nobody else could use it
            self._receiver.answered(engine, body)

    def _settle(self, engine: EngineId, duplex: Duplex, number: int) -> None:
        """Acknowledge a message that is in the journal; until then another process gets it."""
        if number:
            duplex.settle(number)
            self._owe(engine)

    def _owe(self, engine: EngineId) -> None:
        """Acknowledge a few messages by one; until then the engine keeps what it has said."""
        self._owed[engine] = owed = self._owed.get(engine, 0) + 1
        if owed >= OWED:
            self._answer(engine)

    def _welcome(
        self, sock: "zmq.Socket[bytes]", identity: bytes, envelope: Envelope, hello: Hello
    ) -> None:
        if not hmac.compare_digest(hello.key.encode(), self._key):
            refusal = Refused("the key is not that of this run")
            self._put(sock, identity, Envelope(0, 0, self.epoch, refusal))
            return
        answer = self._receiver.greet(hello)
        if isinstance(answer, Refused):
            self._put(sock, identity, Envelope(0, 0, self.epoch, answer))
            return
        line = Line(sock, identity, self._duplex(envelope, hello.engine))
        self._lines[hello.engine] = line
        self._engines[identity] = hello.engine
        self._put(sock, identity, line.duplex.aside(answer))
        for frame in line.duplex.resend():
            self._put(sock, identity, frame)

    def _duplex(self, envelope: Envelope, engine: EngineId) -> Duplex:
        """The numbers to go on with: the old ones when the engine still has them."""
        before = self._lines.get(engine)
        fresh = Duplex(self.epoch, late=True)
        if before is None:
            return fresh
        self._engines.pop(before.identity, None)
        if envelope.epoch == self.epoch:
            before.duplex.receive(envelope)
            return before.duplex
        for body in before.duplex.unacknowledged:
            fresh.number(body)
        return fresh

    def _acknowledge(self) -> None:
        for engine in tuple(self._owed):
            self._answer(engine)

    def _answer(self, engine: EngineId) -> None:
        del self._owed[engine]
        line = self._lines.get(engine)
        if line is not None:
            self._put(line.socket, line.identity, line.duplex.aside())

    def _put(self, sock: "zmq.Socket[bytes]", identity: bytes, envelope: Envelope) -> None:
        """Hand a frame to zmq, which drops it when the peer is gone: Hello brings it again."""
        sock.send_multipart([identity, self._encode(envelope)], copy=False)
