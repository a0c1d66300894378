"""The scheduler process' end of the kernels' links.

Two threads a kernel, one that reads and one that writes, so that a kernel which is stopped holds up
nobody. The one rule: when the last kernel is gone, everything ends, at once or after its lease.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Listener
from queue import SimpleQueue
from typing import assert_never

from flowlab.cluster.reap import start_time
from flowlab.errors import LinkError
from flowlab.events.codec import pack, unpack
from flowlab.events.messages import Entry, SessionClosed, SessionOpened
from flowlab.model.ids import SessionId
from flowlab.session.desk import ask_pump
from flowlab.session.frames import (
    Ask,
    Attach,
    Attached,
    Down,
    Goodbye,
    Heard,
    Lease,
    Post,
    Taken,
    Up,
    portions,
)
from flowlab.session.pump import Pump
from flowlab.session.table import Origin
from flowlab.session.window import Holds, Window
from flowlab.session.wire import Wire

LOOK = 0.25  # s between two looks whether the kernels' processes live
FIRST = 60.0  # s for the first kernel to attach


class Server:
    """Lets kernels in and says when nobody is left.

    end    called once when everything is to end; from any thread
    owner  (pid, start time) of the kernel that started this process
    """

    def __init__(
        self,
        pump: Pump,
        listener: Listener,
        epoch: str,
        owner: tuple[int, str],
        end: Callable[[], None],
    ) -> None:
        self.pump = pump
        self.epoch = epoch
        self._listener = listener
        self._owner = owner
        self._end = end
        self._lock = threading.Lock()
        self._slots: dict[str, int] = {}
        self._kernels: dict[str, _Kernel] = {}
        self._timer: threading.Timer | None = None
        self.holds = Holds(pump.hold)

    def start(self) -> None:
        """Begin to let kernels in."""
        self._wait_for_kernel(FIRST)
        for name, run in (("accept", self._accept), ("watch", self._watch)):
            threading.Thread(target=run, name=f"flowlab-{name}", daemon=True).start()

    def attach(self, kernel: "_Kernel", link: str) -> int:
        """A kernel introduced itself; which of the client's kernels it is."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            old = self._kernels.get(link)
            self._kernels[link] = kernel
            slot = self._slots.setdefault(link, len(self._slots))
        if old is not None:
            old.cut()
        return slot

    def leave(self, kernel: "_Kernel", link: str) -> None:
        """A kernel is gone: its sessions end, and all when it was the last, but for its lease."""
        with self._lock:
            if self._kernels.get(link) is not kernel:
                return
            del self._kernels[link]
            last = not self._kernels
        if last and kernel.linger > 0:
            self._wait_for_kernel(kernel.linger)
            return
        for session in sorted(kernel.sessions):
            self.pump.post(SessionClosed(session, "its kernel is gone"))
        if last:
            self._end()

    def _wait_for_kernel(self, seconds: float) -> None:
        with self._lock:
            self._timer = threading.Timer(seconds, self._end_unless_attached)
            self._timer.daemon = True
            self._timer.start()

    def _end_unless_attached(self) -> None:
        with self._lock:
            wanted = bool(self._kernels)
        if not wanted:
            self._end()

    def _accept(self) -> None:
        while True:
            try:
                connection = self._listener.accept()
            except (AuthenticationError, EOFError, ConnectionError):
                continue  # somebody without the key, or one who went away at the door
            except OSError:
                return  # the listener was closed
            try:
                wire = Wire(connection)
            except OSError:  # no descriptor is left: it may come again
                connection.close()
                continue
            _Kernel(self, wire).start()

    def _watch(self) -> None:
        """Cut off kernels whose process is dead: a child that they forked may hold the socket."""
        pause = threading.Event()
        while not pause.wait(LOOK):
            with self._lock:
                kernels = list(self._kernels.values())
                waiting = self._timer is not None
            for kernel in kernels:
                if not _lives(kernel.process):
                    kernel.cut()
            if not kernels and waiting and not self._slots and not _lives(self._owner):
                self._end()
                return


class _Kernel:
    """One kernel's connection."""

    def __init__(self, server: Server, wire: Wire) -> None:
        self.linger = 0.0
        self.process = (0, "")
        self.sessions: set[SessionId] = set()
        self._server = server
        self._wire = wire
        self._outbox: SimpleQueue[Down | None] = SimpleQueue()
        self._link = ""
        self._window = Window(server.holds.hold)
        self._stop: Callable[[], None] = lambda: None
        self._writer = threading.Thread(
            target=self._write, name="flowlab-kernel-write", daemon=True
        )

    def start(self) -> None:
        """Begin to read and to write."""
        self._writer.start()
        threading.Thread(target=self._read, name="flowlab-kernel-read", daemon=True).start()

    def cut(self) -> None:
        """End the connection; the reading thread does the rest."""
        self._wire.cut()

    def _read(self) -> None:
        try:
            # An end without a goodbye is no error: the lease decides what it means
            with suppress(OSError, EOFError, LinkError):
                self._attach(unpack(self._wire.receive(), Attach))
                while self._take(unpack(self._wire.receive(), Up)):  # type: ignore[arg-type]  # a union
                    continue
        finally:
            self._stop()
            self._window.close()
            self._outbox.put(None)
            self.cut()  # the writer may be waiting for a kernel that reads no more
            self._writer.join()
            self._wire.close()
            if self._link:
                self._server.leave(self, self._link)

    def _attach(self, hello: Attach) -> None:
        self.process = (hello.pid, hello.started)
        self.linger = hello.linger
        self._link = hello.link
        slot = self._server.attach(self, hello.link)
        pump = self._server.pump
        known = threading.Event()

        def welcome() -> None:
            taken = pump.table.taken(hello.link)
            self._outbox.put(Attached(slot, taken, self._server.epoch))
            known.set()

        pump.ask(welcome)
        known.wait()
        self._stop = pump.stream.subscribe(self._tell, hello.after)
        pump.ask(lambda: None)  # a turn, which hands on what there is

    def _tell(self, entries: Sequence[Entry]) -> None:
        self._window.sent(entries)
        for message in portions(entries):
            self._outbox.put(message)

    def _take(self, message: Up) -> bool:
        """Take a message; False after the goodbye."""
        match message:
            case Post():
                self._post(message)
            case Ask():
                ask_pump(self._server.pump, message, self._outbox.put)
            case Heard():
                self._window.heard(message.session, message.seq)
            case Lease():
                self.linger = message.linger
            case Goodbye():
                self.linger = 0.0
                return False
            case Attach():
                raise LinkError("a kernel attached a second time on one connection")
            case _:
                assert_never(message)
        return True

    def _post(self, message: Post) -> None:
        fact = message.fact
        if isinstance(fact, SessionOpened):
            self.sessions.add(fact.session)
        elif isinstance(fact, SessionClosed):
            self.sessions.discard(fact.session)
        origin = Origin(self._link, message.number)
        number = message.number
        self._server.pump.post(
            fact, message.payload, origin, lambda: self._outbox.put(Taken(number))
        )

    def _write(self) -> None:
        try:
            while (message := self._outbox.get()) is not None:
                self._wire.send(pack(message))
        except OSError:
            self.cut()  # the reader closes it, once neither of us uses it


def _lives(process: tuple[int, str]) -> bool:
    return process == (0, "") or start_time(process[0]) == process[1]
