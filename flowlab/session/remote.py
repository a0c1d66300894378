"""The link to a scheduler process: it starts the process, and another when that one is killed.

Facts are numbered, and kept until the process says that they are in its journal; a new process gets
again what was not. The one rule: `post` only enqueues, so that any thread and any finaliser may.
"""

import os
import secrets
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Protocol, assert_never

from flowlab.cluster.reap import start_time
from flowlab.errors import FlowlabError, LinkError
from flowlab.events.codec import pack, unpack
from flowlab.events.messages import FactUnion, Logged
from flowlab.events.stream import Stream
from flowlab.model.ids import ObjectId, SessionId, TaskId
from flowlab.model.payload import NOTHING, Payload, Value
from flowlab.session.frames import (
    DESCRIBE,
    EXPLAIN,
    INVENTORY,
    NUDGE,
    Ask,
    Attach,
    Attached,
    Down,
    Entries,
    Goodbye,
    Heard,
    Post,
    Taken,
    Told,
    ValueIs,
)
from flowlab.session.link import Making, Questions, Reader
from flowlab.session.wire import Wire

GOODBYE = 3.0  # s for the process to end everything, until it is killed
TAKEOVERS = 5  # processes that may be lost; one more and something is wrong with all of them

_Message = Ask | Heard | Goodbye | Making


class Launcher(Protocol):
    """Brings a scheduler process about (start.py)."""

    def launch(self, takeover: bool, after: int) -> Wire:
        """Start one and connect to it; blocks, raises FlowlabError with what it said at its end.

        takeover  another one was killed, and `after` is the last entry that it told
        """
        ...

    def last_words(self) -> str:
        """What the processes had to say for people before they ended."""
        ...

    def end(self, timeout: float) -> None:
        """Wait for its end, and kill it when that does not come; idempotent."""
        ...


