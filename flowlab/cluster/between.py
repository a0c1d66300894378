"""Large objects between hosts: holds relay, waiting room and this process' own carrier together.

Belongs to the router's thread, but for the carrier's. What it finds out is posted as what an engine
would have said, so that nobody else need know that a batch did not leave at once.
"""

import secrets
import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import partial
from typing import assert_never

from flowlab.cluster.errands import Place
from flowlab.cluster.port import Then
from flowlab.cluster.relay import Relay, Why
from flowlab.cluster.waiting import Key, Waiting, WaitingRoom
from flowlab.errors import CannotStore, StoreError
from flowlab.events.messages import ObjectsLost, Reported
from flowlab.model.ids import EngineId, HostId, ObjectId, SessionId
from flowlab.model.payload import NOTHING, AnyValue, Located, Resting, Staged, Stored
from flowlab.scheduler.actions import (
    ClusterAction,
    Drop,
    EndSession,
    HandBack,
    Interrupt,
    Revoke,
    RunBatch,
)
from flowlab.staging.point import FOLDER, join
from flowlab.staging.store import HostStore
from flowlab.worker.carrier import Carrier
from flowlab.worker.ledger import HANDED_BACK, REVOKED, SESSION_ENDED
from flowlab.worker.messages import Answer, Batch, Claimed, Discarded, Down, Freight


@dataclass(frozen=True)
class Ways:
    """How it reaches others; of these, `call` alone may be used on another thread.

    send   a message to an engine, at once
    call   have something done on the router's thread
    given  an engine has been told where these lie on its host
    say    a fact
    """

    send: Callable[[EngineId, Down], None]
    call: Callable[[Callable[[], None]], None]
    given: Callable[[EngineId, Iterable[ObjectId]], None]
    say: Callable[[Reported | ObjectsLost], None]


