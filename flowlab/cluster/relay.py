"""The relay: who has which large object, and how it comes to a host that wants it. Pure.

An object goes to a host once: whoever wants it there while it comes follows its errand, and who
wants it later finds the copy. There are three ways: in pieces through this process (turns.py); by
a stage point, where one carrier writes it once and one of each host reads it; and from where its
owner keeps it, by a host that can read there. An errand changes its giver when that one dies, and
begins anew, with another number, when its taker does; nobody has an object whose hosts have no
engine left.
"""

from collections.abc import Iterable
from enum import Enum
from itertools import count
from typing import Protocol, assert_never

from flowlab.cluster.errands import (
    Depositing,
    End,
    Errand,
    Following,
    Loading,
    Place,
    Transfer,
)
from flowlab.cluster.known import POINT, Deposits, Known
from flowlab.cluster.turns import Turns
from flowlab.model.ids import EngineId, HostId, ObjectId, SessionId, session_of
from flowlab.model.payload import Located, Resting, Staged, Stored
from flowlab.worker.messages import (
    Answer,
    Broken,
    Copied,
    Deposit,
    Deposited,
    Discarded,
    Freight,
    Load,
    Piece,
    Stopped,
    Unstaged,
    Written,
)

# size: one table of errands, and every rule of what becomes of one

FAULTS = 2  # times that what lies at a stage point is written anew, when it was of no use


class Why(Enum):
    """Why an object does not come."""

    LOST = "nobody has its bytes any longer"
    REFUSED = "the host cannot take it"
    CALLED_OFF = "nobody needs it any longer, or it is another one now"


class Yard(Protocol):
    """What the relay has others do."""

    def send(self, place: Place, message: Freight) -> None: ...
    def came(self, object_id: ObjectId, host: HostId, value: Stored) -> None: ...
    def failed(self, object_id: ObjectId, host: HostId, why: Why, fault: str) -> None: ...


