"""The pump: the only loop, and the only writer of stream, journal and object table.

A turn takes what is in the inbox, lets the scheduler decide, writes table and journal, and only
then performs what was decided and tells the readers. So nothing is done, and nothing is seen, that
a process which takes over would not know.
"""

import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import inf
from queue import SimpleQueue
from typing import Protocol, assert_never

from flowlab.cluster.port import Cluster, ClusterFactory
from flowlab.errors import StoreError
from flowlab.events.messages import (
    Entry,
    EventUnion,
    Fact,
    FactUnion,
    Logged,
    LogLevelSet,
    Noticed,
    Reported,
    SessionClosed,
    StagePointSet,
    Submitted,
    TraceUnion,
    VerdictUnion,
)
from flowlab.events.stream import Stream
from flowlab.model.ids import SessionId
from flowlab.model.payload import NOTHING, Payload
from flowlab.scheduler.actions import (
    Action,
    Announce,
    Drop,
    EndSession,
    Forget,
    HandBack,
    Interrupt,
    Revoke,
    RunBatch,
)
from flowlab.scheduler.machine import Scheduler
from flowlab.session.belongs import session_of_event
from flowlab.session.mind import Mind
from flowlab.session.repeats import Repeats
from flowlab.session.table import ObjectTable, Origin

# size: the loop, and the replay that must do the same as the loop did

TURN_SECONDS = 0.005  # after which what was decided is done and told, before more is taken

Errand = Callable[[], None]


class Journal(Protocol):
    """Where entries go to stay (events.journal.JournalWriter)."""

    def write(self, entries: list[Entry]) -> None: ...


@dataclass(slots=True)
class _Posted:
    """One thing of the inbox."""

    event: FactUnion | TraceUnion
    payload: Payload
    origin: Origin | None
    then: Errand | None


def _look() -> None:
    """Stands in the inbox for what was heard; by then it may have been taken already."""


