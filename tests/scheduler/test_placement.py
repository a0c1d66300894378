"""Which engine gets what. Two hosts, a and b, with one engine each unless said otherwise."""

from flowlab.events.messages import CapacityKnown, EngineLost
from flowlab.model.ids import EngineId
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.resources import Resources
from flowlab.scheduler.actions import Revoke, RunBatch
from tests.scheduler.playbook import (
    Playbook,
    batches,
    begun,
    done,
    engine,
    opened,
    reported,
    returned,
    submitted,
    task,
    tid,
)  # fmt: skip

LARGE = 10 * INLINE_OBJECT


def started(*engines):
    play = Playbook(unsaid=True)
    play.let(opened(), *engines)
    return play


def test_the_engine_that_must_fetch_the_fewest_bytes_is_chosen():
    play = started(engine(0, "a"))
    play.let(submitted(task(1, keep=True)), engine(1, "b"))
    play.let(reported(0, finished=(done(1, [101], size=LARGE),)))
    play.let(submitted(task(2, keep=True, function="other")))
    assert play.state(2).value == "assigned"
    play.let(reported(0, finished=(done(2, [102]),)))
    assert batches(play.let(submitted(task(3, [101])))) == [(0, [3])]


def test_bytes_beat_the_lowest_id():
    play = started(engine(5, "a"))
    play.let(submitted(task(1, keep=True)), engine(1, "b"))
    play.let(reported(5, finished=(done(1, [101], size=LARGE),)))
    assert batches(play.let(submitted(task(2, [101])))) == [(5, [2])]


def test_small_objects_do_not_count():
    play = started(engine(5, "a"))
    play.let(submitted(task(1, keep=True)), engine(1, "b"))
    play.let(reported(5, finished=(done(1, [101], size=10),)))
    assert batches(play.let(submitted(task(2, [101])))) == [(1, [2])]


def test_a_host_that_read_an_object_holds_it():
    play = started(engine(5, "a"))
    play.let(submitted(task(1, keep=True)))
    play.let(reported(5, finished=(done(1, [101], size=LARGE),)))
    play.let(submitted(task(9)), engine(1, "b"))
    play.let(submitted(task(2, [101])))  # engine 5 is busy: host b fetches it
    play.let(reported(5, finished=(done(9),)), reported(1, finished=(done(2),)))
    assert batches(play.let(submitted(task(3, [101])))) == [(1, [3])]


def test_ties_go_to_the_least_busy_and_then_to_the_lowest_id():
    play = started(engine(3, "a", slots=2), engine(7, "b", slots=2))
    assert batches(play.let(submitted(task(1)))) == [(3, [1])]
    assert batches(play.let(submitted(task(2)))) == [(7, [2])]
    assert batches(play.let(submitted(task(3)))) == [(3, [3])]


def test_older_tasks_go_first():
    play = started()
    play.let(submitted(task(1)), submitted(task(2)))
    play.let(reported(0))
    assert batches(play.let(engine(0)))[0][1][0] == 1


def test_a_second_batch_waits_only_while_tasks_are_short():
    play = started(engine(0))
    play.let(submitted(task(1)))
    play.let(reported(0, finished=(done(1, seconds=0.01),)))
    play.let(submitted(task(2)))
    assert batches(play.let(submitted(task(3)))) == [(0, [3])]
    assert batches(play.let(submitted(task(4)))) == []
    assert batches(play.let(reported(0, finished=(done(2, seconds=0.01),)))) == [(0, [4])]


def test_nothing_waits_behind_a_long_task():
    play = started(engine(0))
    play.let(submitted(task(1)))
    play.let(reported(0, finished=(done(1, seconds=1.0),)))
    play.let(submitted(task(2)))
    assert batches(play.let(submitted(task(3)))) == []


def test_an_idle_engine_has_work_revoked_from_the_busiest_once():
    play = started(engine(0))
    play.let(submitted(*(task(one) for one in range(1, 7))), begun(0, 1))
    (revoke,) = play.let(engine(1))
    assert revoke == Revoke(0, tuple((tid(one), 1) for one in (4, 5, 6)))
    assert play.let(engine(2)) == []
    found = play.let(returned(0, 4, 5, 6))
    assert batches(found) == [(1, [4]), (2, [5])]


