"""The accounts of a world (world.py): what it saw pass, and the invariants at each step."""

from collections import Counter

from flowlab.events.messages import (
    OnError,
    SessionFailed,
    TaskCondemned,
    TasksAssigned,
    TasksCancelled,
    TasksGivenBack,
    TasksReady,
    TasksSkipped,
)
from flowlab.model.ids import session_of
from flowlab.model.limits import KILLED_ENGINES
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
from flowlab.scheduler.lineage import PATIENCE
from flowlab.scheduler.machine import Scheduler


class Accounts:
    """What has passed between a scheduler and its world, checked as it passes."""

    def __init__(self, scheduler=Scheduler):
        self.scheduler = scheduler()
        self.facts = []
        self.engines = {}
        self.sessions = {}  # id -> OnError, while open
        self.specs = {}
        self.limits = {}  # session -> (count, per host) of its limit x, which is 1 at first
        self.coming = {}  # session -> the second piece of its last submit
        self.makers = {}  # object -> task
        self.readers = {}  # object -> tasks
        self.kept, self.constants = set(), set()
        self.table = set()  # published, and not dropped
        self.losses = Counter()  # of an object: lost, or absent where it was thought to be
        self.unsettled = {}  # (engine, batch) -> {task: assignment}
        self.claims = {}  # (engine, batch) -> (host, RunBatch, losses of the host by then)
        self.host_losses = Counter()
        self.last_assignment = Counter()
        self.blamed = Counter()
        self.ended = {}  # task -> how
        self.cancelled = set()  # tasks that the user or an engine wanted stopped
        self.selfish = {}  # function key -> short tasks until it is forgiven
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
            where = spec.resources.where
            assert not where or engine.host in where, f"{one.task} runs on {engine.host}"
            alone = self.blamed[one.task] or spec.retries == 0 or spec.resources.alone
            alone = alone or self.selfish.get(spec.function, 0) > 0
            assert not alone or len(batch.tasks) == 1, f"{one.task} must be alone"
            holders = [key for key, open_ in self.unsettled.items() if one.task in open_]
            assert all(one.task in self.ended for _ in holders), f"{one.task} given out twice"
        if spec.resources.limits:
            assert self.has_room(session_of(spec.id), engine.host), "more than its limit allows"
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
                killed = spec.retries == 0 or self.blamed[task] >= limit
                lost = any(self.losses[one] > PATIENCE for one in spec.inputs)
                assert killed or lost, f"{task} condemned"
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
        """Slots held on each host, by our own account.

        When a host lost an engine, the slots that a wide batch held may have gone with it.
        """
        slots, firsts = Counter(), Counter()
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
        return slots

    def has_room(self, session, host):
        """Whether the session's limit lets another batch onto this host."""
        count, per_host = self.limits.get(session, (1, False))
        out = [
            there
            for key, (there, batch, _) in self.claims.items()
            if self.unsettled.get(key)
            and session_of(batch.tasks[0].task) == session
            and self.specs[batch.tasks[0].task].resources.limits
        ]
        return (out.count(host) if per_host else len(out)) < count

    def check_claims(self):
        slots = self.claimed(at_least=True)
        for host, count in slots.items():
            most = sum(one.slots for one in self.engines.values() if one.host == host)
            assert count <= most, f"host {host}: {count} slots claimed of {most}"

    def check_running(self):
        running = Counter(one.task for e in self.engines.values() for _, one in e.running)
        assert all(count == 1 for count in running.values()), f"twice at once: {running}"

    def check_conserved(self, snapshot):
        slots = self.claimed(at_least=False)
        reserved = snapshot["reserved"]
        ready = [self.specs[task] for _, task in snapshot["ready"]]
        if reserved:
            assert any(spec.resources.cpus > 1 for spec in ready), "reserved for nobody"
        free = {}
        for one in self.engines.values():
            if not reserved or one.host != reserved[0]:
                free[one.host] = free.get(one.host, 0) + one.slots
        for spec in ready:
            claim = spec.resources
            session = session_of(spec.id)
            open_ = [
                count - slots[host]
                for host, count in free.items()
                if (not claim.where or host in claim.where)
                and (not claim.limits or self.has_room(session, host))
            ]
            most = max(open_, default=0)
            assert spec.resources.cpus > most, f"{spec.id} is ready, {most} slots are free"
