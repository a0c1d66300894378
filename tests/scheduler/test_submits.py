"""Whatever is submitted, nothing raises and nothing hangs."""

from flowlab.events.messages import SessionClosed, TasksCancelled, TasksReady
from tests.scheduler.playbook import (
    Playbook,
    S,
    batches,
    done,
    engine,
    opened,
    reported,
    submitted,
    task,
    tid,
    verdicts,
)  # fmt: skip


def started():
    play = Playbook()
    play.let(opened(), engine(0))
    return play


def why(play, number):
    return play.scheduler.explain(tid(number)).sentences[0]


def test_a_submit_that_comes_twice_is_ignored():
    play = started()
    fact = submitted(task(1), task(2, [101]))
    play.let(fact)
    assert play.let(fact) == []
    play.let(reported(0, finished=(done(1), done(2))))
    assert play.let(fact) == []


def test_an_unknown_input_condemns_its_reader():
    play = started()
    play.let(submitted(task(1, [777]), task(2, [101])))
    assert "is not there (any longer)" in why(play, 1)
    assert play.state(2).value == "skipped"


def test_an_object_that_was_dropped_condemns_a_later_reader():
    play = started()
    play.let(submitted(task(1)), reported(0, finished=(done(1),)), submitted(task(2, [101])))
    assert "keep() an object" in why(play, 2)


def test_a_constant_can_be_read_by_later_submits():
    play = started()
    play.let(submitted(task(1, [50]), constants=[50]), reported(0, finished=(done(1),)))
    assert batches(play.let(submitted(task(2, [50])))) == [(0, [2])]


def test_a_kept_object_of_a_failed_task_skips_a_later_reader():
    play = started()
    play.let(submitted(task(1, [777], keep=True)), submitted(task(2, [101])))
    assert play.state(2).value == "skipped"


def test_a_circle_is_condemned():
    play = started()
    play.let(submitted(task(1, [102]), task(2, [101]), task(3)))
    assert "waits for its own result" in why(play, 1)
    assert play.state(2).value == "skipped"
    assert play.state(3).value == "assigned"


def test_a_submit_need_not_be_in_order():
    play = started()
    play.let(submitted(task(2, [101]), task(1)))
    assert [play.state(one).value for one in (1, 2)] == ["assigned", "assigned"]


def test_a_second_maker_of_an_object_is_condemned():
    play = started()
    play.let(submitted(task(1), task(2, outputs=[101])))
    assert "made by another task" in why(play, 2)
    assert play.state(1).value == "assigned"


def test_a_closed_session_takes_nothing():
    play = started()
    play.let(SessionClosed(S))
    found = play.let(submitted(task(1)))
    assert verdicts(found, TasksCancelled) == [TasksCancelled((tid(1),), "its session is closed")]


def test_what_can_run_is_ready_at_once():
    play = started()
    found = play.let(submitted(task(1), task(2, [101]), task(3)))
    assert verdicts(found, TasksReady) == [TasksReady((tid(1), tid(3)))]