class Relay:
    """All errands. `first`: number of the first, unlike any of a process before this one."""

    def __init__(self, home: HostId, yard: Yard, first: int = 1) -> None:
        self.copies = 0  # made so far
        self.deposits = 0  # written to stage points so far
        self.turns = Turns(home, yard.send)
        self._home = home
        self._yard = yard
        self._numbers = count(first)
        self._known: dict[ObjectId, Known] = {}
        self._errands: dict[int, Errand] = {}
        self._coming: dict[ObjectId, dict[HostId, Errand]] = {}
        self._deposits = Deposits()

    # --- engines

    def joined(self, engine: EngineId, host: HostId) -> None:
        """An engine is linked; one that was replaced unseen is gone."""
        self.gone(engine)
        self.turns.ends[engine] = End(engine, host)

    def gone(self, engine: EngineId) -> None:
        """An engine is lost, with what it was reading and writing."""
        end = self.turns.ends.pop(engine, None)
        if end is None:
            return
        if self._find_end(end.host) is None:
            for known in self._known.values():
                known.files.pop(end.host, None)
        for errand in list(self._errands.values()):
            if errand.number in self._errands:  # beginning another one anew may have ended it
                self._without(errand, end)
        if not self.engines_elsewhere():
            self._known = {key: one for key, one in self._known.items() if one.outlasts}

    def engines_elsewhere(self) -> dict[HostId, list[EngineId]]:
        """Engines of each host but this one."""
        found: dict[HostId, list[EngineId]] = {}
        for end in self.turns.ends.values():
            if end.place is not None and end.host != self._home:
                found.setdefault(end.host, []).append(end.place)
        return found

    # --- objects

    def want(
        self, object_id: ObjectId, value: Resting, label: str, host: HostId, folder: str = ""
    ) -> Stored | None:
        """The object on that host; None when it comes, which `came` or `failed` will say.

        value   where its maker left it
        folder  where at a stage point it is to go by; empty: in pieces
        """
        known = self._known.get(object_id)
        if known is None or known.origin != value:
            known = self.made(object_id, value)
        known.folder = folder
        found = known.files.get(host)
        if found is None and host not in self._coming.get(object_id, ()):
            self._begin(object_id, label, host)
        return found

    def made(self, object_id: ObjectId, value: Resting) -> Known:
        """An object was made, again if it is known: what is known of it was another one's."""
        before = self._forget(object_id)
        self._known[object_id] = known = Known(value, folder=before.folder if before else "")
        for errand in self._to_hosts(object_id):
            if errand.number in self._errands:
                self._begin_anew(errand)
        return known

    def drop(self, objects: Iterable[ObjectId]) -> None:
        """Nobody needs these any longer; whoever has their bytes is told by others."""
        for object_id in objects:
            self._forget(object_id)
            for errand in self._to_hosts(object_id):
                if errand.number in self._errands:
                    self._fail(errand, Why.CALLED_OFF, f"object {object_id} was dropped")

    def end_session(self, session: SessionId) -> None:
        """As `drop`, of all objects of a session."""
        self.drop([one for one in self._known if session_of(one) == session])

    def host_of(self, engine: EngineId) -> HostId | None:
        """Where an engine is; None when it is gone."""
        end = self.turns.ends.get(engine)
        return None if end is None else end.host

    def describe(self) -> dict[str, object]:
        """For people."""
        return {
            "coming": len(self._errands),
            "copies": self.copies,
            "bytes": self.turns.bytes,
            "staged": self.deposits,
        }

    @property
    def knows_nothing(self) -> bool:
        """Whether no object there is was ever wanted on another host."""
        return not self._known

    def is_known(self, object_id: ObjectId) -> bool:
        """Whether it was ever wanted on another host."""
        return object_id in self._known

    # --- what carriers say

    def heard(self, place: Place, answer: Answer) -> None:
        """An answer of a carrier."""
        end = self.turns.ends.get(place)
        if end is None:
            return
        was_read = self.turns.settle(end, answer)
        errand = self._errands.get(answer.transfer)
        if errand is not None:
            self._go_on(errand, answer, was_read=was_read)
        elif isinstance(answer, Deposited):
            self._remove_unused(answer.value.url)  # it was called off meanwhile
        self.turns.serve(end)

    def _go_on(self, errand: Errand, answer: Answer, *, was_read: bool) -> None:
        match answer:
            case Written():
                return  # what it freed may go to the next piece
            case Piece():
                if isinstance(errand, Transfer):
                    self.turns.take(errand, answer)
            case Deposited():
                self._deposited(errand, answer.value)
            case Copied():
                self._copied(errand, answer)
            case Broken():
                self._broken(errand, answer, was_read=was_read)
            case _:
                assert_never(answer)

    def _deposited(self, errand: Errand, value: Staged) -> None:
        known = self._known[errand.object]
        known.staged = value
        known.deposits.add(value.url)
        self._deposits.add(value.url, errand.object)
        self.deposits += 1
        self._arrived(errand)

    def _copied(self, errand: Errand, answer: Copied) -> None:
        known = self._known[errand.object]
        if isinstance(errand, Loading) and isinstance(errand.source, Located):
            known.digest = known.digest or answer.digest
            if known.digest != answer.digest:
                # Its owner has changed it since another host read it: all are to have the same
                self._yard.send(errand.taker.place, Discarded((errand.object,)))
                known.unreadable.add(errand.host)
                self._begin_anew(errand)
                return
        known.files[errand.host] = answer.value
        self.copies += 1
        self._arrived(errand)
        self._yard.came(errand.object, errand.host, answer.value)

    def _broken(self, errand: Errand, answer: Broken, *, was_read: bool) -> None:
        known = self._known[errand.object]
        match errand:
            case Transfer() if was_read:
                known.files.pop(errand.giver.host, None)
                self._change_giver(errand, answer.fault)
            case Depositing() if answer.here:
                known.files.pop(errand.giver.host, None)
                self._begin_anew(errand)
            case Loading(source=Staged() as source) if (
                known.staged != source or known.faults > errand.faults
            ):
                self._begin_anew(errand)  # another host has found out
            case Loading(source=Staged(url=url)) if not answer.here and url in known.deposits:
                self._deposit_again(errand, known, answer.fault)
            case Loading(source=Located()) if not answer.here and (
                errand.host != self._home or self._find_giver(known) is not None
            ):
                known.unreadable.add(errand.host)
                self._begin_anew(errand)
            case _:
                self._fail(errand, Why.REFUSED, answer.fault)

    def _deposit_again(self, errand: Loading, known: Known, fault: str) -> None:
        """What lies at the stage point is of no use: it is written over."""
        known.faults += 1
        known.staged = None
        if known.faults > FAULTS:
            self._fail(errand, Why.REFUSED, fault)
        else:
            self._begin_anew(errand)

    # --- an errand's life

    def _without(self, errand: Errand, end: End) -> None:
        """An errand goes on without this carrier."""
        match errand:
            case Transfer(taker=one) | Loading(taker=one) | Depositing(giver=one) if one is end:
                self._begin_anew(errand)
            case Transfer(giver=one) if one is end:
                self._change_giver(errand, "the engine that gave it was lost")

    def _begin(self, object_id: ObjectId, label: str, host: HostId) -> None:
        known = self._known[object_id]
        described = (next(self._numbers), object_id, label, host)
        giver, taker = self._find_giver(known), self._find_end(host)
        if host == POINT and giver is not None:
            self._take_up(Depositing(*described, giver))
            file, anew = known.files[giver.host], known.faults > 0
            self._yard.send(giver.place, Deposit(described[0], file, known.folder, label, anew))
        elif taker is None and host != POINT:
            self._end(object_id, host, Why.REFUSED, "no engine is left on that host")
        elif taker is not None and (source := known.source_for(host)) is not None:
            self._take_up(Loading(*described, source, taker, known.faults))
            message = Load(described[0], object_id, source, label, known.digest)
            self._yard.send(taker.place, message)
        elif giver is None and host != self._home and known.source_for(self._home) is not None:
            self._follow(Following(*described, self._home))
        elif giver is None or taker is None:
            fault = f"no engine is left on a host that has {label or object_id}"
            self._end(object_id, host, Why.LOST, fault)
        elif known.folder:
            self._follow(Following(*described, POINT))
        else:
            transfer = Transfer(*described, known.files[giver.host], giver, taker)
            self._take_up(transfer)
            self.turns.begin(transfer)

    def _take_up(self, errand: Errand) -> None:
        self._errands[errand.number] = errand
        self._coming.setdefault(errand.object, {})[errand.host] = errand

    def _follow(self, errand: Following) -> None:
        """Let it wait for the object to be elsewhere; it is to go there, if it does not yet."""
        self._take_up(errand)
        if errand.there not in self._coming[errand.object]:
            self._begin(errand.object, errand.label, errand.there)

    def _begin_anew(self, errand: Errand) -> None:
        """What was written is another one's, or gone with its engine."""
        self._strike(errand)
        object_id, host = errand.object, errand.host
        if (found := self._known[object_id].files.get(host)) is not None:
            self._go_behind(object_id, host)
            self._yard.came(object_id, host, found)
        else:
            self._begin(object_id, errand.label, host)

    def _change_giver(self, transfer: Transfer, fault: str) -> None:
        known = self._known[transfer.object]
        giver = self._find_giver(known)
        if giver is None:
            self._fail(transfer, Why.LOST, fault)
        else:
            self.turns.change_giver(transfer, giver, known.files[giver.host])

    def _arrived(self, errand: Errand) -> None:
        self._strike(errand)
        self._go_behind(errand.object, errand.host)

    def _go_behind(self, object_id: ObjectId, there: HostId) -> None:
        """What waited for the object to be there goes on."""
        for errand in self._to_hosts(object_id):
            if isinstance(errand, Following) and errand.there == there:
                self._begin_anew(errand)

    def _fail(self, errand: Errand, why: Why, fault: str) -> None:
        self._strike(errand)
        self._end(errand.object, errand.host, why, fault)

    def _end(self, object_id: ObjectId, host: HostId, why: Why, fault: str) -> None:
        """It does not come there, nor where it was to go from there."""
        for errand in self._to_hosts(object_id):
            if isinstance(errand, Following) and errand.there == host:
                self._fail(errand, why, fault)
        if host != POINT:
            self._yard.failed(object_id, host, why, fault)

    def _strike(self, errand: Errand) -> None:
        del self._errands[errand.number]
        coming = self._coming[errand.object]
        del coming[errand.host]
        if not coming:
            del self._coming[errand.object]
        match errand:
            case Transfer():
                self.turns.strike(errand)
            case Loading(taker=end) | Depositing(giver=end):
                if self.turns.ends.get(end.place) is end:
                    self._yard.send(end.place, Stopped(errand.number))

    # --- stage points

    def _forget(self, object_id: ObjectId) -> Known | None:
        known = self._known.pop(object_id, None)
        for url in known.deposits if known is not None else ():
            self._deposits.discard(url, object_id)
            self._remove_unused(url)
        return known

    def _remove_unused(self, url: str) -> None:
        """A file at a stage point goes when no object needs it."""
        if not self._deposits.is_used(url):
            self._yard.send(None, Unstaged((url,)))

    # --- who has what

    def _to_hosts(self, object_id: ObjectId) -> list[Errand]:
        return list(self._coming.get(object_id, {}).values())

    def _find_giver(self, known: Known) -> End | None:
        """The least busy carrier of a host that has the object; this process before all others."""
        fitting = [end for end in self.turns.ends.values() if end.host in known.files]
        return min(
            fitting,
            key=lambda one: (one.place is not None, len(one.to_read) + (one.reading > 0)),
            default=None,
        )

    def _find_end(self, host: HostId) -> End | None:
        """The least busy carrier of a host; here, that of this process."""
        fitting = [end for end in self.turns.ends.values() if end.host == host]
        return min(fitting, key=lambda one: (one.place is not None, len(one.queue)), default=None)
