"""The engines of a world (world.py): honest, unless told to lie."""

from flowlab.events.messages import (
    EngineJoined,
    EngineLost,
    EngineResumed,
    ObjectsLost,
    OnError,
    Reported,
)
from flowlab.model.ids import EngineId, HostId, session_of
from flowlab.model.limits import BUDGET_SECONDS
from flowlab.model.specs import Failure, ObjectInfo
from flowlab.scheduler.reports import FORGIVEN
from flowlab.scheduler.states import State
from tests.scheduler.accounts import Accounts

KILLED = Failure("boom")
SIZES = (1, 100, 1_000_000)


class FakeEngine:
    """Runs its batches in order, as many at once as it has slots; reports when told."""

    def __init__(self, number, host, slots):
        self.id, self.host, self.slots = EngineId(number), HostId(host), slots
        self.batches = []  # [RunBatch, [Given not begun]]
        self.running = []  # (RunBatch, Given)
        self.local = {}  # batch -> objects that stay there
        self.rows = []  # (session, column, row), not reported yet
        self.published = []

    def next_job(self):
        """The batch and job that begin next, or None."""
        if len(self.running) >= self.slots:
            return None
        for batch, jobs in self.batches:
            if jobs and all(one is not batch for one, _ in self.running):
                return batch, jobs
        return None

    def held(self):
        waiting = [(one.task, one.assignment) for _, jobs in self.batches for one in jobs]
        return waiting + [(one.task, one.assignment) for _, one in self.running]


