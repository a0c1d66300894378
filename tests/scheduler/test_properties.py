"""Whatever users and engines do, in whatever order: the invariants of world.py hold.

And in the end, when engines are honest again, each task has ended, and the facts replayed give
the same state.
"""

# mirrors: the whole room, in worlds that hypothesis thinks up

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from flowlab.events.messages import OnError
from flowlab.model.ids import session_of
from flowlab.scheduler.machine import Scheduler
from tests.scheduler.engines import SIZES
from tests.scheduler.world import World

pytestmark = pytest.mark.timeout(400)  # many worlds, on whatever machine this is

PICK = st.integers(0, 60)
ROW = st.tuples(st.lists(PICK, max_size=3), PICK)
BOUNDED = settings(
    max_examples=60,
    stateful_step_count=40,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


class SchedulerMachine(RuleBasedStateMachine):
    """Users and engines, as hypothesis wants them."""

    scheduler = Scheduler

    def __init__(self):
        super().__init__()
        self.world = World(self.scheduler)
        self.world.open(OnError.CONTINUE)

    def engine(self, pick):
        engines = list(self.world.engines.values())
        return engines[pick % len(engines)]

    def has_engines(self):
        return bool(self.world.engines)

    @rule(fails=st.booleans())
    def open_session(self, fails):
        if len(self.world.sessions) < 3:
            self.world.open(OnError.FAIL_SESSION if fails else OnError.CONTINUE)

    @precondition(lambda self: self.world.sessions)
    @rule(pick=PICK, rows=st.lists(ROW, min_size=1, max_size=8))
    def submit(self, pick, rows):
        sessions = list(self.world.sessions)
        session = sessions[pick % len(sessions)]
        if not self.world.has_failed(session):
            fact = self.world.submit(session, rows, len(rows) // 2 if pick % 3 == 0 else None)
            if pick % 4 == 0:  # its acknowledgement was lost
                self.world.post(fact)

    @precondition(lambda self: self.world.sessions)
    @rule(pick=PICK, count=st.integers(1, 3), per_host=st.booleans())
    def limit(self, pick, count, per_host):
        sessions = list(self.world.sessions)
        self.world.limit(sessions[pick % len(sessions)], count, per_host=per_host)

    @precondition(lambda self: self.world.coming)
    @rule(pick=PICK)
    def next_piece(self, pick):
        sessions = list(self.world.coming)
        self.world.next_piece(sessions[pick % len(sessions)])

    @precondition(lambda self: self.world.specs)
    @rule(pick=PICK)
    def cancel(self, pick):
        tasks = [one for one in self.world.specs if session_of(one) in self.world.sessions]
        if tasks:
            self.world.cancel(tasks[pick % len(tasks)])

    @precondition(lambda self: self.world.kept)
    @rule(pick=PICK)
    def unkeep(self, pick):
        kept = sorted(self.world.kept)
        self.world.unkeep(kept[pick % len(kept)])

    @precondition(lambda self: len(self.world.sessions) > 1)
    @rule(pick=PICK)
    def close(self, pick):
        sessions = list(self.world.sessions)
        self.world.close(sessions[pick % len(sessions)])

    @precondition(lambda self: len(self.world.engines) < 5)
    @rule(host=st.sampled_from("ab"), slots=st.sampled_from((1, 1, 1, 2)))
    def join(self, host, slots):
        self.world.join(host, slots)

    @precondition(has_engines)
    @rule(pick=PICK)
    def begin(self, pick):
        self.world.begin(self.engine(pick))

    @precondition(has_engines)
    @rule(
        pick=PICK,
        index=PICK,
        seconds=st.sampled_from((1e-6, 1e-6, 1.0)),
        size=st.sampled_from(SIZES),
    )
    def finish(self, pick, index, seconds, size):
        self.world.begin(self.engine(pick))
        self.world.finish(self.engine(pick), index, seconds, size)

    @precondition(has_engines)
    @rule(pick=PICK, count=st.integers(1, 6))
    def work(self, pick, count):
        engine = self.engine(pick)
        for _ in range(count):
            self.world.begin(engine)
            self.world.finish(engine, 0, 1e-6, 1)
        self.world.flush(engine)

    @precondition(has_engines)
    @rule(pick=PICK, index=PICK)
    def fail(self, pick, index):
        self.world.fail(self.engine(pick), index)

    @precondition(has_engines)
    @rule(pick=PICK)
    def report(self, pick):
        self.world.flush(self.engine(pick))

    @precondition(has_engines)
    @rule(pick=PICK, publishes=st.booleans())
    def over_budget(self, pick, publishes):
        self.world.take_back(self.engine(pick).id, None, "over budget", publishes=publishes)

    @precondition(has_engines)
    @rule(pick=PICK)
    def hold_gil(self, pick):
        self.world.hold_gil(self.engine(pick))

    @precondition(has_engines)
    @rule(pick=PICK, board=st.booleans(), deliberate=st.sampled_from((False, False, True)))
    def die(self, pick, board, deliberate):
        engine = self.engine(pick)
        self.world.begin(engine)
        self.world.die(engine, board, deliberate)

    @precondition(has_engines)
    @rule(pick=PICK, count=st.integers(0, 3))
    def resume(self, pick, count):
        self.world.resume(self.engine(pick), count)

    @precondition(has_engines)
    @rule(pick=PICK, index=PICK, how=PICK)
    def lie(self, pick, index, how):
        self.world.lie(self.engine(pick), index, how)

    @precondition(lambda self: self.world.table - self.world.constants)
    @rule(pick=PICK)
    def lose_object(self, pick):
        things = sorted(self.world.table - self.world.constants)
        self.world.lose_object(things[pick % len(things)])

    def teardown(self):
        self.world.finish_all()


def test_the_invariants_hold_and_everything_ends():
    run_state_machine_as_test(SchedulerMachine, settings=BOUNDED)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_invariants_hold_in_many_more_worlds():
    run_state_machine_as_test(
        SchedulerMachine,
        settings=settings(BOUNDED, max_examples=3000, stateful_step_count=80, derandomize=False),
    )
