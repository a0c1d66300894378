"""Messages over a socket, and how both ends prove that they have the same key.

The proof is by HMAC-SHA256, each end over numbers that the other one chose: what was heard of one
connection opens no other. Until both have proved it, no byte is unpickled.
"""

import hashlib
import hmac
import os
import secrets
import select
import socket
import struct
import time
import weakref
from contextlib import suppress

from flowlab.errors import SharedObjectError

PROOF_SECONDS = 10.0  # s until both ends must have proved that they have the key
_LENGTH = struct.Struct("!Q")
_NONCE = 32  # bytes
_PROOF = hashlib.sha256().digest_size
_SLICE = 200  # ms; where no signal can end a wait, an exception is looked for so often
_IDLE = 5  # s of silence after which the other host is asked whether it is there

_open: "weakref.WeakSet[Channel]" = weakref.WeakSet()


class WrongKey(SharedObjectError):
    """The other end has not the same key, or is not one of ours."""


class Channel:
    """One connection."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in (("TCP_KEEPIDLE", _IDLE), ("TCP_KEEPINTVL", _IDLE), ("TCP_KEEPCNT", 3)):
            if hasattr(socket, name):  # not on every system
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
        self._poll = select.poll()
        self._poll.register(sock, select.POLLIN)
        _open.add(self)

    def send(self, data: bytes) -> None:
        """Send one message."""
        if len(data) < 1 << 16:
            self._socket.sendall(_LENGTH.pack(len(data)) + data)
        else:
            self._socket.sendall(_LENGTH.pack(len(data)))
            self._socket.sendall(data)

    def wait(self, seconds: float | None = None) -> bool:
        """Until something comes, or the other end is gone; False when the time is over first."""
        if seconds is not None:
            return bool(self._poll.poll(1000 * seconds))
        while not self._poll.poll(_SLICE):
            if self._socket.fileno() < 0:  # closed under us: its number may be another's by now
                raise EOFError
        return True

    def receive(self) -> bytes:
        """One message; EOFError when the other end is gone."""
        (size,) = _LENGTH.unpack(self._exactly(_LENGTH.size))
        return self._exactly(size)

    def has_more(self) -> bool:
        """Whether there is something to be read, be it the end."""
        return bool(self._poll.poll(0))

    def cut(self) -> None:
        """End it, for other processes that have it by a fork as well.

        From another thread than the one that reads it: that one closes it, since a descriptor that
        is closed under it may be another connection's at once.
        """
        with suppress(OSError):  # the other end is gone already
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End it, and give its descriptor back."""
        self.cut()
        self._socket.close()

    def leave_to_parent(self) -> None:
        """In a forked child: it is the parent's, and must end with it."""
        self._socket.close()

    def prove(self, key: bytes) -> None:
        """Be the end that connected: prove the key, and have it proved; WrongKey if it is not."""
        until = time.monotonic() + PROOF_SECONDS
        theirs = self._timely(_NONCE, until)
        ours = secrets.token_bytes(_NONCE)
        self._socket.sendall(ours + _proof(key, b"client", theirs, ours))
        if not hmac.compare_digest(
            self._timely(_PROOF, until), _proof(key, b"server", ours, theirs)
        ):
            raise WrongKey(
                "the process at this address has not the key of the run, or not the same one"
            )
        self._socket.settimeout(None)

    def demand_proof(self, key: bytes) -> None:
        """Be the end that was connected to; as above."""
        until = time.monotonic() + PROOF_SECONDS
        ours = secrets.token_bytes(_NONCE)
        self._socket.sendall(ours)
        theirs = self._timely(_NONCE, until)
        if not hmac.compare_digest(
            self._timely(_PROOF, until), _proof(key, b"client", ours, theirs)
        ):
            self._socket.sendall(bytes(_PROOF))  # proves nothing: it need not try again
            raise WrongKey("wrong key")
        self._socket.sendall(_proof(key, b"server", theirs, ours))
        self._socket.settimeout(None)

    def _timely(self, size: int, until: float) -> bytes:
        self._socket.settimeout(max(0.001, until - time.monotonic()))
        data = b""
        while len(data) < size:
            piece = self._socket.recv(size - len(data))
            if not piece:
                raise EOFError
            data += piece
            self._socket.settimeout(max(0.001, until - time.monotonic()))
        return data

    def _exactly(self, size: int) -> bytes:
        data = self._socket.recv(size, socket.MSG_WAITALL)
        if len(data) == size:
            return data
        buffer = bytearray(data)
        while len(buffer) < size:
            piece = self._socket.recv(min(size - len(buffer), 1 << 20))
            if not piece:
                raise EOFError
            buffer += piece
        return bytes(buffer)


def connect(address: tuple[str, int], key: bytes) -> Channel:
    """A connection whose other end has the key."""
    channel = Channel(socket.create_connection(address, PROOF_SECONDS))
    try:
        channel.prove(key)
    except BaseException:
        channel.close()
        raise
    return channel


def _proof(key: bytes, end: bytes, asked: bytes, own: bytes) -> bytes:
    return hmac.new(key, b"flowlab shared 1 " + end + asked + own, hashlib.sha256).digest()


def _leave_all() -> None:
    for channel in list(_open):
        channel.leave_to_parent()


os.register_at_fork(after_in_child=_leave_all)
