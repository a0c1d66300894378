"""The carrier: reads pieces of large objects from this host's store, and writes those that come.

A thread beside the link's, begun at first need, so that neither reports nor signs of life wait for
a disk or a compressor. The one rule: what it is asked is answered once, whatever happens; so the
relay (cluster/relay.py) always knows how much is under way.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import assert_never

from flowlab.errors import FlowlabError, StoreError
from flowlab.model.limits import PIECE
from flowlab.staging.draft import Draft
from flowlab.staging.store import HostStore
from flowlab.worker.messages import (
    Answer,
    Broken,
    Claimed,
    Coming,
    Copied,
    Deposit,
    Discarded,
    Freight,
    Load,
    Piece,
    Stopped,
    Unstaged,
    Wanted,
    Written,
)
from flowlab.worker.porter import Porter
from flowlab.worker.squeeze import Squeezer, stretch


@dataclass(slots=True)
class _Reading:
    """A file that is given away; it is mapped until the transfer is over."""

    view: memoryview
    squeezer: Squeezer = field(default_factory=Squeezer)


@dataclass(slots=True)
class _Writing:
    """An object that comes."""

    coming: Coming
    draft: Draft


class Carrier:
    """The thread.

    answers  for the relay, to be sent by who owns the link
    wake     set by that one: called when there is one more
    """

    def __init__(self, store: HostStore) -> None:
        self.answers: deque[Answer] = deque()
        self.wake: Callable[[], None] | None = None
        self._store = store
        self._inbox: SimpleQueue[Freight | None] = SimpleQueue()
        self._readings: dict[int, _Reading] = {}
        self._writings: dict[int, _Writing] = {}
        self._faults: dict[int, str] = {}  # of transfers that could not begin
        self._porter = Porter(store, self._out)
        self._closed = False
        self._thread: threading.Thread | None = None

    def take(self, message: Freight) -> None:
        """Have this done, after what came before; from one thread."""
        self._inbox.put(message)
        self._begin()

    def forget_all(self) -> None:
        """Whoever asked is no more: let go of all that is open."""
        if self._thread is not None:
            self._inbox.put(None)

    def close(self) -> None:
        """End the thread after what it is at, and remove the folders that were claimed."""
        self._closed = True
        self.forget_all()
        self._porter.close()

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="flowlab-carrier", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while not self._closed:
            message = self._inbox.get()
            if message is None:
                for transfer in [*self._readings, *self._writings, *self._faults]:
                    self._stop(transfer)
                self._porter.stop(None)
                continue
            try:
                self._do(message)
            except Exception as error:  # noqa: BLE001 - our bug, too, must be answered
                self._fail(message, error)

    def _do(self, message: Freight) -> None:
        match message:
            case Wanted():
                self._read(message)
            case Coming():
                self._stop(message.transfer)
                draft = self._store.begin(message.object, message.size)
                self._writings[message.transfer] = _Writing(message, draft)
            case Piece():
                self._write(message)
            case Deposit() | Load() | Claimed() | Unstaged():
                self._porter.take(message)
            case Stopped():
                self._stop(message.transfer)
                self._porter.stop(message.transfer)
            case Discarded():
                self._store.drop(message.objects)
                for session in message.sessions:
                    self._store.drop_session(session)
            case _:
                assert_never(message)

    def _fail(self, message: Freight, error: Exception) -> None:
        """Say what is wrong; that a transfer cannot begin, in the answer to its first piece."""
        if isinstance(message, Stopped | Discarded | Claimed | Unstaged):
            return  # what is left of it lies in a store that is removed in the end
        self._stop(message.transfer)
        known = isinstance(error, FlowlabError)
        fault = str(error) if known else f"a bug in flowlab: {type(error).__name__}: {error}"
        if isinstance(message, Coming):
            self._faults[message.transfer] = fault
        else:
            self._out(Broken(message.transfer, fault))

    def _read(self, wanted: Wanted) -> None:
        reading = self._readings.get(wanted.transfer)
        if reading is None:
            reading = _Reading(self._store.open(wanted.file))
            self._readings[wanted.transfer] = reading
        data = reading.view[wanted.at : wanted.at + PIECE]
        squeezed = reading.squeezer.squeeze(data)
        travelling = data if squeezed is None else memoryview(squeezed)
        self._out(Piece(wanted.transfer, wanted.at, len(data), travelling, squeezed is not None))

    def _write(self, piece: Piece) -> None:
        writing = self._writings.get(piece.transfer)
        if writing is None:
            raise StoreError(self._faults.get(piece.transfer, "nobody waits for this piece"))
        coming, draft = writing.coming, writing.draft
        data = stretch(piece.data, piece.size) if piece.squeezed else piece.data
        if not draft.add(data):
            raise self._store.no_room(coming.object, coming.size)
        if not draft.complete:
            self._out(Written(piece.transfer))
            return
        value = self._store.complete(draft, coming.object, coming.label, packed=coming.packed)
        del self._writings[piece.transfer]
        self._out(Copied(piece.transfer, value))

    def _out(self, answer: Answer) -> None:
        self.answers.append(answer)
        if self.wake is not None:
            self.wake()

    def _stop(self, transfer: int) -> None:
        self._faults.pop(transfer, None)
        self._readings.pop(transfer, None)
        writing = self._writings.pop(transfer, None)
        if writing is not None:
            writing.draft.abandon()
