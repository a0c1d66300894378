"""A manager's process: `python -m flowlab.shared.main`, orders on its standard input.

Its first line of input says what to be, each further one is told to the server; it ends with its
input. On standard output it says its port, then line by line what people should know.
"""

import json
import os
import signal
import sys
import threading
from queue import Full, Queue

import msgspec

from flowlab.errors import FlowlabError
from flowlab.shared.keys import remember_manager
from flowlab.shared.server import Server

_WORDS = 1000  # lines that wait to be said; of more, the number is said


class Orders(msgspec.Struct, frozen=True):
    """What a manager must know.

    path    where modules are found: the notebook's
    umask   of the files that its objects write: the notebook's
    """

    run: str
    manager: str
    key: str
    host: str
    path: list[str]
    umask: int

    def __repr__(self) -> str:
        return f"Orders(run={self.run!r}, manager={self.manager!r})"  # the key is for nobody's eyes


class Voice:
    """Says lines on a descriptor, from a thread of its own: who listens slowly holds up nobody."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lines: Queue[str] = Queue(_WORDS)
        self._lost = 0
        threading.Thread(target=self._run, daemon=True).start()

    def say(self, text: str) -> None:
        """Say this, soon."""
        try:
            self._lines.put_nowait(text)
        except Full:
            self._lost += 1

    def _run(self) -> None:
        while True:
            text = self._lines.get()
            self._write({"said": text})
            lost, self._lost = self._lost, 0
            if lost:
                self._write({"said": f"{lost} more lines like these were left out"})

    def _write(self, line: dict[str, str]) -> None:
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")


def main() -> None:
    """Be a manager until there is no input any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in a terminal is the notebook's business
    orders = msgspec.json.decode(sys.stdin.buffer.readline(), type=Orders)
    os.umask(orders.umask)
    sys.path[:] = orders.path
    remember_manager(orders.run, orders.manager, bytes.fromhex(orders.key))
    told = os.dup(1)
    os.dup2(2, 1)  # what the objects print
    voice = Voice(told)
    try:
        server = Server(bytes.fromhex(orders.key), orders.host, voice.say)
    except FlowlabError as error:
        os.write(told, json.dumps({"fault": str(error)}).encode() + b"\n")
        return
    server.start()
    os.write(told, json.dumps({"port": server.port}).encode() + b"\n")
    for line in sys.stdin.buffer:
        server.lose(json.loads(line)["lost"])


if __name__ == "__main__":
    main()
