"""Whatever is submitted, nothing raises and nothing hangs."""

import msgspec

from flowlab.events.messages import OnError, SessionClosed, TasksCancelled, TasksReady
from flowlab.model.ids import Assignment
from flowlab.model.specs import Failure
from flowlab.scheduler.actions import Drop, RunBatch
from tests.scheduler.playbook import (
    Playbook,
    S,
    batches,
    done,
    engine,
    oid,
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


def drops(actions):
    return [one for each in actions if isinstance(each, Drop) for one in each.objects]


def broken(number):
    return tid(number), Assignment(1), 0.0, 1.0, Failure("broken")


def piece(*tasks, awaited=(), caught=()):
    fact = submitted(*tasks)
    return msgspec.structs.replace(
        fact, awaited=tuple(map(oid, awaited)), caught=tuple(map(oid, caught))
    )


def test_what_a_later_piece_of_a_submit_reads_is_there_when_it_comes():
    play = started()
    found = play.let(piece(task(1), task(2), awaited=[101]))
    assert [one.publish for run in found if isinstance(run, RunBatch) for one in run.tasks] == [
        (oid(101),),
        (),
    ]
    assert drops(play.let(reported(0, finished=(done(1, [101]), done(2))))) == []
    assert batches(play.let(piece(task(3, [101]), caught=[101]))) == [(0, [3])]
    assert drops(play.let(reported(0, finished=(done(3),)))) == [oid(101)]


def test_a_reader_in_a_later_piece_is_skipped_when_its_input_failed_before():
    play = started()
    play.let(piece(task(1), awaited=[101]))
    play.let(reported(0, failed=(broken(1),)))
    play.let(piece(task(2, [101]), caught=[101]))
    assert play.state(2).value == "skipped"


def test_what_a_running_task_makes_is_made_again_when_it_turns_out_to_be_awaited():
    play = started()
    play.let(submitted(task(1)))
    play.let(piece(task(1), task(2), awaited=[101]))
    play.let(reported(0, finished=(done(1),)))
    assert play.state(1).value == "assigned"
    play.let(reported(0, finished=(done(1, [101], 2),)))
    play.let(piece(task(3, [101]), caught=[101]), reported(0, finished=(done(2),)))
    assert play.state(3).value == "assigned"


def test_what_a_refused_parcel_would_have_read_is_dropped():
    play = Playbook()
    play.let(opened(OnError.FAIL_SESSION), engine(0))
    play.let(piece(task(1), task(2), awaited=[101]))
    play.let(reported(0, finished=(done(1, [101]),)))
    play.let(reported(0, failed=(broken(2),)))
    assert drops(play.let(piece(task(3, [101]), caught=[101]))) == [oid(101)]


def test_pieces_that_come_twice_leave_nothing_held():
    play = started()
    first, second = piece(task(1), awaited=[101]), piece(task(2, [101]), caught=[101])
    for fact in (first, first, second, first, second):
        play.let(fact)
    play.let(reported(0, finished=(done(1, [101]),)))
    assert drops(play.let(reported(0, finished=(done(2),)))) == [oid(101)]


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


def test_what_comes_to_a_failed_session_was_cancelled_and_that_can_be_asked():
    play = Playbook(unsaid=True)
    play.let(opened(OnError.FAIL_SESSION), engine(0), submitted(task(1)))
    play.let(reported(0, failed=((tid(1), 1, 0.0, 1.0, Failure("no")),)))
    play.let(submitted(task(2)))
    assert play.state(2).value == "cancelled"
    assert "it was cancelled" in play.scheduler.explain(tid(2)).sentences[0]
