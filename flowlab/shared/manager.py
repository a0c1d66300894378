"""The kernel's side of a manager: starts its process, makes objects in it, hears what it says.

The one rule: the process ends with its session, with the client, or with this process, whichever
comes first: its standard input is the leash.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import Any

import cloudpickle
import msgspec

from flowlab.errors import SharedObjectError, UsageError
from flowlab.shared.catalog import HIDDEN, KINDS, describe, ready_made
from flowlab.shared.home import Home
from flowlab.shared.keys import key_of
from flowlab.shared.lines import end_lines
from flowlab.shared.main import Orders
from flowlab.shared.process import spawn
from flowlab.shared.proxy import Reference, SharedProxy, Where, call, make_proxy
from flowlab.shared.wire import SERVER, Request

_END_SECONDS = 2.0  # s for an orderly end
_TAIL = 2000  # bytes of its stderr that an error shows
_MODULE = "flowlab.shared.main"


class Manager:
    """One process with objects.

    say  told what people should know, on a thread of its own
    """

    def __init__(self, home: Home, name: str, say: Callable[[str], None]) -> None:
        self._home = home
        self._name = name
        self._key = key_of(home.run, name)
        self._say = say
        self._errors = home.path / f"shared-{name}.err"
        self._lock = threading.Lock()
        self._process = process = spawn(_MODULE, run=home.run, errors=self._errors)
        home.reaper.add([process.pid])
        try:
            self.where = self._begin()
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._listen, name="flowlab-shared", daemon=True).start()

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    # size: what is said of an object, apart from its arguments
    def make(
        self,
        what: Any,
        args: Sequence[Any],
        kwds: dict[str, Any],
        *,
        exposed: Sequence[str] | str | None,
        name: str,
        waits: bool | None,
    ) -> SharedProxy:
        """Make an object in it.

        what     a factory, a class, or the name of a ready-made type
        exposed  what may be called: one name, or some; None: its public methods
        waits    whether a task may wait there for another; None: as it is known
        """
        kind = kind_of(what)
        ready = what if isinstance(what, str) else ""
        factory = b"" if ready else _pickle(what, f"what makes {kind}")
        given = _pickle((tuple(args), kwds), f"arguments of {kind}")
        listed = [exposed] if isinstance(exposed, str) else exposed
        request = Request(SERVER, "create", (kind, factory, given, listed, name))
        ident, methods, fields = call(self.where, request, describe(kind, name))[1]
        if waits is None:
            waits = ready_made(ready).waits if ready else True
        return make_proxy(
            Reference(self.where, ident, kind, name, tuple(methods), tuple(fields), waits, ready)
        )

    def lose(self, engine: int) -> None:
        """Tell it that an engine is gone."""
        with self._lock:
            stdin = self._process.stdin
            assert stdin is not None
            try:
                stdin.write(json.dumps({"lost": engine}).encode() + b"\n")
                stdin.flush()
            except (OSError, ValueError):
                return  # it is gone itself

    def close(self) -> None:
        """End it; harmless when done twice."""
        process = self._process
        with self._lock:
            if process.stdin is not None and not process.stdin.closed:
                close_quietly(process.stdin)
        try:
            process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        self._home.reaper.remove([process.pid])
        end_lines(self._key)

    def _begin(self) -> Where:
        """Give it its orders; gives where it listens."""
        process, home = self._process, self._home
        assert process.stdin is not None
        assert process.stdout is not None
        key = self._key.hex()
        orders = Orders(home.run, self._name, key, home.interface, sys.path[:], own_umask())
        try:
            process.stdin.write(msgspec.json.encode(orders) + b"\n")
            process.stdin.flush()
            answer = json.loads(process.stdout.readline() or b"{}")
        except BrokenPipeError:
            answer = {}
        if "fault" in answer:
            raise UsageError(answer["fault"])
        if "port" not in answer:
            raise SharedObjectError(f"the process for shared objects ended at once.{self._words()}")
        return home.where(self._name, answer["port"])

    def _listen(self) -> None:
        """Hear what it says, to its end."""
        stdout = self._process.stdout
        assert stdout is not None
        for line in stdout:
            self._say(json.loads(line)["said"])
        stdout.close()

    def _words(self) -> str:
        text = self._errors.read_bytes()[-_TAIL:].decode(errors="replace").strip()
        return f" It wrote:\n{text}" if text else " It wrote nothing."


def kind_of(what: Any) -> str:
    """The type of the object that comes of it, for people; UsageError when nothing does."""
    if isinstance(what, str):
        if what in KINDS or what in HIDDEN:
            return what
        raise UsageError(
            f"there is no ready-made shared {what!r}; there are {', '.join(KINDS)}; or give a "
            "class, or a function that makes the object"
        )
    if not callable(what):
        raise UsageError(
            f"shared takes the name of a type, a class, or a function that makes the object, "
            f"not {what!r}"
        )
    return getattr(what, "__name__", type(what).__name__)


def own_umask() -> int:
    """The umask of this process, which can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask


def close_quietly(pipe: Any) -> None:
    """Close a pipe that the other end may have left."""
    try:
        pipe.close()
    except BrokenPipeError:
        return


def _pickle(thing: Any, what: str) -> bytes:
    try:
        data: bytes = cloudpickle.dumps(thing, 5)
    except Exception as error:  # what it refers to may raise anything
        raise UsageError(
            f"{what} cannot be pickled: {type(error).__name__}: {error}; a function that makes the "
            "object where it is to live, out of plain data, can"
        ) from error
    return data