class Engines(Accounts):
    """What engines do."""

    def join(self, host, slots):
        number = self.number()
        self.engines[number] = FakeEngine(number, host, slots)
        self.post(EngineJoined(EngineId(number), HostId(host), slots))

    def begin(self, engine):
        """Begin the next task, or give it back when its input is absent."""
        found = engine.next_job()
        if found is None:
            return
        batch, jobs = found
        job = jobs.pop(0)
        local = engine.local.get(batch.batch, set())
        absent = [one for one in self.specs[job.task].inputs if one not in self.table | local]
        if absent:
            row = (job.task, job.assignment, "input absent")
            engine.rows.append((batch.session, "returned", row))
            engine.rows += [(batch.session, "missing", one) for one in absent]
            self.losses.update(absent)
        else:
            engine.running.append((batch, job))
            engine.rows.append((batch.session, "started", (job.task, job.assignment, 0.0)))

    def finish(self, engine, index, seconds, size):
        if not engine.running:
            return
        batch, job = engine.running.pop(index % len(engine.running))
        infos = tuple(ObjectInfo(one, size) for one in job.publish)
        local = engine.local.setdefault(batch.batch, set())
        local.update(self.specs[job.task].outputs)
        row = (job.task, job.assignment, 0.0, seconds, infos)
        engine.rows.append((batch.session, "finished", row))

    def fail(self, engine, index):
        if not engine.running:
            return
        batch, job = engine.running.pop(index % len(engine.running))
        engine.rows.append((batch.session, "failed", (job.task, job.assignment, 0.0, 1.0, KILLED)))
        if batch.on_error is OnError.FAIL_SESSION:
            pairs = {
                (one.task, one.assignment) for b, j in engine.batches if b is batch for one in j
            }
            self.take_back(engine.id, pairs, "batch stopped")

    def take_back(self, engine_id, pairs, reason, *, publishes=True):
        engine = self.engines[engine_id]
        for batch, jobs in engine.batches:
            back = [one for one in jobs if pairs is None or (one.task, one.assignment) in pairs]
            local = engine.local.get(batch.batch, set())
            for one in back:
                jobs.remove(one)
                engine.rows.append((batch.session, "returned", (one.task, one.assignment, reason)))
                inputs = self.specs[one.task].inputs if publishes else ()
                needed = [ObjectInfo(thing, 1) for thing in inputs if thing in local]
                engine.rows += [(batch.session, "published", info) for info in needed]

    def interrupt(self, engine_id, task, assignment):
        engine = self.engines[engine_id]
        self.take_back(engine_id, {(task, assignment)}, "revoked")
        for entry in list(engine.running):
            if (entry[1].task, entry[1].assignment) == (task, assignment):
                engine.running.remove(entry)
                engine.rows.append((entry[0].session, "cancelled", (task, assignment)))

    def flush(self, engine):
        """Report all that has happened since the last time."""
        rows, engine.rows = engine.rows, []
        for session in dict.fromkeys(one for one, _, _ in rows):
            columns = {}
            for owner, column, row in rows:
                if owner == session:
                    columns.setdefault(column, []).append(row)
            fact = Reported(engine.id, session, **{key: tuple(row) for key, row in columns.items()})
            self.deliver(engine, fact)
            self.old_reports.append(fact)
        engine.batches = [
            entry for entry in engine.batches if entry[1] or self.is_open(engine, entry)
        ]

    def is_open(self, engine, entry):
        return bool(self.unsettled.get((engine.id, entry[0].batch)))

    def deliver(self, engine, fact):
        """Keep account of what a report settles, then post it."""
        for row in fact.finished:
            if self.settle(engine, row) and row[0] not in self.ended:
                self.end(row[0], "finished")
                self.table.update(info.id for info in row[4])
        for row in fact.failed:
            if not self.settle(engine, row) or row[0] in self.ended:
                continue
            session = session_of(row[0])
            if session not in self.sessions or not self.has_failed(session):
                self.end(row[0], "failed")  # else the one before it has cancelled it
        for row in fact.returned:
            self.settle(engine, row)
        for row in fact.cancelled:
            if self.settle(engine, row):
                self.cancelled.add(row[0])
        for info in fact.published:
            if (
                session_of(info.id) in self.sessions
                and self.ended.get(self.makers[info.id]) == "finished"
            ):
                self.table.add(info.id)
        self.selfish.update((self.specs[one].function, FORGIVEN) for one in fact.held_gil)
        for row in fact.finished:
            if row[3] - row[2] < BUDGET_SECONDS and self.selfish.get(self.specs[row[0]].function):
                self.selfish[self.specs[row[0]].function] -= 1
        self.post(fact)

    def settle(self, engine, row):
        for (number, _), open_ in self.unsettled.items():
            if number == engine.id and open_.get(row[0]) == row[1]:
                del open_[row[0]]
                return True
        return False

    def hold_gil(self, engine):
        """A running task is found to hold the GIL; what waits behind it is given back."""
        if engine.running:
            batch, job = engine.running[0]
            self.flush(engine)
            if self.is_known(job.task):
                self.deliver(engine, Reported(engine.id, batch.session, held_gil=(job.task,)))

    def is_known(self, task):
        return task not in self.ended and session_of(task) in self.sessions

    def die(self, engine, board, deliberate):
        """An engine dies; its last rows may be lost with it."""
        del self.engines[engine.id]
        running = tuple((one.task, one.assignment) for _, one in engine.running)
        if not deliberate:
            if board:
                self.blamed.update(task for task, _ in running if task not in self.ended)
            else:
                self.unproven(engine)
        self.host_losses[engine.host] += 1
        for key in [key for key in self.unsettled if key[0] == engine.id]:
            del self.unsettled[key]
            del self.claims[key]
        culprits = running if board else None
        self.post(EngineLost(engine.id, "died", culprits, deliberate))
        for task, _ in running:
            if self.is_known(task):
                assert self.scheduler.explain(task).failures == self.blamed[task]

    def unproven(self, engine):
        """Who may be blamed without a board: the only one that was seen to run, or to be there."""
        sessions = self.scheduler.snapshot()["sessions"]
        mine = [open_ for (one, _), open_ in self.unsettled.items() if one == engine.id and open_]
        live = [[one for one in open_ if one not in self.ended] for open_ in mine]
        suspects = [
            one for tasks in live for one in tasks
            if sessions[session_of(one)]["tasks"][one][2] is State.RUNNING
        ]  # fmt: skip
        suspects = suspects or [one for tasks in live[: engine.slots] for one in tasks]
        if len(suspects) == 1:
            self.blamed[suspects[0]] += 1

    def resume(self, engine, count):
        """The link comes back; the last `count` jobs that had not begun never reached it."""
        self.flush(engine)
        for _ in range(count):
            for _, jobs in reversed(engine.batches):
                if jobs:
                    jobs.pop()
                    break
        held = tuple(engine.held())
        for (number, _), open_ in self.unsettled.items():
            if number == engine.id:
                for task in [
                    one for one, assignment in open_.items() if (one, assignment) not in held
                ]:
                    del open_[task]
        self.post(EngineResumed(engine.id, held))

    def lose_object(self, thing):
        self.table.discard(thing)
        self.losses[thing] += 1
        self.post(ObjectsLost((thing,), "its file vanished"))

    def lie(self, engine, index, how):
        """Repeat an old report, or send one with an assignment that never was."""
        if not self.old_reports:
            return
        fact = self.old_reports[index % len(self.old_reports)]
        if how % 2:
            rows = tuple((row[0], row[1] + 1000, *row[2:]) for row in fact.finished)
            fact = Reported(engine.id, fact.session, finished=rows)
        elif how % 4 == 0:
            fact = Reported(engine.id, fact.session, fact.started, fact.finished, fact.failed)
        for row in (*fact.finished, *fact.failed):
            if any(
                open_.get(row[0]) == row[1]
                for (one, _), open_ in self.unsettled.items()
                if one == fact.engine
            ):
                return  # by chance it is no lie
        self.post(fact)
