"""The server: has the objects, and serves each connection in a thread of its own.

It speaks the requests of `multiprocessing.managers`. What is added to that: what a connection has
taken goes back when it ends; a call can be withdrawn; who does not prove the key in time is put
out; and a method's exception arrives as itself.
"""

import itertools
import secrets
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flowlab.errors import UsageError
from flowlab.shared.caller import Abandoned, Caller, Withdrawn, serving
from flowlab.shared.channel import Channel, WrongKey
from flowlab.shared.referent import Referent, Served
from flowlab.shared.wire import (
    CANCELLED,
    ERROR,
    ITSELF,
    RETURN,
    SERVER,
    Holder,
    Reply,
    Request,
    decode,
    decode_request,
    encode,
    encode_reply,
    told_error,
)

STRANGERS = 64  # connections that have not proved the key; of more, those that tarry are put out
CROWD = 400  # of such connections: of more, the oldest is put out, however new it is
TARRY_SECONDS = 1.0  # s that a connection may have been silent when there are many
_PAUSE = 0.05  # s until the next is let in, after a failure: there may be no descriptor left
_BACKLOG = 512

Say = Callable[[str], None]


class Server:
    """One address with its objects.

    key   which every connection must prove
    host  address of the interface to listen on
    say   told what people should know; from any thread
    """

    def __init__(self, key: bytes, host: str, say: Say) -> None:
        self._key = key
        self._say = say
        self._listener = _listen(host)
        self.port: int = self._listener.getsockname()[1]
        self._referents: dict[str, Served] = {}
        self._idents = itertools.count(1)
        self._callers: dict[str, Caller] = {}
        self._strangers: dict[Channel, float] = {}  # when each came, the oldest first
        self._lock = threading.Lock()
        self._closed = False

    def start(self) -> None:
        """Let connections in."""
        threading.Thread(target=self._accept, name="flowlab-shared", daemon=True).start()

    def add(self, referent: Served) -> str:
        """Have one more object; gives its ident."""
        ident = str(next(self._idents))
        self._referents[ident] = referent
        return ident

    def lose(self, engine: int) -> None:
        """An engine is gone, even if its connections look as if it were there."""
        with self._lock:
            lost = [each for each in self._callers.values() if each.holder.engine == engine]
        for caller in lost:
            caller.dismiss()

    def close(self) -> None:
        """Let nobody in any more."""
        self._closed = True
        with suppress(OSError):  # on some systems there is nothing to be shut down
            self._listener.shutdown(socket.SHUT_RDWR)  # who waits in `accept` hears of it
        self._listener.close()
        with self._lock:
            callers = list(self._callers.values())
        for caller in callers:
            caller.dismiss()

    def _accept(self) -> None:
        while not self._closed:
            try:
                self._admit(*self._listener.accept())
            except (OSError, RuntimeError):  # it is gone, we are closed, or there is no room
                time.sleep(_PAUSE)

    def _admit(self, sock: socket.socket, peer: Any) -> None:
        try:
            channel = Channel(sock)
        except OSError:
            sock.close()
            raise
        try:
            thread = threading.Thread(
                target=self._serve, args=(channel, peer), name="flowlab-shared", daemon=True
            )
            self._welcome(channel)
            thread.start()
        except RuntimeError:
            self._know(channel)
            channel.close()
            raise

    def _welcome(self, channel: Channel) -> None:
        """Note that it has not proved the key yet; of too many such, some are put out."""
        out = []
        with self._lock:
            self._strangers[channel] = now = time.monotonic()
            while len(self._strangers) > STRANGERS:
                oldest = next(iter(self._strangers))
                if now - self._strangers[oldest] < TARRY_SECONDS and len(self._strangers) <= CROWD:
                    break
                del self._strangers[oldest]
                out.append(oldest)
        for each in out:
            each.cut()

    def _serve(self, channel: Channel, peer: Any) -> None:
        try:
            holder = self._let_in(channel, peer)
            if holder is not None:
                self._serve_caller(Caller(holder, channel), channel)
        finally:
            self._know(channel)
            channel.close()

    def _let_in(self, channel: Channel, peer: Any) -> Holder | None:
        """Have the key proved, and learn who it is."""
        try:
            channel.demand_proof(self._key)
            holder: Holder = decode(channel.receive())
        except (OSError, EOFError, WrongKey) as error:
            was_put_out = not self._know(channel)
            why = "others came after it" if was_put_out else told_refusal(error)
            self._say(f"refused a connection from {peer[0]}:{peer[1]}: {why}")
            return None
        self._know(channel)
        return holder

    def _know(self, channel: Channel) -> bool:
        """It is no stranger any longer; False when it was put out as one."""
        with self._lock:
            return self._strangers.pop(channel, None) is not None

    def _serve_caller(self, caller: Caller, channel: Channel) -> None:
        line = secrets.token_hex(8)
        with self._lock:
            self._callers[line] = caller
        with serving(caller):
            try:
                channel.send(encode(line))
                while True:
                    self._reply(self._answer(channel.receive(), caller), caller, channel)
            except (OSError, EOFError, Abandoned):
                return
            finally:
                self._part(caller, line)

    def _reply(self, answer: bytes, caller: Caller, channel: Channel) -> None:
        """Send it; what a caller took that is gone meanwhile is not lost with it."""
        try:
            if caller.is_gone():
                raise Abandoned
            channel.send(answer)
        except (OSError, Abandoned):
            caller.withdraw()
            raise

    def _part(self, caller: Caller, line: str) -> None:
        """A connection has ended: what it holds goes back, and people are told."""
        with self._lock:
            del self._callers[line]
        for thing in caller.forsake_all():
            name = next((str(each) for each in self._referents.values() if each.has(thing)), "")
            self._say(f"{caller.holder} ended while it held {name}: released")

    def _answer(self, data: bytes, caller: Caller) -> bytes:
        caller.begin()
        try:
            kind, value = self._perform(decode_request(data))
        except Withdrawn:
            kind, value = CANCELLED, None
        except Abandoned:
            raise
        except BaseException as error:  # noqa: BLE001 - the object's own methods may raise anything
            kind, value = ERROR, told_error(error)
        if not caller.end():
            kind, value = CANCELLED, None
        return encode_reply(kind, value)

    def _perform(self, request: Request) -> Reply:
        if request.ident == SERVER:
            return self._serve_itself(request)
        referent = self._referents.get(request.ident)
        if referent is None:
            raise UsageError("this shared object does not exist any longer")
        value = referent.call(request.method, request.args, request.kwds)
        return (ITSELF, None) if value is referent.thing else (RETURN, value)

    def _serve_itself(self, request: Request) -> Reply:
        if request.method == "withdraw":
            with self._lock:
                caller = self._callers.get(request.args[0])
            if caller is not None:
                caller.withdraw()
            return RETURN, None
        if request.method == "create":
            referent = Referent.make(*request.args)
            return RETURN, (self.add(referent), referent.methods, referent.fields)
        raise UsageError(f"a server of shared objects has no method {request.method!r}")


def told_refusal(error: BaseException) -> str:
    """Why somebody was not let in, for people."""
    if isinstance(error, EOFError | ConnectionError):
        return "it ended before it had proved the key"
    if isinstance(error, TimeoutError):
        return "it did not prove the key in time"
    return str(error)


def _listen(host: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, 0), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise UsageError(
            f"shared objects cannot listen on {host!r}, which Client(listen=…) names: "
            f"{error.strerror}; give an address of this host"
        ) from None
