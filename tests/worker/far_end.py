"""The scheduler process' end of one engine link: a real ROUTER, driven by the test."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import zmq

from flowlab.events.messages import Reported
from flowlab.model.ids import EngineId
from flowlab.worker.duplex import Duplex
from flowlab.worker.messages import Answer, Down, Envelope, Hello, Refused, Report, Welcome

PATIENCE = 20.0  # s


class FarEnd:
    """One scheduler process' end.

    deaf  it reads frames and acts as if they were lost on the way
    """

    def __init__(self, path: Path, epoch: str, refusal: str = "") -> None:
        self.address = f"ipc://{path}"
        self.hellos: list[Hello] = []
        self.reports: list[Report] = []
        self.answers: list[Any] = []
        self.duplex = Duplex(epoch)
        self.deaf = False
        self._refusal = refusal
        self._identity = b""
        self._context = zmq.Context()
        self._socket = self._context.socket(zmq.ROUTER)
        self._socket.linger = 200
        self._socket.router_handover = True
        self._socket.bind(self.address)
        self._decode = msgspec.msgpack.Decoder(Envelope).decode

    def send(self, body: Down) -> None:
        self._put(self.duplex.number(body))

    def until(self, true: Callable[[], Any]) -> None:
        """Attend to the link until something holds."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < deadline, "the link did not bring what was waited for"
            if self._socket.poll(20):
                identity, frame = self._socket.recv_multipart()
                self._take(identity, self._decode(frame))

    def close(self) -> None:
        """Die; a second time nothing happens."""
        self._socket.close(linger=0)
        self._context.term()

    def finished(self) -> list[int]:
        """Tasks told as finished, as often as they were."""
        facts = [report.fact for report in self.reports if isinstance(report.fact, Reported)]
        return [row[0] for fact in facts for row in fact.finished]

    def _take(self, identity: bytes, envelope: Envelope) -> None:
        if self.deaf:
            return
        if isinstance(envelope.body, Hello):
            self._identity = identity
            self.hellos.append(envelope.body)
            if self._refusal:
                self._put(Envelope(0, 0, self.duplex.epoch, Refused(self._refusal)))
                return
            self.duplex.receive(envelope)
            self._put(self.duplex.aside(Welcome(self.duplex.epoch, EngineId(3))))
            for frame in self.duplex.resend():
                self._put(frame)
            return
        body = self.duplex.receive(envelope)
        if isinstance(body, Report):
            self.reports.append(body)
        elif isinstance(body, Answer):
            self.answers.append(body)
        if envelope.number:
            self._put(self.duplex.aside())

    def _put(self, envelope: Envelope) -> None:
        self._socket.send_multipart([self._identity, msgspec.msgpack.encode(envelope)])


class MainThread:
    """Runs a loop's slices in a thread, as an engine's event loop does."""

    def __init__(self, run_slice: Callable[[float], bool]) -> None:
        self.work = threading.Event()
        self._run_slice = run_slice
        self._stopping = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self.work.set()
        self._thread.join(PATIENCE)

    def _run(self) -> None:
        while self.work.wait(PATIENCE) and not self._stopping:
            self.work.clear()
            while self._run_slice(0.05):
                continue
