"""A world of engines around one scheduler, for the tests of its properties.

The engines run their batches honestly, or lie as told: reports come late, twice, or with another
assignment; engines die with or without a board, and links lose what was under way. The world
keeps accounts of its own, from what it sees pass, and checks each action against them.
"""

from collections import Counter

from flowlab.events.messages import (
    CancelRequested,
    EngineJoined,
    EngineLost,
    EngineResumed,
    ObjectsLost,
    OnError,
    Reported,
    SessionClosed,
    SessionFailed,
    SessionOpened,
    Submitted,
    TaskCondemned,
    TasksAssigned,
    TasksCancelled,
    TasksGivenBack,
    TasksReady,
    TasksSkipped,
    Unkept,
)
from flowlab.model.ids import EngineId, HostId, ObjectId, SessionId, TaskId, join_id, session_of
from flowlab.model.limits import KILLED_ENGINES
from flowlab.model.resources import Resources
from flowlab.model.specs import Failure, ObjectInfo, ObjectSpec, TaskSpec
from flowlab.scheduler.actions import (
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
from flowlab.scheduler.states import FINAL, State

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


class World:
    """Everything outside the scheduler."""

    def __init__(self, scheduler=Scheduler):
        self.scheduler = scheduler()
        self.facts = []
        self.engines = {}
        self.sessions = {}  # id -> OnError, while open
        self.specs = {}
        self.makers = {}  # object -> task
        self.readers = {}  # object -> tasks
        self.kept, self.constants = set(), set()
        self.table = set()  # published, and not dropped
        self.unsettled = {}  # (engine, batch) -> {task: assignment}
        self.claims = {}  # (engine, batch) -> (host, RunBatch, losses of the host by then)
        self.host_losses = Counter()
        self.last_assignment = Counter()
        self.blamed = Counter()
        self.ended = {}  # task -> how
        self.cancelled = set()  # tasks that the user or an engine wanted stopped
        self.selfish = set()  # function keys
        self.numbers = 0
        self.old_reports = []

    # The door

    def post(self, fact):
        self.facts.append((fact, float(len(self.facts))))
        actions = self.scheduler.handle(*self.facts[-1])
        for action in actions:
            self.perform(action)
        self.check()

    def perform(self, action):
        match action:
            case RunBatch():
                self.run(action)
            case Revoke(engine, tasks):
                self.take_back(engine, set(tasks), "revoked")
            case HandBack(engine):
                self.take_back(engine, None, "handed back")
            case Interrupt(engine, task, assignment):
                self.interrupt(engine, task, assignment)
            case Drop(objects):
                for one in objects:
                    assert not self.is_needed(one), f"object {one} dropped while needed"
                    self.table.discard(one)
            case Announce(verdict):
                self.hear(verdict)
            case EndSession(session):
                assert session not in self.sessions
            case Forget(tasks):
                for one in tasks:
                    assert one in self.ended, f"unfinished task {one} forgotten"

    def is_needed(self, thing):
        if session_of(thing) not in self.sessions:
            return False
        return thing in self.kept or any(
            one not in self.ended for one in self.readers.get(thing, ())
        )

    def run(self, batch):
        engine = self.engines[batch.engine]  # a KeyError: given to an engine that is gone
        made = set()
        for one in batch.tasks:
            spec = self.specs[one.task]
            assert one.task not in self.ended, f"{one.task} runs, and it has ended"
            assert one.assignment > self.last_assignment[one.task], "assignments rise"
            self.last_assignment[one.task] = one.assignment
            for thing in spec.inputs:
                assert thing in self.table or thing in made, f"{one.task} lacks {thing}"
            made.update(spec.outputs)
            assert spec.resources.cpus == batch.cpus
            alone = self.blamed[one.task] or spec.retries == 0 or spec.function in self.selfish
            assert not alone or len(batch.tasks) == 1, f"{one.task} must be alone"
            holders = [key for key, open_ in self.unsettled.items() if one.task in open_]
            assert all(one.task in self.ended for _ in holders), f"{one.task} given out twice"
        key = (batch.engine, batch.batch)
        self.unsettled[key] = {one.task: one.assignment for one in batch.tasks}
        self.claims[key] = (engine.host, batch, self.host_losses[engine.host])
        engine.batches.append((batch, list(batch.tasks)))

    def hear(self, verdict):
        match verdict:
            case TasksSkipped(tasks, cause):
                assert self.ended.get(cause) in {"failed", "cancelled"}
                for one in tasks:
                    assert self.depends(one, cause), f"{one} skipped for {cause}"
                    self.end(one, "skipped")
            case TasksCancelled(tasks, _):
                for one in tasks:
                    session = session_of(one)
                    assert (
                        one in self.cancelled
                        or session not in self.sessions
                        or self.has_failed(session)
                    ), f"{one} cancelled for nothing"
                    self.end(one, "cancelled")
            case TaskCondemned(task, _):
                spec = self.specs[task]
                limit = KILLED_ENGINES if spec.retries is None else spec.retries + 1
                assert spec.retries == 0 or self.blamed[task] >= limit, f"{task} condemned"
                self.end(task, "failed")
            case SessionFailed(session, task, _):
                assert self.sessions[session] is OnError.FAIL_SESSION
                assert self.ended.get(task) in {None, "failed"}
            case TasksGivenBack(tasks, _):
                for one in tasks:
                    if self.ended.pop(one, None) is not None:
                        outputs = self.specs[one].outputs
                        assert any(thing not in self.table for thing in outputs)
            case TasksReady(tasks):
                for one in tasks:
                    assert all(thing in self.table for thing in self.specs[one].inputs)
            case TasksAssigned():
                pass

    def end(self, task, how):
        assert task not in self.ended, f"{task} ends twice: {self.ended.get(task)}, {how}"
        self.ended[task] = how

    def has_failed(self, session):
        return self.sessions[session] is OnError.FAIL_SESSION and any(
            how == "failed" for task, how in self.ended.items() if session_of(task) == session
        )

    def depends(self, task, cause):
        stack, seen = [task], set()
        while stack:
            for thing in self.specs[stack.pop()].inputs:
                maker = self.makers.get(thing)
                if maker == cause:
                    return True
                if maker is not None and maker not in seen:
                    seen.add(maker)
                    stack.append(maker)
        return False

    # Invariants after each fact

    def check(self):
        snapshot = self.scheduler.snapshot()
        self.check_claims()
        self.check_running()
        self.check_conserved(snapshot)

    def claimed(self, *, at_least):
        """Slots held on each host, and shared counters, by our own account.

        When a host lost an engine, the slots that a wide batch held may have gone with it.
        """
        slots, counters, firsts = Counter(), Counter(), Counter()
        for key, (host, batch, losses) in list(self.claims.items()):
            if not self.unsettled.get(key):
                del self.claims[key]
                self.unsettled.pop(key, None)
                continue
            engine = self.engines[key[0]]
            firsts[key[0]] += 1
            if engine.slots == 1 and firsts[key[0]] > 1:
                assert firsts[key[0]] == 2, "too many batches wait"
                assert batch.cpus == 1, "a wide batch waits"
                continue  # it waits behind the first, and takes over its claim
            shaken = losses != self.host_losses[host]
            slots[host] += 1 if shaken and at_least else batch.cpus
            counters.update(self.specs[batch.tasks[0].task].resources.limits)
        return slots, counters

    def check_claims(self):
        slots, counters = self.claimed(at_least=True)
        for host, count in slots.items():
            most = sum(one.slots for one in self.engines.values() if one.host == host)
            assert count <= most, f"host {host}: {count} slots claimed of {most}"
        assert all(count <= 1 for count in counters.values()), f"limits {counters}"

    def check_running(self):
        running = Counter(one.task for e in self.engines.values() for _, one in e.running)
        assert all(count == 1 for count in running.values()), f"twice at once: {running}"

    def check_conserved(self, snapshot):
        slots, counters = self.claimed(at_least=False)
        reserved = snapshot["reserved"]
        ready = [self.specs[task] for _, task in snapshot["ready"]]
        if reserved:
            assert any(spec.resources.cpus > 1 for spec in ready), "reserved for nobody"
        free = {}
        for one in self.engines.values():
            if not reserved or one.host != reserved[0]:
                free[one.host] = free.get(one.host, 0) + one.slots
        most = max((count - slots[host] for host, count in free.items()), default=0)
        for spec in ready:
            if any(counters[name] for name in spec.resources.limits):
                continue
            assert spec.resources.cpus > most, f"{spec.id} is ready, {most} slots are free"

    # What users do

    def number(self):
        self.numbers += 1
        return self.numbers

    def open(self, on_error):
        session = SessionId(self.number())
        self.sessions[session] = on_error
        self.post(SessionOpened(session, "s", on_error))

    def submit(self, session, rows):
        """rows: (how inputs are picked, what it is), small integers of any value."""
        objects, tasks, fresh = [], [], []
        old = [
            thing for thing in sorted(self.kept | self.constants) if session_of(thing) == session
        ]
        constant = ObjectId(join_id(session, self.number()))
        objects.append(ObjectSpec(constant, constant=True))
        self.constants.add(constant)
        self.table.add(constant)
        for picks, what in rows:
            pool = [*old, constant, *fresh, *fresh]
            inputs = tuple(pool[one % len(pool)] for one in picks)
            made = tuple(ObjectId(join_id(session, self.number())) for _ in range(1 + what % 2))
            keep = what % 5 == 0
            objects += [ObjectSpec(one, keep=keep) for one in made]
            if keep:
                self.kept.update(made)
            resources = Resources(2 if what % 7 == 3 else 1, (), ("x",) if what % 11 == 5 else ())
            retries = (None, None, None, None, 0, 1)[what % 6]
            task = TaskId(join_id(session, self.number()))
            spec = TaskSpec(
                task, "python", inputs=inputs, outputs=made, resources=resources,
                function="fgh"[what % 3], retries=retries,
            )  # fmt: skip
            self.specs[task] = spec
            for thing in made:
                self.makers[thing] = task
            for thing in inputs:
                self.readers.setdefault(thing, []).append(task)
            tasks.append(spec)
            fresh += made
        fact = Submitted(session, tuple(objects), tuple(tasks))
        self.post(fact)
        return fact

    def cancel(self, task):
        self.cancelled.add(task)
        self.post(CancelRequested(session_of(task), (task,)))

    def unkeep(self, thing):
        self.kept.discard(thing)
        self.post(Unkept(session_of(thing), (thing,)))

    def close(self, session):
        del self.sessions[session]
        self.post(SessionClosed(session))
        assert all(session_of(one) != session for one in self.table - self.constants)

    # What engines do

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
                for thing in self.specs[one.task].inputs:
                    if thing in local and publishes:
                        engine.rows.append((batch.session, "published", ObjectInfo(thing, 1)))

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
            if self.settle(engine, row) and row[0] not in self.ended:
                self.end(row[0], "failed")
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
        self.selfish.update(self.specs[one].function for one in fact.held_gil)
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

    # The end

    def finish_all(self):
        """With honest engines everything ends; then nothing is held that nobody needs."""
        self.join("last", 1)
        self.join("last", 1)
        for _ in range(2000):
            for engine in list(self.engines.values()):
                for act in (self.begin, lambda one: self.finish(one, 0, 0.001, 1), self.flush):
                    act(engine)
            if not any(one.held() or one.rows for one in self.engines.values()):
                break
        self.check_end()

    def check_end(self):
        for task, spec in self.specs.items():
            if session_of(task) not in self.sessions:
                continue
            state = self.scheduler.explain(task).state
            assert state in FINAL, f"{task} is {state} for ever: {self.scheduler.explain(task)}"
            assert state.value == self.ended[task], f"{task}: {state}, seen {self.ended[task]}"
            if state is State.FINISHED:
                assert all(one in self.table for one in spec.outputs if one in self.kept)
        assert not any(self.unsettled.values()), f"unsettled: {self.unsettled}"
        extra = {
            one
            for one in self.table - self.constants - self.kept
            if session_of(one) in self.sessions
        }
        assert not extra, f"objects that nobody needs are held: {extra}"
        fresh = type(self.scheduler)()
        for fact, at in self.facts:
            fresh.handle(fact, at)
        assert fresh.snapshot() == self.scheduler.snapshot(), "the replay differs"
