"""Messages between a kernel and a scheduler process, in as few system calls as can be.

Each call gives the interpreter's lock away, and while a cell computes it takes 5 ms to come back. A
`multiprocessing.Connection` takes two calls for a small message and many for a large one; this
takes one for all that has come.
"""

import os
import socket
import struct
from multiprocessing.connection import Connection

_LENGTH = struct.Struct("!Q")
_CHUNK = 1 << 16  # bytes that one call takes, where no message is known to be larger


class Wire:
    """One connection; one thread may send and one receive. OSError or EOFError when it has ended.

    connection  has proved the key; it is taken over
    """

    def __init__(self, connection: "Connection[bytes, bytes]") -> None:
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self._socket.settimeout(None)  # whatever the user has made the default
        connection.close()
        self._ahead = b""  # came, and was not asked for yet
        self._at = 0  # place in it

    def send(self, data: bytes) -> None:
        """Send one message."""
        whole = len(data) + _LENGTH.size
        sent = self._socket.sendmsg([_LENGTH.pack(len(data)), data])
        if sent < whole:
            self._socket.sendall(memoryview(_LENGTH.pack(len(data)) + data)[sent:])

    def receive(self) -> bytes:
        """The next message."""
        (size,) = _LENGTH.unpack(self._take(_LENGTH.size))
        return self._take(size)

    def cut(self) -> None:
        """End it under a thread that waits for it: to close it would not wake that thread."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it has ended already

    def close(self) -> None:
        """Give its descriptor back; no thread uses it any longer."""
        self._socket.close()

    def _take(self, size: int) -> bytes:
        while (missing := size - (len(self._ahead) - self._at)) > 0:
            piece = (
                self._socket.recv(missing, socket.MSG_WAITALL)
                if missing > _CHUNK
                else self._socket.recv(_CHUNK)
            )
            if not piece:
                raise EOFError
            self._ahead, self._at = self._ahead[self._at :] + piece, 0
        taken = self._ahead[self._at : self._at + size]
        self._at += size
        if self._at == len(self._ahead):  # while the next is waited for nothing is held of this one
            self._ahead, self._at = b"", 0
        return taken
