"""A session's way to its pump, wherever that runs: the Protocol, and the link inside one process.

The other one, to a scheduler process, is in remote.py. One contract test covers both.
"""

import itertools
import threading
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from flowlab.errors import CannotStore, LinkError, StoreError
from flowlab.events.messages import Entry, FactUnion, Logged
from flowlab.model.ids import ObjectId, SessionId, TaskId
from flowlab.model.payload import NOTHING, Payload, Value
from flowlab.session.desk import Answer, ask_pump
from flowlab.session.frames import (
    DESCRIBE,
    EXPLAIN,
    INVENTORY,
    NUDGE,
    VALUE,
    Ask,
    Told,
    ValueIs,
)
from flowlab.session.pump import Pump
from flowlab.session.window import Window

Reader = Callable[[Sequence[Entry]], None]
Making = Callable[[], tuple[FactUnion | Logged, Payload] | None]  # a fact with what goes beside it
_NEAR = 8  # ids between two objects that are fetched one after the other
SLICE = 0.1  # s; a wait is cut into these, so that an interrupt comes at once on every platform


class Link(Protocol):
    """What a session needs of the pump; all of it may be called from any thread."""

    @property
    def fault(self) -> str:
        """Why the pump cannot be reached any more; empty while it can, or may be again."""
        ...

    @property
    def slot(self) -> int:
        """Which of the client's kernels this is."""
        ...

    def start(self) -> None:
        """Begin to reach the pump; returns at once."""
        ...

    def post(self, fact: FactUnion | Logged, payload: Payload = NOTHING) -> None:
        """Hand a fact to the pump; never blocks, never raises, may be called by a finaliser."""
        ...

    def post_late(self, *makes: Making) -> None:
        """As `post`, of facts that are made as they leave: what comes meanwhile can be in them.

        All or none: an interrupt finds no half of them posted.
        """
        ...

    def follow(self, reader: Reader, after: int = 0) -> Callable[[], None]:
        """All entries above `after`, then those to come, on the link's thread; returns the stop."""
        ...

    def heard(self, session: SessionId, seq: int) -> None:
        """Say that the handlers of this session have had its log up to this entry; never blocks."""
        ...

    def value(self, object_id: ObjectId) -> Value:
        """The bytes of an object, or where they lie; raises StoreError."""
        ...

    def explain(self, task_id: TaskId) -> dict[str, object]:
        """Why a task is where it is."""
        ...

    def describe(self) -> dict[str, object]:
        """Engines and table, for people."""
        ...

    def inventory(self) -> dict[str, Any]:
        """What each engine holds (scheduler.inventory)."""
        ...

    def close(self) -> None:
        """Say goodbye: everything ends; idempotent, takes 3 s at most."""
        ...


class Questions:
    """Questions under way, and the threads that wait for their answers."""

    def __init__(self, send: Callable[[Ask], None], fault: Callable[[], str]) -> None:
        self._send = send
        self._fault = fault
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._open: dict[int, Ask] = {}
        self._answers: dict[int, Answer] = {}
        self._last = ObjectId(0)  # whose value was asked for
        self._ahead: dict[ObjectId, Value] = {}  # came along with the last answer

    def ask(self, what: str, about: int = 0, *, ahead: bool = False) -> Answer:
        """Ask and wait; raises LinkError when the pump is gone for good."""
        ask = Ask(next(self._numbers), what, about, ahead)
        with self._changed:
            self._open[ask.request] = ask
        try:
            self._send(ask)
            return self._wait(ask.request)
        finally:
            with self._changed:
                self._open.pop(ask.request, None)
                self._answers.pop(ask.request, None)

    def _wait(self, request: int) -> Answer:
        with self._changed:
            while request not in self._answers:
                if fault := self._fault():
                    raise LinkError(fault)
                self._changed.wait(SLICE)
            return self._answers[request]

    def value(self, object_id: ObjectId) -> Value:
        """Ask for a value; who fetches one after the other gets many by one question."""
        with self._changed:
            steps, self._last = object_id - self._last, object_id
            came = self._ahead.pop(object_id, None)
        if came is not None:
            return came
        answer = self.ask(VALUE, object_id, ahead=0 < steps <= _NEAR)
        if not isinstance(answer, ValueIs) or answer.value is None:
            refused = isinstance(answer, ValueIs) and answer.refused
            raise (CannotStore if refused else StoreError)(answer.fault)
        with self._changed:
            self._ahead = answer.more
        return answer.value

    def tell(self, what: str, about: int = 0) -> dict[str, object]:
        """Ask for something to tell people."""
        answer = self.ask(what, about)
        if not isinstance(answer, Told) or answer.fault:
            raise LinkError(answer.fault)
        return answer.answer

    def take(self, answer: Answer) -> None:
        """An answer came; one that nobody waits for is left."""
        with self._changed:
            if answer.request in self._open:
                self._answers[answer.request] = answer
                self._changed.notify_all()

    def unanswered(self) -> list[Ask]:
        """What has to be asked again after a reconnection."""
        with self._changed:
            return list(self._open.values())


class LocalLink:
    """The pump is in this process (`inline`)."""

    slot = 0

    def __init__(self, pump: Pump) -> None:
        self.fault = ""
        self._pump = pump
        self._questions = Questions(self._send, lambda: self.fault)
        self._lock = threading.Lock()
        self._state = "new"
        self._window = Window(pump.hold)

    def start(self) -> None:
        """Start cluster and pump, once."""
        with self._lock:
            if self._state == "new":
                self._pump.start()
                self._pump.stream.subscribe(self._window.sent)
                self._state = "open"

    def post(self, fact: FactUnion | Logged, payload: Payload = NOTHING) -> None:
        """Hand a fact to the pump."""
        self._pump.post(fact, payload)

    def post_late(self, *makes: Making) -> None:
        """Hand facts to the pump that are made in its thread."""
        self._pump.post_late(makes)

    def follow(self, reader: Reader, after: int = 0) -> Callable[[], None]:
        """All entries above `after`, on the pump's thread."""
        stop = self._pump.stream.subscribe(reader, after)
        self._send(Ask(0, NUDGE))
        return stop

    def heard(self, session: SessionId, seq: int) -> None:
        """Count it as handled."""
        self._window.heard(session, seq)

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
        """End cluster and pump."""
        with self._lock:
            state, self._state = self._state, "closed"
        if state == "open":
            self._pump.close()
        self.fault = self.fault or "the client is closed"

    def _send(self, ask: Ask) -> None:
        ask_pump(self._pump, ask, self._questions.take)