def test_a_chain_is_not_torn_apart_for_an_idle_engine():
    play = started(engine(0))
    play.let(submitted(task(1), task(2, [101]), task(3, [102])))
    assert play.let(engine(1)) == []


def test_what_reads_a_revoked_task_is_revoked_with_it():
    #  1, 2 ──▶ 102 ──▶ 3
    play = started(engine(0))
    play.let(submitted(task(1), task(2), task(3, [102])), begun(0, 1))
    assert play.let(engine(1)) == [Revoke(0, ((tid(2), 1), (tid(3), 1)))]


def test_work_is_conserved_when_a_reservation_ends():
    play = started(engine(0), engine(1, "h"))
    play.let(submitted(task(1)), submitted(task(2)))
    play.let(submitted(task(3, cpus=2)))
    play.let(submitted(task(4)))
    play.let(reported(0, finished=(done(1),)))
    found = [one for one in play.let(reported(1, finished=(done(2),))) if isinstance(one, RunBatch)]
    assert [(one.cpus, one.tasks[0].task) for one in found] == [(2, tid(3))]


def bound(number, *where, **rest):
    return task(number, resources=Resources(where=where, **rest))


def test_a_task_runs_where_it_is_told_to():
    play = started(engine(0, "a"), engine(1, "b"))
    assert batches(play.let(submitted(bound(1, "b")))) == [(1, [1])]
    assert batches(play.let(submitted(bound(2, 0)))) == [(0, [2])]


def test_it_waits_for_its_host_while_another_is_free():
    play = started(engine(0, "a"), engine(1, "b"))
    play.let(submitted(bound(1, "b")), submitted(bound(2, "b")))
    sentence = play.scheduler.explain(tid(2)).sentences[0]
    assert sentence == "it is ready, and no engine of b of 2 is free"
    assert batches(play.let(submitted(task(3)))) == [(0, [3])]
    assert batches(play.let(reported(1, finished=(done(1),)))) == [(1, [2])]


def test_it_is_not_taken_back_for_an_engine_that_may_not_have_it():
    play = started(engine(0, "a"))
    play.let(submitted(*(bound(number, "a") for number in range(1, 9))), begun(0, 1))
    assert play.let(engine(1, "b")) == []


def test_a_wide_task_reserves_the_host_that_it_may_run_on():
    play = started(*(engine(number, "a") for number in (0, 1, 2)), engine(3, "b"), engine(4, "b"))
    play.let(*(submitted(task(number)) for number in range(1, 6)))
    play.let(submitted(bound(6, "b", cpus=2)))
    assert play.scheduler.snapshot()["reserved"][0] == "b"


def test_a_host_that_nobody_knows_fails_its_tasks_once_all_engines_are_there():
    play = started(engine(0, "a"))
    play.let(CapacityKnown(2, 1), submitted(bound(1, "c", 7), bound(2, "b")))
    sentence = play.scheduler.explain(tid(1)).sentences[0]
    assert sentence == "it is ready, and c, 7 has not come yet"
    assert batches(play.let(engine(1, "b"))) == [(1, [2])]
    assert play.scheduler.explain(tid(1)).sentences[0] == (
        "it failed: task 't1' may run on c, 7 only, and there is no such host or engine; "
        "known are a (engine 0), b (engine 1)"
    )
    play.let(submitted(bound(3, "d")))
    assert play.state(3).value == "failed"


def test_a_lost_host_fails_its_tasks_when_others_have_come_instead():
    play = started(engine(0, "a"), engine(1, "b"))
    play.let(CapacityKnown(2, 1), submitted(bound(1, "b"), bound(2, "b")))
    play.let(EngineLost(EngineId(1), "gone", ()))
    assert play.state(1).value == "ready"
    play.let(engine(2, "a"))
    assert [play.state(number).value for number in (1, 2)] == ["failed", "failed"]
