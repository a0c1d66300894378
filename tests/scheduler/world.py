"""A world of engines around one scheduler, for the tests of its properties.

The engines run their batches honestly, or lie as told: reports come late, twice, or with another
assignment; engines die with or without a board, and links lose what was under way. The world
keeps accounts of its own, from what it sees pass, and checks each action against them.
"""

from flowlab.events.messages import (
    CancelRequested,
    LimitSet,
    SessionClosed,
    SessionOpened,
    Submitted,
    Unkept,
)
from flowlab.model.ids import ObjectId, SessionId, TaskId, join_id, session_of
from flowlab.model.resources import Resources
from flowlab.model.specs import ObjectSpec, TaskSpec
from flowlab.scheduler.states import FINAL, State
from tests.scheduler.engines import Engines


class World(Engines):
    """Everything outside the scheduler."""

    def number(self):
        self.numbers += 1
        return self.numbers

    def open(self, on_error):
        session = SessionId(self.number())
        self.sessions[session] = on_error
        self.post(SessionOpened(session, "s", on_error))

    def submit(self, session, rows, first=None):
        """rows: (how inputs are picked, what it is), small integers of any value.

        first  how many of them come at once; the others with `next_piece`
        """
        self.next_piece(session)
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
            resources = Resources(
                2 if what % 7 == 3 else 1,
                (),
                ("x",) if what % 11 == 5 else (),
                ("a", "b")[what % 2 :] if what % 10 == 7 or what % 10 == 8 else (),
                what % 13 == 4,
            )
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
        fact, rest = split(Submitted(session, tuple(objects), tuple(tasks)), first)
        if rest is not None:
            self.coming[session] = rest
        self.post(fact)
        return fact

    def next_piece(self, session):
        """What is left of the last submit, before anything else of its session."""
        if session in self.coming:
            self.post(self.coming.pop(session))

    def limit(self, session, count, *, per_host):
        self.limits[session] = (count, per_host)
        self.post(LimitSet(session, "x", count, per_host))

    def cancel(self, task):
        self.next_piece(session_of(task))
        self.cancelled.add(task)
        self.post(CancelRequested(session_of(task), (task,)))

    def unkeep(self, thing):
        self.next_piece(session_of(thing))
        self.kept.discard(thing)
        self.post(Unkept(session_of(thing), (thing,)))

    def close(self, session):
        self.next_piece(session)
        del self.sessions[session]
        self.post(SessionClosed(session))
        assert all(session_of(one) != session for one in self.table - self.constants)

    # The end

    def finish_all(self):
        """With honest engines everything ends; then nothing is held that nobody needs."""
        for session in list(self.coming):
            self.next_piece(session)
        for host in "aabb":
            self.join(host, 1)
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
            # What is lost after its session failed is not made again: nobody may read it
            if state is State.FINISHED and not self.has_failed(session_of(task)):
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


def split(fact, first):
    """A submit as two pieces; the second is None when there is nothing for it."""
    if first is None or first >= len(fact.tasks):
        return fact, None
    tasks, rest = fact.tasks[:first], fact.tasks[first:]
    later = {thing for spec in rest for thing in spec.outputs}
    now = tuple(one for one in fact.objects if one.id not in later)
    then = tuple(one for one in fact.objects if one.id in later)
    read = {thing for spec in rest for thing in spec.inputs}
    crossing = tuple(one for spec in tasks for one in spec.outputs if one in read)
    return (
        Submitted(fact.session, now, tasks, awaited=crossing),
        Submitted(fact.session, then, rest, caught=crossing),
    )
