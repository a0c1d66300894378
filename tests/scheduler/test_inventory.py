"""What each engine holds.   9 (constant) ──▶ 1 ──▶ 101 ──▶ 2 ──▶ 102"""

from flowlab.events.messages import EngineLost, SessionClosed, Unkept
from flowlab.scheduler.inventory import Holding, Inventory
from tests.scheduler.playbook import (
    Playbook,
    S,
    done,
    engine,
    oid,
    opened,
    reported,
    submitted,
    task,
    tid,
)  # fmt: skip


def test_tasks_and_objects_stand_with_their_engine():
    play = Playbook()
    assert play.scheduler.inventory() == Inventory((), Holding(None))
    one, two = task(1, [9], keep=True), task(2, [101], function="g")
    play.let(opened(), engine(1, slots=2), submitted(one, two, constants=[9], sizes=[(9, 4)]))
    held = play.scheduler.inventory()
    assert held.engines == (Holding(1, 2, (tid(1), tid(2))),)
    assert held.others.objects == (oid(9),)
    play.let(reported(1, finished=(done(1, [101]),)))
    assert play.scheduler.inventory().engines == (Holding(1, 2, (tid(2),), (oid(101),)),)


def test_what_is_let_go_or_lost_or_closed_is_gone():
    play = Playbook()
    play.let(opened(), engine(0), engine(1), submitted(task(1, keep=True), task(2, keep=True)))
    play.let(*(reported(one, finished=(done(one + 1, [101 + one]),)) for one in (0, 1)))
    assert [each.objects for each in play.scheduler.inventory().engines] == [
        (oid(101),), (oid(102),),
    ]  # fmt: skip
    play.let(Unkept(S, (oid(101),)), EngineLost(1, "gone"))
    held = play.scheduler.inventory()
    assert held.engines == (Holding(0, 1),)
    assert held.others.objects == (oid(102),)  # its bytes outlive the engine that made them
    play.let(SessionClosed(S))
    assert play.scheduler.inventory() == Inventory((Holding(0, 1),), Holding(None))
