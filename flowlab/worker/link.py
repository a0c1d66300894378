"""The engine's end of the engine link: a zmq DEALER in a thread of its own.

The thread owns the socket. It brings messages to the loop and reports away, and is woken for a
report by a byte. After each connection it says Hello; nothing else leaves before it is welcome, and
then everything that was not acknowledged is sent again.
"""

import logging
import os
import socket
import threading
import time
from math import inf
from typing import Protocol

import msgspec
import psutil
import zmq
from zmq.utils.monitor import recv_monitor_message

from flowlab.errors import LinkError
from flowlab.events.codec import pack
from flowlab.model.ids import Assignment, TaskId
from flowlab.model.limits import BEAT_SECONDS, REPORT_SECONDS
from flowlab.worker.carrier import Carrier
from flowlab.worker.duplex import Duplex
from flowlab.worker.loop import BatchLoop
from flowlab.worker.messages import (
    Answer,
    Batch,
    Beat,
    Envelope,
    Freight,
    Hello,
    Refused,
    Report,
    Welcome,
    Work,
)
from flowlab.worker.reporter import ended_in

_HELLO_AGAIN = 1.0  # s without an answer
_OWED = 8  # messages that wait for one acknowledgement, and how long the first of them may
_OWED_SECONDS = 0.1
_ALIVE = 2_000  # ms between zmq's own heartbeats over tcp; without an answer it reconnects
_EVENTS = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED

_log = logging.getLogger(__name__)
Held = tuple[tuple[TaskId, Assignment], ...]


class Side(Protocol):
    """Who has the link: what it says of itself, and what it does when something happened."""

    def hello(self, held: Held) -> Hello: ...
    def work_came(self) -> None: ...
    def refused(self, reason: str) -> None: ...
    def alone(self, seconds: float) -> None: ...
    def broke(self) -> None: ...


