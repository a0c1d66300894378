"""What goes into one batch."""

from flowlab.model.limits import BATCH_TASKS, UNKNOWN_TASKS
from flowlab.scheduler.actions import RunBatch
from flowlab.scheduler.reports import FORGIVEN
from tests.scheduler.playbook import (
    Playbook,
    batches,
    begun,
    done,
    engine,
    given,
    opened,
    reported,
    submitted,
    task,
)  # fmt: skip


def started(*engines):
    play = Playbook(unsaid=True)
    play.let(opened(), *(engine(one) for one in engines))
    return play


def learn(play, seconds, function="f"):
    """Let one task of a function be timed, on engine 0."""
    play.let(submitted(task(9000, function=function)))
    play.let(reported(0, finished=(done(9000, seconds=seconds),)))


def wide(count, first=1):
    return submitted(*(task(one) for one in range(first, first + count)))


def chain(count):
    return submitted(*(task(one, [99 + one] if one > 1 else []) for one in range(1, count + 1)))


def test_a_function_nobody_timed_gets_few_tasks():
    play = started(0)
    assert [len(one) for _, one in batches(play.let(wide(100)))] == [UNKNOWN_TASKS]


def test_short_tasks_fill_a_batch_up_to_its_limit():
    play = started(0)
    learn(play, 1e-6)
    assert next(len(one) for _, one in batches(play.let(wide(5000)))) == BATCH_TASKS


def test_a_batch_holds_no_more_work_than_its_seconds_and_one_waits_behind_it():
    play = started(0)
    learn(play, 0.02)
    assert [len(one) for _, one in batches(play.let(wide(10)))] == [2, 2]


def test_a_long_task_goes_alone():
    play = started(0)
    learn(play, 5.0)
    assert batches(play.let(wide(3))) == [(0, [1])]


def test_a_wide_graph_is_spread_over_idle_engines():
    play = started(0, 1, 2)
    assert [len(one) for _, one in batches(play.let(wide(9)))] == [3, 3, 3]


def test_a_chain_stays_together_though_engines_are_idle():
    play = started(0, 1, 2)
    assert batches(play.let(chain(6))) == [(0, [1, 2, 3, 4, 5, 6])]


def test_what_fans_out_inside_a_batch_is_spread_too():
    #  1 ──▶ 2, 3, 4, 5
    play = started(0, 1)
    fan = submitted(task(1), *(task(one, [101]) for one in range(2, 6)))
    found = play.let(fan)
    assert batches(found) == [(0, [1, 2, 3])]
    assert found[0].tasks[0] == given(1, [101], urgent=True)
    rest = play.let(reported(0, finished=(done(1, [101]),)))
    assert batches(rest) == [(1, [4])]


def test_little_work_is_not_spread():
    play = started(0, 1)
    learn(play, 1e-4)
    assert [len(one) for _, one in batches(play.let(wide(12)))] == [12]
    again = started(0, 1)
    learn(again, 1e-3)
    assert [len(one) for _, one in batches(again.let(wide(12)))] == [6, 6]


def test_short_tasks_that_read_each_other_stay_together():
    #  1 2 3 4 ──▶ 11 12 13 14 ──▶ 21 22 23 24, each of a row on two of the row before
    play = started(0, 1)
    learn(play, 1e-5)
    rows = [task(one) for one in range(1, 5)]
    for first in (10, 20):
        left = [100 + first - 10 + one for one in range(1, 5)]
        rows += [task(first + one, [left[one - 1], left[one % 4]]) for one in range(1, 5)]
    (batch,) = batches(play.let(submitted(*rows)))
    assert (batch[0], len(batch[1])) == (0, 12)


def test_a_fan_of_long_tasks_inside_a_batch_is_spread_and_one_of_short_ones_is_not():
    #  1 ──▶ 2, 3, 4, 5
    for seconds, expected in ((1e-4, 5), (1e-3, 3)):
        play = started(0, 1)
        learn(play, seconds)
        fan = submitted(task(1), *(task(one, [101]) for one in range(2, 6)))
        assert [len(one) for _, one in batches(play.let(fan))] == [expected]


def test_a_diamond_inside_one_batch_publishes_its_end_alone():
    #  1 ──▶ 2, 3 ──▶ 4
    play = started(0)
    diamond = submitted(task(1), task(2, [101]), task(3, [101]), task(4, [102, 103], keep=True))
    (batch,) = [one for one in play.let(diamond) if isinstance(one, RunBatch)]
    assert batch.tasks == (given(1), given(2), given(3), given(4, [104]))


def test_an_input_that_stands_twice_is_counted_once():
    play = started(0)
    (batch,) = play.let(submitted(task(1), task(2, [101, 101], keep=True)))
    assert batch.tasks == (given(1), given(2, [102]))


def test_nothing_waits_behind_a_task_that_held_the_gil():
    play = started(0)
    play.let(wide(3))
    play.let(begun(0, 1))
    play.let(reported(0, held_gil=(task(1)[0].id,)))
    play.let(reported(0, finished=(done(1), done(2), done(3))))
    assert batches(play.let(wide(3, first=11))) == [(0, [11])]


def test_who_was_short_often_enough_since_is_forgiven():
    """A machine that stands still for a moment makes any function look as if it held the GIL."""
    play = started(0)
    play.let(wide(FORGIVEN))
    short = [done(number, seconds=0.001) for number in range(2, FORGIVEN + 1)]
    play.let(reported(0, held_gil=(task(1)[0].id,), finished=(done(1), *short)))
    assert batches(play.let(wide(3, first=101))) == [(0, [101])]
    found = play.let(reported(0, finished=(done(101, seconds=0.001),)))
    assert batches(found) == [(0, [102, 103])]


def test_a_task_that_may_run_at_most_once_is_alone():
    play = started(0)
    found = play.let(submitted(task(1), task(2, retries=0), task(3)))
    assert batches(found) == [(0, [1])]
