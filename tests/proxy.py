"""A way to a server that a test can cut: connections go through, or are answered 503 or not."""

import select
import socket
import socketserver
import threading
from contextlib import contextmanager, suppress

_BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class Proxy(socketserver.ThreadingTCPServer):
    """Forwards to a port of this machine.

    busy  connections that are answered 503 from now on, before others go through
    shut  whether connections are closed at once
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, target: int) -> None:
        super().__init__(("127.0.0.1", 0), _Way)
        self.target = target
        self.busy = 0
        self.shut = False
        self.port = self.server_address[1]
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()

    def cut(self, *, busy: int = 0, shut: bool = False) -> None:
        """End all connections that are open; say what becomes of the next."""
        with self._lock:
            self.busy, self.shut = busy, shut
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)

    def take(self, one: socket.socket) -> str:
        """What is to be done with a connection that comes."""
        with self._lock:
            if self.shut:
                return "close"
            if self.busy:
                self.busy -= 1
                return "busy"
            self._open.add(one)
            return "forward"

    def leave(self, one: socket.socket) -> None:
        """It is over."""
        with self._lock:
            self._open.discard(one)


class _Way(socketserver.BaseRequestHandler):
    """One connection."""

    server: Proxy

    def handle(self) -> None:
        what = self.server.take(self.request)
        if what == "busy":
            self.request.recv(65536)
            self.request.sendall(_BUSY)
        elif what == "forward":
            with suppress(OSError):
                self._forward()
            self.server.leave(self.request)

    def _forward(self) -> None:
        with socket.create_connection(("127.0.0.1", self.server.target)) as far:
            other = {self.request: far, far: self.request}
            while all(_passed_on(one, other[one]) for one in select.select(list(other), [], [])[0]):
                pass


def _passed_on(source, target):
    """Whether there was something to pass on, or the source is at its end."""
    data = source.recv(65536)
    target.sendall(data)
    return bool(data)


@contextmanager
def proxy_to(port):
    """A proxy that serves."""
    proxy = Proxy(port)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.cut(shut=True)
        proxy.shutdown()
        thread.join()
        proxy.server_close()
