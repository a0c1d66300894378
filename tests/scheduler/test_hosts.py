"""Claims: slots of a host, reservation, amounts and limits."""

from flowlab.events.messages import CapacityKnown, EngineLost, LimitSet
from flowlab.model.ids import EngineId, SessionId
from flowlab.model.resources import Resources
from flowlab.scheduler.actions import HandBack
from flowlab.scheduler.machine import Scheduler
from tests.scheduler.playbook import (
    Playbook,
    S,
    batches,
    begun,
    done,
    engine,
    opened,
    reported,
    returned,
    submitted,
    task,
)  # fmt: skip


def started(*engines, scheduler=None):
    play = Playbook(scheduler, unsaid=True)
    play.let(opened(), *engines)
    return play


def used(play):
    return {key: one["slots"][2] for key, one in play.scheduler.snapshot()["engines"].items()}


def test_a_wide_task_holds_slots_of_its_neighbours():
    play = started(engine(0), engine(1), engine(2))
    assert batches(play.let(submitted(task(1, cpus=2)))) == [(0, [1])]
    assert used(play) == {0: 1, 1: 1, 2: 0}
    play.let(reported(0, finished=(done(1),)))
    assert used(play) == {0: 0, 1: 0, 2: 0}


def test_slots_of_two_hosts_do_not_add_up():
    play = started(engine(0, "a"), engine(1, "b"))
    assert batches(play.let(submitted(task(1, cpus=2)))) == []


def test_the_oldest_wide_task_reserves_a_host_and_asks_for_work_back():
    play = started(engine(0), engine(1))
    play.let(submitted(task(1), task(2)), begun(0, 1), begun(1, 2))
    assert play.let(submitted(task(3, cpus=2))) == [HandBack(0), HandBack(1)]
    assert play.let(submitted(task(4))) == []
    assert play.let(reported(0, finished=(done(1),))) == []  # the slot is kept for task 3
    assert "being freed for it" in play.scheduler.explain(task(3)[0].id).sentences[0]
    assert "reserved for an older task" in play.scheduler.explain(task(4)[0].id).sentences[0]
    assert batches(play.let(reported(1, finished=(done(2),)))) == [(0, [3])]
    assert batches(play.let(reported(0, finished=(done(3),)))) == [(0, [4])]


def test_wide_tasks_do_not_take_each_others_slots():
    play = started(engine(0), engine(1))
    play.let(submitted(task(1, cpus=2, retries=0), task(2, cpus=2, retries=0)))
    assert play.let(begun(0, 1)) == []


def test_one_host_is_reserved_at_a_time():
    play = started(engine(0, "a"), engine(1, "a"), engine(2, "b"), engine(3, "b"))
    play.let(*(submitted(task(one)) for one in range(1, 5)))
    play.let(submitted(task(5, cpus=2)), submitted(task(6, cpus=2)))
    assert play.scheduler.snapshot()["reserved"][0] == "a"
    play.let(reported(2, finished=(done(3),)))
    assert batches(play.let(submitted(task(7)))) == [(2, [7])]


def test_a_reservation_ends_with_its_host():
    play = started(engine(0, "a"), engine(1, "a"))
    play.let(submitted(task(1)), submitted(task(2)), submitted(task(3, cpus=2)))
    play.let(EngineLost(EngineId(0), "gone", ()))
    assert play.scheduler.snapshot()["reserved"] is None


def test_a_claim_is_held_until_every_assignment_is_settled():
    play = started(engine(0))
    play.let(submitted(task(1), task(2)), submitted(task(3)))
    assert batches(play.let(reported(0, finished=(done(1),)))) == []
    assert used(play) == {0: 1}
    assert batches(play.let(returned(0, 2))) == [(0, [2])]


def test_tasks_that_share_a_counter_run_one_after_the_other():
    one = Resources(limits=("licence",))
    play = started(engine(0), engine(1))
    found = play.let(submitted(task(1, resources=one), task(2, resources=one)))
    assert batches(found) == [(0, [1])]
    sentence = play.scheduler.explain(task(2)[0].id).sentences[0]
    assert sentence == "it is ready, and as many run as the limit allows: licence"
    assert batches(play.let(reported(0, finished=(done(1),)))) == [(0, [2])]


def test_a_counter_may_be_larger():
    one = Resources(limits=("licence",))
    play = started(engine(0), engine(1))
    play.let(LimitSet(S, "licence", 2))
    found = play.let(submitted(task(1, resources=one), task(2, resources=one)))
    assert batches(found) == [(0, [1]), (1, [2])]