class Pump:
    """Owns scheduler, stream, table and journal; `run` is its loop, in a thread of its own.

    make_cluster  called at the start, so that nothing is made before
    journal       None keeps no journal (inline)
    turn_seconds  that a turn takes what is in the inbox, at most
    """

    def __init__(
        self,
        make_cluster: ClusterFactory,
        table: ObjectTable | None = None,
        journal: Journal | None = None,
        stream: Stream | None = None,
        clock: Callable[[], float] = time.time,
        *,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self.stream = stream or Stream()
        self.table = table or ObjectTable()
        self._mind = Mind()
        self._make_cluster = make_cluster
        self._cluster: Cluster | None = None
        self._journal = journal
        self._clock = clock
        self._inbox: SimpleQueue[_Posted | Errand | None] = SimpleQueue()
        self._heard: deque[_Posted] = deque()
        self._looking = False  # whether a `_look` is in the inbox
        self._turn_seconds = turn_seconds
        self._fresh: list[Entry] = []
        self._actions: list[Action] = []
        self._after: list[Errand] = []
        self._thread: threading.Thread | None = None
        self._repeats = Repeats()

    @property
    def scheduler(self) -> Scheduler:
        """The scheduler; to be read in the pump's thread."""
        return self._mind.scheduler

    def post(
        self,
        event: FactUnion | TraceUnion,
        payload: Payload = NOTHING,
        origin: Origin | None = None,
        then: Errand | None = None,
    ) -> None:
        """Take in an event of a kernel or our own, from any thread; never blocks.

        origin  by which post of a kernel it came
        then    called by the pump once the event is in the journal
        """
        self._inbox.put(_Posted(event, payload, origin, then))

    def hear(
        self,
        event: FactUnion | TraceUnion,
        payload: Payload = NOTHING,
        *,
        then: Errand | None = None,
    ) -> None:
        """As `post`, for what comes from engines: before all that kernels have posted.

        An engine that has ended its batch would wait until a large submit is taken.
        """
        self._heard.append(_Posted(event, payload, None, then))
        self._look_again()

    def post_late(
        self, makes: Iterable[Callable[[], tuple[FactUnion | Logged, Payload] | None]]
    ) -> None:
        """Take in facts that are made when their turn has come."""

        def take() -> None:
            for made in filter(None, (make() for make in makes)):
                self._take(_Posted(*made, None, None))

        self._inbox.put(take)

    def ask(self, errand: Errand) -> None:
        """Do this in the pump's thread, where scheduler and table may be read."""
        self._inbox.put(errand)

    def hold(self, session: SessionId, held: bool) -> None:
        """Let tasks of this session wait before they log anything, or no longer."""
        self.ask(lambda: self.cluster.hold(session, held=held))

    def start(self) -> None:
        """Begin: the cluster first, then the loop."""
        self._cluster = self._make_cluster()
        self._cluster.start(self.hear, self.table)
        self._thread = threading.Thread(target=self.run, name="flowlab-pump", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> None:
        """End the loop after what is in the inbox; idempotent."""
        self._inbox.put(None)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout)

    @property
    def cluster(self) -> Cluster:
        """The cluster; there is none before the start."""
        assert self._cluster is not None, "the pump was not started"
        return self._cluster

    def close(self) -> None:
        """End the cluster, then the loop, then the files."""
        if self._cluster is not None:
            self._cluster.close()
        self.stop()
        self.table.close()

    def run(self) -> None:
        """Turn until stopped."""
        while self.turn():
            pass

    def turn(self) -> bool:
        """Wait for something in the inbox and take what is there; False when it is the end."""
        item = self._inbox.get()
        until = time.monotonic() + self._turn_seconds
        while item is not None:
            self._take_heard(until)
            self._take(item)
            if self._inbox.empty() or time.monotonic() > until:  # nobody else takes out of it
                self._settle()
                return True
            item = self._inbox.get()
        self._take_heard(inf)
        self._settle()
        return False

    def _take_heard(self, until: float) -> None:
        """What came from engines until now: what comes meanwhile must not hold the rest up."""
        self._looking = False
        for _ in range(len(self._heard)):
            self._take(self._heard.popleft())
            if time.monotonic() > until:
                break
        if self._heard:
            self._look_again()

    def _look_again(self) -> None:
        """Have what was heard taken, even if nobody posts; once, or kernels would wait for it."""
        if not self._looking:
            self._looking = True
            self._inbox.put(_look)

    def _take(self, item: _Posted | Errand) -> None:
        if not isinstance(item, _Posted):
            self._try(item)
            return
        if item.then is not None:
            self._after.append(item.then)
        if item.origin is not None and self.table.is_taken(item.origin):
            return
        if self._repeats.has(item.event):
            return
        entry = self._say(item.event)
        self._note(entry.event)
        if item.origin is not None or item.payload is not NOTHING:
            self.table.put(entry.seq, item.payload, item.origin)
        if isinstance(entry.event, Fact):
            self._decide(entry)

    def _note(self, event: EventUnion) -> None:
        if isinstance(event, Submitted | Reported | StagePointSet | LogLevelSet):
            self.table.take(event)
        self._repeats.drop(event)

    def _decide(self, entry: Entry) -> None:
        """Ask the scheduler; what it announces is said at once, the rest done at the turn's end."""
        decision = self._mind.decide(entry)
        if decision.fault:
            text = f"flowlab's scheduler broke at entry {entry.seq}:\n{decision.fault}"
            self._say(Noticed(text, "error"))
            last = decision.fault.strip().rpartition("\n")[2]
            for session in decision.broken:
                self.post(SessionClosed(session, f"a bug in flowlab's scheduler: {last}"))
        for verdict in decision.verdicts:
            self._say(verdict, entry.at)
        self._actions += decision.actions

    def _say(self, event: FactUnion | VerdictUnion | TraceUnion, at: float | None = None) -> Entry:
        entry = self.stream.append(event, session_of_event(event), at or self._clock())
        self._fresh.append(entry)
        return entry

    def _settle(self) -> None:
        """Write the turn, then do it, then tell it."""
        try:
            self.table.write()
            if self._journal is not None and self._fresh:
                self._journal.write(self._fresh)
        except (OSError, StoreError) as error:
            # A full disk must not stop the tasks; but nobody may take over from such a journal.
            self._journal = None
            self._say(Noticed(f"the journal cannot be written any longer: {error}", "error"))
        self._fresh.clear()
        actions, self._actions = self._actions, []
        for action in actions:
            self._perform(action)
        after, self._after = self._after, []
        for errand in after:
            self._try(errand)
        self.stream.flush()
        self.table.compact()

    def _perform(self, action: Action) -> None:
        match action:
            case Announce():
                return  # said when it was decided
            case Forget():
                self._free(action)
            case Drop() | EndSession():
                self._try(lambda: self.cluster.perform(action))
                self._free(action)
            case RunBatch():
                if not self._try(lambda: self.cluster.perform(action)):  # nobody would run it
                    fault = "a bug in flowlab: a batch cannot be sent; the notice says why"
                    self.post(SessionClosed(action.session, fault))
            case Revoke() | HandBack() | Interrupt():
                self._try(lambda: self.cluster.perform(action))
            case _:
                assert_never(action)

    def _free(self, action: Forget | Drop | EndSession) -> None:
        if isinstance(action, Forget):
            self.table.forget(action.tasks)
        elif isinstance(action, Drop):
            self.table.drop(action.objects)
        else:
            self.table.end_session(action.session)

    def _try(self, errand: Errand) -> bool:
        """Do it; False when it broke, which is said."""
        try:
            errand()
        except Exception:  # noqa: BLE001 - one bad errand must not end the loop for all
            text = traceback.format_exc(limit=-4)
            self.post(Noticed(f"a bug in flowlab, which goes on:\n{text}", "error"))
            return False
        return True

    # --- taking over

    def replay(self, entries: Iterable[Entry]) -> None:
        """Bring a fresh pump to where another process was, from its journal; before `start`.

        Nothing is performed but what frees the table. Verdicts that the other process decided and
        could not write any more are said now.
        """
        entries = list(entries)
        self.stream.extend(entries)
        records = self.table.read_back(self.stream.last)
        record = next(records, None)
        unsaid: list[VerdictUnion] = []
        for entry in entries:
            if unsaid and entry.event == unsaid[0]:
                del unsaid[0]
            self._repeats.note(entry.event)
            if not isinstance(entry.event, Fact):
                continue
            while record is not None and record.seq <= entry.seq:
                self.table.merge(record)
                record = next(records, None)
            unsaid = self._redo(entry)
        for verdict in unsaid:
            self._say(verdict, entries[-1].at)

    def _redo(self, entry: Entry) -> list[VerdictUnion]:
        """Decide again what was decided; returns what is said of it."""
        self._note(entry.event)
        decision = self._mind.decide(entry)
        for action in decision.actions:
            if isinstance(action, Forget | Drop | EndSession):
                self._free(action)
        return decision.verdicts