class RemoteLink:
    """The pump is in a process of its own. See link.Link.

    make_launcher  called at the start, so that nothing is made before
    linger         s that the process goes on when this one is killed
    """

    def __init__(self, make_launcher: Callable[[], Launcher], linger: float = 0.0) -> None:
        self.fault = ""
        self.slot = 0
        self.epoch = ""
        self._make_launcher = make_launcher
        self._launcher: Launcher | None = None
        self._linger = linger
        self._name = secrets.token_hex(8)
        self._stream = Stream()
        self._questions = Questions(self._send, lambda: self.fault)
        self._outbox: SimpleQueue[_Message | tuple[Making, ...] | None]
        self._outbox = SimpleQueue()
        self._unconfirmed: deque[Post] = deque()
        self._number = 0
        self._wire: Wire | None = None
        self._sending = threading.Lock()  # of the connection and of what is unconfirmed
        self._closing = False
        self._threads: list[threading.Thread] = []
        self._starting = threading.Lock()

    def start(self) -> None:
        """Start the process in the background, once."""
        with self._starting:
            if self._launcher is not None or self._closing:
                return
            self._launcher = self._make_launcher()
            for name, run in (("link", self._keep), ("post", self._send_all)):
                thread = threading.Thread(target=run, name=f"flowlab-{name}", daemon=True)
                self._threads.append(thread)
                thread.start()

    def post(self, fact: FactUnion | Logged, payload: Payload = NOTHING) -> None:
        """Hand a fact to the pump, or keep it until there is one."""
        self._outbox.put(lambda: (fact, payload))

    def post_late(self, *makes: Making) -> None:
        """Hand facts to the pump that are made as they leave."""
        self._outbox.put(makes)

    def follow(self, reader: Reader, after: int = 0) -> Callable[[], None]:
        """All entries above `after`, on the link's thread."""
        stop = self._stream.subscribe(reader, after)
        self._send(Ask(0, NUDGE))  # its answer makes the link's thread hand on what there is
        return stop

    def heard(self, session: SessionId, seq: int) -> None:
        """Let the process know; it is lost with the connection, which counts anew."""
        self._send(Heard(session, seq))

    def value(self, object_id: ObjectId) -> Value:
        """The bytes of an object, or where they lie."""
        return self._questions.value(object_id)

    def explain(self, task_id: TaskId) -> dict[str, object]:
        """Why a task is where it is."""
        return self._questions.tell(EXPLAIN, task_id)

    def describe(self) -> dict[str, object]:
        """Engines and table, for people."""
        return self._questions.tell(DESCRIBE)

    def inventory(self) -> dict[str, Any]:
        """What each engine holds."""
        return self._questions.tell(INVENTORY)

    def close(self) -> None:
        """Say goodbye, and see that everything is gone."""
        with self._starting:
            first, self._closing = not self._closing, True
        if first and self._launcher is not None:
            self._outbox.put(Goodbye())
            self._outbox.put(None)
            self._launcher.end(GOODBYE)
            wire = self._wire
            if wire is not None:
                wire.cut()
        self.fault = self.fault or "the client is closed"

    # --- the link's thread

    def _keep(self) -> None:
        """Have a process, and another one when it is lost, until the goodbye."""
        launcher = self._launcher
        assert launcher is not None
        for losses in range(TAKEOVERS + 1):
            try:
                wire = launcher.launch(losses > 0, self._stream.last)
            except (FlowlabError, OSError) as error:
                self.fault = self.fault or str(error)
                return
            with suppress(OSError, EOFError, LinkError):  # it died: the next one may do better
                self._attach(wire)
                self._read(wire)
            with self._sending:
                self._wire = None
                wire.close()
            if self._closing:
                return
        lost = f"the scheduler process was lost {TAKEOVERS + 1} times, nothing goes on."
        self.fault = lost + launcher.last_words()

    def _attach(self, wire: Wire) -> None:
        """Introduce ourselves, and post again what the process does not have."""
        pid = os.getpid()
        hello = Attach(self._name, pid, start_time(pid), self._stream.last, self._linger)
        wire.send(pack(hello))
        attached = unpack(wire.receive(), Attached)
        self.slot, self.epoch = attached.slot, attached.epoch
        with self._sending:
            self._confirm(attached.taken)
            for message in (*self._unconfirmed, *self._questions.unanswered(), Ask(0, NUDGE)):
                wire.send(pack(message))
            self._wire = wire

    def _read(self, wire: Wire) -> None:
        """Take what comes; ends by an error, as the connection does."""
        while True:
            self._take(unpack(wire.receive(), Down))  # type: ignore[arg-type]  # a union
            self._stream.flush()

    def _take(self, message: Down) -> None:
        match message:
            case Entries():
                self._stream.extend(message.entries)
            case Taken():
                with self._sending:
                    self._confirm(message.number)
            case ValueIs() | Told():
                self._questions.take(message)
            case Attached():
                raise LinkError("attached a second time")
            case _:
                assert_never(message)

    def _confirm(self, number: int) -> None:
        while self._unconfirmed and self._unconfirmed[0].number <= number:
            self._unconfirmed.popleft()

    # --- the sending thread

    def _send(self, message: Ask | Heard) -> None:
        self._outbox.put(message)

    def _send_all(self) -> None:
        while self._send_next():
            pass

    def _send_next(self) -> bool:
        """Send one thing, and hold nothing of it while the next is waited for; False at the end."""
        message = self._outbox.get()
        if message is None:
            return False
        try:
            for each in message if isinstance(message, tuple) else (message,):
                self._send_one(each)
        except Exception as error:  # noqa: BLE001 - our bug: whoever waits must hear of it
            self.fault = f"what was submitted cannot be sent: {type(error).__name__}: {error}"
        return True

    def _send_one(self, message: _Message) -> None:
        with self._sending:
            whole = self._number_it(message) if callable(message) else message
            if whole is not None and self._wire is not None:
                self._try_send(self._wire, whole)

    def _number_it(self, make: Making) -> Post | None:
        if (made := make()) is None:
            return None
        self._number += 1
        post = Post(self._number, *made)
        self._unconfirmed.append(post)
        return post

    def _try_send(self, wire: Wire, message: Post | Ask | Heard | Goodbye) -> None:
        try:
            wire.send(pack(message))
        except OSError:
            # The reading end finds the connection ended too; what is unconfirmed is sent again.
            self._wire = None
