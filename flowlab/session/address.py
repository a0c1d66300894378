"""Where kernels reach a scheduler process: a socket file, or loopback TCP where there is none.

Both ask for the run's key before the first word. The one rule: the key is in no message, and the
socket in a directory that is the user's alone.
"""

import json
import os
import socket
from multiprocessing import AuthenticationError, connection
from multiprocessing.connection import Listener

from flowlab.cluster.run import RunDirectory
from flowlab.errors import LinkError
from flowlab.session.wire import Wire

_HAS_UNIX = hasattr(socket, "AF_UNIX")
_PORT = "link.json"  # where the port stands when there is no AF_UNIX


def listen(run: RunDirectory) -> Listener:
    """Begin to listen; what a killed process left at the place is removed."""
    key = run.key.encode()
    if _HAS_UNIX:
        run.link_socket.unlink(missing_ok=True)
        before = os.umask(0o177)
        try:
            return Listener(str(run.link_socket), "AF_UNIX", backlog=16, authkey=key)
        finally:
            os.umask(before)
    listener = Listener(("127.0.0.1", 0), "AF_INET", backlog=16, authkey=key)
    fd = os.open(run.path / _PORT, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(fd, "w") as file:
        json.dump(listener.address, file)
    return listener


def reach(run: RunDirectory) -> Wire:
    """Connect; raises LinkError that says why not."""
    try:
        if _HAS_UNIX:
            return Wire(
                connection.Client(str(run.link_socket), "AF_UNIX", authkey=run.key.encode())
            )
        host, port = json.loads((run.path / _PORT).read_text())
        return Wire(connection.Client((host, port), "AF_INET", authkey=run.key.encode()))
    except (OSError, EOFError, AuthenticationError) as error:
        raise LinkError(f"the scheduler process does not answer in {run.path}: {error}") from error