class Between:
    """Implements relay.Yard. `store` and `carrier` are those of this process, `run` its name.

    points  stage points that a process before this one used: what lies there is now ours
    early   engines of that process may still come: until `settle`, nobody says of a host that it
            has none
    """

    def __init__(
        self,
        run: str,
        store: HostStore,
        carrier: Carrier,
        ways: Ways,
        points: Iterable[str] = (),
        *,
        early: bool = False,
    ) -> None:
        self._early: list[Callable[[], None]] | None = [] if early else None
        self._run = run
        self._folders: dict[str, str] = {}  # of stage points
        self._host = store.host
        self._store = store
        self._ways = ways
        self._room = WaitingRoom()
        # Engines may still answer what a process before this one asked
        self._relay = Relay(store.host, self, secrets.randbits(48))
        self._carrier = carrier
        self._carrier.wake = lambda: ways.call(self._hear_home)
        self._fetches: dict[ObjectId, list[Then]] = {}
        for point in points:
            self._folder(point)

    def joined(self, engine: EngineId, host: HostId) -> None:
        """An engine is linked."""
        self._room.gone(engine)
        self._relay.joined(engine, host)

    def gone(self, engine: EngineId) -> None:
        """An engine is lost."""
        self._room.gone(engine)
        self._relay.gone(engine)

    def hold(self, engine: EngineId, waiting: Waiting) -> None:
        """Send a batch as its inputs come to its engine's host."""
        host = self._relay.host_of(engine)
        if host is None:
            return  # lost meanwhile: EngineLost is on its way to the scheduler
        now = self._room.hold(engine, host, waiting)
        if now.jobs or now.dropped or now.payload != NOTHING:
            self._ways.send(engine, now)
        self._when_settled(partial(self._want_all, host, waiting))

    def settle(self, awaited: Collection[EngineId]) -> None:
        """These are still to come from the process before; the others have come, or are lost."""
        if awaited:
            return
        early, self._early = self._early, None
        for wish in early or ():
            wish()

    def fetch(
        self, object_id: ObjectId, value: Resting, label: str, point: str, then: Then
    ) -> None:
        """Have an object on this host; `then` gets it here, or why it does not come.

        point  the stage point that it is to come by; empty: in pieces
        """
        self._fetches.setdefault(object_id, []).append(then)
        folder = self._folder(point)

        def want() -> None:
            found = self._relay.want(object_id, value, label, self._host, folder)
            if found is not None:
                self._answer(object_id, found)

        self._when_settled(want)

    def follow(self, action: ClusterAction) -> None:
        """Do what an action asks of batches that wait, and of the stores of all hosts."""
        match action:
            case Revoke():
                self._take_back(action.engine, action.tasks, REVOKED)
            case HandBack():
                self._take_back(action.engine, None, HANDED_BACK)
            case Interrupt():
                self._take_back(action.engine, [(action.task, action.assignment)], REVOKED)
            case Drop():
                self._drop(action.objects)
                self._store.drop(action.objects)
            case EndSession():
                self._end_session(action.session)
                self._store.drop_session(action.session)  # last: it may say that it could not
            case RunBatch():
                return
            case _:
                assert_never(action)

    def heard(self, engine: EngineId, answer: Answer) -> None:
        """An engine's carrier answers."""
        self._relay.heard(engine, answer)

    def made(self, values: dict[ObjectId, AnyValue]) -> None:
        """Values of objects came with a report."""
        if self._relay.knows_nothing:
            return
        for object_id, value in values.items():
            if isinstance(value, Stored | Staged | Located) and self._relay.is_known(object_id):
                self._relay.made(object_id, value)

    def describe(self) -> dict[str, object]:
        """For people."""
        return {"waiting": len(self._room), **self._relay.describe()}

    # --- relay.Yard

    def send(self, place: Place, message: Freight) -> None:
        if place is None:
            self._carrier.take(message)
        else:
            self._ways.send(place, message)

    def came(self, object_id: ObjectId, host: HostId, value: Stored) -> None:
        self._room.came(object_id, host, value)
        self._leave()
        if host == self._host:
            self._answer(object_id, value)

    def failed(self, object_id: ObjectId, host: HostId, why: Why, fault: str) -> None:
        if why is Why.LOST:  # first: then tasks go back because of a loss that is known
            self._ways.say(ObjectsLost((object_id,), fault))
        for fact in self._room.failed(object_id, host, why, fault, time.time()):
            self._ways.say(fact)
        self._leave()
        if host == self._host:
            kind = CannotStore if why is Why.REFUSED else StoreError
            self._answer(object_id, kind(fault))

    # --- helpers

    def _when_settled(self, wish: Callable[[], None]) -> None:
        if self._early is None:
            wish()
        else:
            self._early.append(wish)

    def _want_all(self, host: HostId, waiting: Waiting) -> None:
        for object_id, file in waiting.wants.items():
            label = waiting.brought[object_id].spec.label
            folder = self._folder(waiting.points.get(object_id, ""))
            found = self._relay.want(object_id, file, label, host, folder)
            if found is not None:
                self._room.came(object_id, host, found)
        self._leave()

    def _folder(self, point: str) -> str:
        """This run's own folder at a stage point: all in it may go when the run is over."""
        if point and point not in self._folders:
            self._folders[point] = folder = join(point, f"{FOLDER}{self._run}")
            self._carrier.take(Claimed(folder))
        return self._folders.get(point, "")

    def _take_back(self, engine: EngineId, keys: Iterable[Key] | None, reason: str) -> None:
        for fact in self._room.take_back(engine, keys, reason):
            self._ways.say(fact)
        self._leave()

    def _drop(self, objects: tuple[ObjectId, ...]) -> None:
        self._relay.drop(objects)
        for engines in self._relay.engines_elsewhere().values():
            self._ways.send(engines[0], Discarded(objects))

    def _end_session(self, session: SessionId) -> None:
        for fact in self._room.end_session(session, SESSION_ENDED):
            self._ways.say(fact)
        self._relay.end_session(session)
        for engines in self._relay.engines_elsewhere().values():
            for engine in engines:  # each may have put something there meanwhile
                self._ways.send(engine, Discarded(sessions=(session,)))

    def _leave(self) -> None:
        for engine, batch in self._room.leave():
            self._release(engine, batch)

    def _release(self, engine: EngineId, batch: Batch) -> None:
        self._ways.given(engine, batch.payload.values)
        self._ways.send(engine, batch)

    def _hear_home(self) -> None:
        while self._carrier.answers:
            self._relay.heard(None, self._carrier.answers.popleft())

    def _answer(self, object_id: ObjectId, found: Stored | StoreError) -> None:
        for then in self._fetches.pop(object_id, ()):
            then(found)
