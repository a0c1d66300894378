"""Engines that die and come back.   1, 2, 3 are independent and go to engine 0 in one batch."""

from flowlab.events.messages import EngineLost, EngineResumed, TaskCondemned, TasksGivenBack
from flowlab.model.ids import EngineId
from flowlab.model.limits import KILLED_ENGINES
from flowlab.scheduler.actions import Interrupt
from tests.scheduler.playbook import (
    Playbook,
    batches,
    begun,
    done,
    engine,
    opened,
    reported,
    submitted,
    task,
    tid,
    verdicts,
)  # fmt: skip


def started(*tasks):
    play = Playbook()
    play.let(opened(), engine(0), submitted(*(tasks or (task(1), task(2), task(3)))))
    return play


def lost(number, *culprits, board=True, deliberate=False):
    named = tuple((tid(task), assignment) for task, assignment in culprits) if board else None
    return EngineLost(EngineId(number), "died", named, deliberate)


def failures(play, *numbers):
    return [play.scheduler.explain(tid(one)).failures for one in numbers]


def test_the_culprit_is_blamed_and_goes_alone_from_then_on():
    play = started()
    found = play.let(lost(0, (1, 1)))
    assert verdicts(found, TasksGivenBack)[0].tasks == (tid(1), tid(2), tid(3))
    assert failures(play, 1, 2, 3) == [1, 0, 0]
    assert batches(play.let(engine(1))) == [(1, [1])]
    assert batches(play.let(engine(2))) == [(2, [2])]


def test_a_task_that_killed_three_engines_fails_with_that_said():
    play = started(task(1), task(2, [101]))
    found = []
    for number in range(KILLED_ENGINES):
        found = play.let(lost(number, (1, number + 1)))
        play.let(engine(number + 1))
    (verdict,) = verdicts(found, TaskCondemned)
    assert verdict.failure.message == "task 't1' killed 3 engines; the last one: died"
    assert play.state(2).value == "skipped"


def test_a_deliberate_end_blames_nobody():
    play = started()
    play.let(lost(0, (1, 1), deliberate=True))
    assert failures(play, 1, 2, 3) == [0, 0, 0]


def test_without_a_board_the_suspects_go_alone_and_unblamed():
    play = started()
    play.let(begun(0, 1, 2), lost(0, board=False), engine(1), engine(2), engine(3))
    assert failures(play, 1, 2, 3) == [0, 0, 0]
    snapshot = play.scheduler.snapshot()["engines"]
    given = [list(one["open"]) for one in snapshot.values()]
    assert given == [[tid(1)], [tid(2)], [tid(3)]]


def test_without_a_board_the_only_suspect_is_the_culprit():
    play = started()
    play.let(begun(0, 2), lost(0, board=False))
    assert failures(play, 1, 2, 3) == [0, 1, 0]


def test_without_a_board_and_beginnings_all_of_the_batch_is_suspect():
    play = started()
    play.let(lost(0, board=False))
    assert failures(play, 1, 2, 3) == [0, 0, 0]
    assert batches(play.let(engine(1))) == [(1, [1])]


def test_a_task_that_may_run_at_most_once_is_not_given_out_again():
    play = started(task(1, retries=0))
    play.let(lost(0))
    assert play.state(1).value == "failed"
    assert "at most once (retries=0)" in play.scheduler.explain(tid(1)).sentences[0]


def test_retries_set_how_often_a_culprit_is_given_out_again():
    play = started(task(1, retries=1))
    play.let(lost(0, (1, 1)), engine(1))
    assert play.state(1).value == "assigned"
    play.let(lost(1, (1, 2)))
    assert play.state(1).value == "failed"


def test_what_stayed_on_the_lost_engine_is_made_again():
    #  1 ──▶ 101 ──▶ 2
    play = started(task(1), task(2, [101]))
    play.let(reported(0, finished=(done(1, seconds=1e-6),)))
    play.let(lost(0, (2, 1)))
    assert [play.state(one).value for one in (1, 2)] == ["ready", "waiting"]
    assert batches(play.let(engine(1))) == [(1, [1])]


def test_what_never_reached_a_resumed_engine_is_given_out_again_without_blame():
    play = started()
    found = play.let(EngineResumed(EngineId(0), ((tid(1), 1),)))
    (verdict,) = verdicts(found, TasksGivenBack)
    assert (verdict.tasks, verdict.reason) == ((tid(2), tid(3)), "it never reached its engine")
    assert failures(play, 2, 3) == [0, 0]


def test_what_a_resumed_engine_holds_and_nobody_wants_is_stopped():
    play = started(task(1))
    play.let(reported(0, finished=(done(1),)))
    held = ((tid(1), 1),)
    assert play.let(EngineResumed(EngineId(0), held)) == [Interrupt(EngineId(0), tid(1), 1)]


def test_an_unknown_engine_changes_nothing():
    play = started()
    assert play.let(lost(9), EngineResumed(EngineId(9), ()), engine(0)) == []