def test_amounts_are_claimed_of_the_host():
    half = Resources(amounts=(("memory", 5.0),))
    play = started(engine(0), engine(1), engine(2), scheduler=Scheduler(amounts={"memory": 10.0}))
    found = play.let(submitted(*(task(one, resources=half) for one in (1, 2, 3))))
    assert batches(found) == [(0, [1]), (1, [2])]
    assert batches(play.let(reported(1, finished=(done(2),)))) == [(1, [3])]


def test_more_than_any_host_has_is_refused_with_the_numbers():
    play = started(engine(0))
    play.let(submitted(task(1, cpus=8)), CapacityKnown(1, 4))
    sentence = play.scheduler.explain(task(1)[0].id).sentences[0]
    assert "needs 8 cpus, but the largest host has 4" in sentence
    play.let(submitted(task(2, cpus=5), task(3, cpus=4)))
    assert play.state(2).value == "failed"
    assert play.state(3).value == "ready"


def test_an_amount_that_no_host_has_is_refused_with_the_numbers():
    play = started(engine(0), scheduler=Scheduler(amounts={"gpus": 1}))
    play.let(submitted(task(1, resources=Resources(amounts=(("gpus", 2.0),)))))
    assert (
        "needs 2 of 'gpus', but a host has 1" in play.scheduler.explain(task(1)[0].id).sentences[0]
    )


def test_a_limit_is_that_of_its_session_alone():
    one = Resources(limits=("licence",))
    play = started(engine(0), engine(1))
    other = SessionId(9)
    play.let(opened(session=other), LimitSet(other, "licence", 2))
    found = play.let(submitted(task(1, resources=one), task(2, resources=one)))
    assert batches(found) == [(0, [1])]


def test_a_limit_for_each_host_counts_there_alone():
    one = Resources(limits=("disk",))
    play = started(engine(0, "a"), engine(1, "a"), engine(2, "b"))
    play.let(LimitSet(S, "disk", 1, per_host=True))
    found = play.let(submitted(*(task(number, resources=one) for number in (1, 2, 3))))
    assert batches(found) == [(0, [1]), (2, [2])]
    sentence = play.scheduler.explain(task(3)[0].id).sentences[0]
    assert sentence == "it is ready, and no host has anything left of: disk"
    assert batches(play.let(reported(2, finished=(done(2),)))) == [(2, [3])]


def test_a_limit_may_change_and_what_runs_goes_on():
    one = Resources(limits=("disk",), alone=True)
    play = started(engine(0), engine(1))
    play.let(LimitSet(S, "disk", 2))
    play.let(submitted(*(task(number, resources=one) for number in (1, 2, 3, 4))))
    play.let(LimitSet(S, "disk", 1))
    assert batches(play.let(reported(0, finished=(done(1),)))) == []
    assert batches(play.let(LimitSet(S, "disk", 2))) == [(0, [3])]


def test_a_limit_of_a_session_that_is_closed_says_nothing():
    play = started(engine(0))
    assert play.let(LimitSet(SessionId(9), "disk", 2)) == []


def test_a_dead_engine_counts_for_no_limit():
    one = Resources(limits=("disk",))
    play = started(engine(0), engine(1))
    play.let(submitted(task(1, resources=one), task(2, resources=one)))
    found = play.let(EngineLost(EngineId(0), "gone", ()))
    assert batches(found) == [(1, [1, 2])]


def test_who_must_be_alone_shares_no_batch():
    one = Resources(alone=True)
    play = started(engine(0))
    found = play.let(submitted(*(task(number, resources=one) for number in (1, 2))))
    assert batches(found) == [(0, [1])]
    assert batches(play.let(begun(0, 1))) == []  # and none waits behind it


def test_who_is_bound_to_a_busy_host_keeps_no_wide_task_from_another():
    play = started(engine(0, "a"), engine(1, "b"), engine(2, "b"))
    play.let(*(submitted(task(number)) for number in (1, 2, 3)))
    play.let(LimitSet(S, "disk", 1, per_host=True))
    disk = Resources(limits=("disk",), where=("a",))
    play.let(submitted(task(4, resources=disk)))
    play.let(reported(0, finished=(done(1),)))  # task 4 runs there, and fills the limit
    play.let(submitted(task(5, resources=disk)))
    assert play.let(submitted(task(6, cpus=2))) == [HandBack(1), HandBack(2)]
