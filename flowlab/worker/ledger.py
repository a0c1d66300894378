"""What becomes of claimed and returned tasks: their rows, and where their values go.

All of it happens under the loop's lock, so that a row and the change that it tells are one.
"""

from collections.abc import Iterable

from flowlab.errors import StoreError
from flowlab.events.messages import OnError
from flowlab.model.ids import ObjectId
from flowlab.model.limits import MESSAGE
from flowlab.model.payload import Stored
from flowlab.model.specs import ObjectInfo
from flowlab.staging.store import HostStore
from flowlab.worker.backlog import Backlog, Entry, Run
from flowlab.worker.execution import Outcome
from flowlab.worker.memory import Held, Memory
from flowlab.worker.reporter import Columns, Reporter
from flowlab.worker.results import as_travelling

REVOKED = "revoked"
HANDED_BACK = "handed back"
OVER_BUDGET = "over budget"
INPUT_ABSENT = "input absent"
FUNCTION_ABSENT = "function absent"
BATCH_STOPPED = "batch stopped"
SESSION_ENDED = "session ended"


class Ledger:
    """Rows and values of one engine's tasks."""

    def __init__(
        self, backlog: Backlog, memory: Memory, reporter: Reporter, store: HostStore
    ) -> None:
        self._backlog = backlog
        self._memory = memory
        self._reporter = reporter
        self._store = store

    def gather(self, entry: Entry) -> tuple[list[Held], list[ObjectId]]:
        """The values that a task reads, in order, and those that are not to be had here."""
        found: list[Held] = []
        missing: list[ObjectId] = []
        for one in entry.job.spec.inputs:
            held = entry.run.values.get(one) or self._memory.get(one)
            if held is not None and held.is_there():
                found.append(held)
            else:
                missing.append(one)
        return found, missing

    def settle(self, entry: Entry, outcome: Outcome, began: float, ended: float) -> bool:
        """Add the row of a task that ran; True when it should be reported now."""
        run, job = entry.run, entry.job
        columns = self._reporter.columns(run.session)
        key = entry.key
        if outcome.debug or outcome.user:
            columns.notes.append((job.spec.id, outcome.debug, outcome.user or {}))
        if outcome.failure is None:
            infos = self._place_all(columns, entry, outcome) if outcome.outputs else ()
            columns.finished.append((*key, began, ended, infos))
        else:
            run.barren.update(job.spec.outputs)
            if outcome.cancelled:
                columns.cancelled.append(key)
            else:
                columns.failed.append((*key, began, ended, outcome.failure))
                if run.on_error is OnError.FAIL_SESSION:
                    rest = self._backlog.take_if(lambda other: other.run is run)
                    self.give_back(rest, BATCH_STOPPED)
        self._leave(run)
        full = columns.size >= MESSAGE and self._reporter.seal(run.session)
        return full or run.left == 0 or outcome.failure is not None

    def give_back(self, entries: Iterable[Entry], reason: str) -> None:
        """Return tasks that have not begun, with the values made in their batch that they read."""
        for entry in entries:
            run, job = entry.run, entry.job
            columns = self._reporter.columns(run.session)
            columns.returned.append((*entry.key, reason))
            if reason not in (BATCH_STOPPED, SESSION_ENDED):  # then nobody will read anything
                for one in job.spec.inputs:
                    self._publish_late(columns, run, one)
            self._leave(run)

    def return_absent(self, entry: Entry, missing: list[ObjectId]) -> None:
        """Return a task that lacks inputs."""
        run, job = entry.run, entry.job
        columns = self._reporter.columns(run.session)
        columns.missing += missing
        if run.barren.isdisjoint(missing):
            self.give_back([entry], INPUT_ABSENT)
            return
        run.barren.update(job.spec.outputs)  # what it reads will never come: nor will what it makes
        columns.returned.append((*entry.key, INPUT_ABSENT))
        self._leave(run)

    def _place_all(
        self, columns: Columns, entry: Entry, outcome: Outcome
    ) -> tuple[ObjectInfo, ...]:
        """Put new values where their readers find them; gives those that are published."""
        run, publish = entry.run, entry.job.publish
        published: list[ObjectInfo] = []
        for object_id, held in outcome.outputs:
            if object_id in publish or object_id in run.wanted:
                published.append(self._publish(columns, object_id, held).info(object_id))
            else:
                run.values[object_id] = held
                columns.stayed.append(held.info(object_id))
        return tuple(published)

    def _publish(self, columns: Columns, object_id: ObjectId, held: Held) -> Held:
        held = as_travelling(object_id, held, self._store)  # as a rule it was before the lock
        columns.add_value(object_id, held.value)
        self._memory.keep(object_id, held)
        return held

    def _publish_late(self, columns: Columns, run: Run, object_id: ObjectId) -> None:
        held = run.values.pop(object_id, None)
        if held is None:
            run.wanted.add(object_id)  # if it is still to be made here
            return
        try:
            held = self._publish(columns, object_id, held)
        except StoreError:
            columns.missing.append(object_id)  # no room for it: it will be made again elsewhere
            return
        columns.published.append(held.info(object_id))

    def _leave(self, run: Run) -> None:
        """One task less; the last one takes the batch's own values with it."""
        run.left -= 1
        if run.left == 0:
            stored = [one for one, held in run.values.items() if isinstance(held.value, Stored)]
            run.values.clear()
            self._store.drop(stored)
            self._memory.trim(self._backlog.inputs)
