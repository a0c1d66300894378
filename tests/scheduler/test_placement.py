"""Which engine gets what. Two hosts, a and b, with one engine each unless said otherwise."""

from flowlab.model.limits import INLINE_OBJECT
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