class EngineLink(threading.Thread):
    """The thread.

    duplex   outlives the link: another one goes on with its numbers
    carrier  outlives it as well
    welcome  set while the scheduler process knows this engine
    """

    def __init__(
        self,
        address: str,
        loop: BatchLoop,
        duplex: Duplex,
        carrier: Carrier,
        side: Side,
        *,
        curve: bytes = b"",
    ) -> None:
        super().__init__(name="flowlab-link", daemon=True)
        self.welcome = threading.Event()
        self._address = address
        self._loop = loop
        self._duplex = duplex
        duplex.arrived = self._note_arrived
        self._carrier = carrier
        self._side = side
        self._curve = curve
        self._pid = os.getpid()
        self._waking, self._waker = socket.socketpair()
        self._waking.setblocking(False)
        self._waker.setblocking(False)
        self._woken = False
        self._flush_at = inf
        self._stopping = False
        self._connected = False
        self._hello_at = 0.0
        self._alone_since = time.monotonic()
        self._owed = 0  # messages received and not acknowledged yet
        self._owed_at = inf  # when that is to be done, if nothing is sent before
        self._decode = msgspec.msgpack.Decoder(Envelope).decode
        self._process = psutil.Process()
        self._process.cpu_percent()  # the first call only starts the measurement

    def wake(self) -> None:
        """Let reports leave now; from any thread."""
        if self._woken or os.getpid() != self._pid:
            return
        self._woken = True
        try:
            self._waker.send(b"!")
        except OSError:  # the link is being closed, or a byte waits there already
            return

    def send(self, body: Report | Answer) -> None:
        """Number what is said and send it, now or when the link is up; on this thread."""
        envelope = self._duplex.number(body)
        if self.welcome.is_set():
            self._put(envelope)

    def stop(self, timeout: float = 2.0) -> None:
        """End the thread; what was not acknowledged stays in the duplex."""
        self._stopping = True
        self._woken = False
        self.wake()
        if self.ident is not None and threading.current_thread() is not self:
            self.join(timeout)

    def run(self) -> None:
        """Attend to socket and loop until stopped, or until a bug of ours: no engine is silent."""
        context: zmq.Context[zmq.Socket[bytes]] = zmq.Context()
        self._socket = self._connect(context)
        monitor = self._socket.get_monitor_socket(_EVENTS)
        self._socket.connect(self._address)
        poller = zmq.Poller()
        for one in (self._socket, monitor, self._waking):
            poller.register(one, zmq.POLLIN)
        try:
            self._attend(poller, monitor)
        except Exception:
            _log.exception("flowlab: the link of this engine failed, which takes no more tasks")
            self._side.broke()
            raise
        finally:
            self.welcome.clear()
            self._socket.disable_monitor()
            monitor.close(linger=0)
            self._socket.close(linger=200)
            context.term()
            self._waking.close()
            self._waker.close()

    def _connect(self, context: "zmq.Context[zmq.Socket[bytes]]") -> "zmq.Socket[bytes]":
        sock = context.socket(zmq.DEALER)
        sock.linger = 200
        sock.sndhwm = sock.rcvhwm = 0  # the scheduler bounds what is under way, not the socket
        sock.immediate = 1  # nothing may wait in a connection that is not there: Hello comes first
        sock.reconnect_ivl = 50
        sock.reconnect_ivl_max = 1_000
        if not self._address.startswith("ipc:"):
            sock.heartbeat_ivl = _ALIVE
            sock.heartbeat_timeout = 5 * _ALIVE
        if self._curve:
            sock.curve_serverkey = self._curve
            sock.curve_publickey, sock.curve_secretkey = zmq.curve_keypair()
        return sock

    def _attend(self, poller: zmq.Poller, monitor: "zmq.Socket[bytes]") -> None:
        next_beat = next_tick = 0.0
        while not self._stopping:
            due = next_tick if self._loop.busy else next_beat
            wait = min(due, self._flush_at, self._owed_at) - time.monotonic()
            poller.poll(int(max(0.0, wait) * 1000) + 1)
            self._watch(monitor)
            self._receive()
            now = time.monotonic()
            if self._woken:
                self._clear_wakes()
                self._flush_at = now + self._loop.patience()
            if now >= self._flush_at:
                self._flush_at = inf
                self._loop.flush()
            while self._carrier.answers:
                self.send(self._carrier.answers.popleft())
            if now >= next_tick:
                self._loop.tick()
                next_tick = now + REPORT_SECONDS
            if now >= next_beat:
                self._beat(now)
                next_beat = now + BEAT_SECONDS
            if now >= self._owed_at or self._owed >= _OWED:
                self._acknowledge()

    def _watch(self, monitor: "zmq.Socket[bytes]") -> None:
        """Follow connections: each new one begins with Hello."""
        while monitor.poll(0):
            event = recv_monitor_message(monitor)["event"]
            self._connected = event == zmq.EVENT_HANDSHAKE_SUCCEEDED
            self._part()
            if self._connected:
                self._say_hello()

    def _receive(self) -> None:
        while not self._stopping:
            try:
                frame = self._socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            try:
                self._accept(self._decode(frame))
            except (LinkError, msgspec.DecodeError):  # something is missing or garbled: once more
                self._part()
                self._say_hello()

    def _accept(self, envelope: Envelope) -> None:
        match envelope.body:
            case Welcome(epoch=epoch):
                if self._duplex.renew(epoch):
                    self._carrier.forget_all()  # asked for by a process that is no more
                    self._loop.release()
                self._duplex.receive(envelope)
                self.welcome.set()
                for frame in self._duplex.resend():
                    self._put(frame)
            case Refused(reason=reason):
                self._part()
                self._side.refused(reason)
            case None if envelope.epoch != self._duplex.epoch:
                # It does not know us, or lost something. The answer to a Hello is on its way else
                if self.welcome.is_set():
                    self._part()
                    self._say_hello()
            case _ if self.welcome.is_set():
                self._take(envelope)

    def _take(self, envelope: Envelope) -> None:
        body = self._duplex.receive(envelope)
        if envelope.number:
            self._owed += 1
            self._owed_at = min(self._owed_at, time.monotonic() + _OWED_SECONDS)
        if isinstance(body, Work):
            self._loop.accept(body)
            if isinstance(body, Batch):
                self._side.work_came()
        elif isinstance(body, Freight):
            self._carrier.take(body)

    def _note_arrived(self, body: object) -> None:
        if isinstance(body, Report):
            self._loop.made_safe(body)

    def _say_hello(self) -> None:
        unsure = (body.fact for body in self._duplex.unacknowledged if isinstance(body, Report))
        held = (*self._loop.held(), *ended_in(unsure))
        self._hello_at = time.monotonic()
        self._put(self._duplex.aside(self._side.hello(held)))

    def _beat(self, now: float) -> None:
        if self.welcome.is_set():
            cpu = self._process.cpu_percent() / 100
            memory = self._process.memory_info().rss
            self._put(self._duplex.aside(Beat(self._loop.running, cpu, memory)))
            return
        if self._connected and now - self._hello_at > _HELLO_AGAIN:
            self._say_hello()
        self._side.alone(now - self._alone_since)

    def _part(self) -> None:
        if self.welcome.is_set():
            self._alone_since = time.monotonic()
            self.welcome.clear()

    def _acknowledge(self) -> None:
        self._owed_at = inf  # without a link the next one's Hello does it
        if self.welcome.is_set():
            self._put(self._duplex.aside())

    def _put(self, envelope: Envelope) -> None:
        self._owed, self._owed_at = 0, inf  # every frame acknowledges
        try:
            self._socket.send(pack(envelope), zmq.NOBLOCK, copy=False)
        except zmq.Again:  # the connection went: the next one begins with Hello
            self._part()

    def _clear_wakes(self) -> None:
        try:
            while len(self._waking.recv(64)) == 64:
                continue
        except BlockingIOError:
            pass  # its byte comes later, and wakes for nothing once
        self._woken = False
