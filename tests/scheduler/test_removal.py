"""Records are cut loose when nobody can need them again.   1 ──▶ 101 ──▶ 2 ──▶ 102 …"""

from flowlab.events.messages import Unkept
from flowlab.scheduler.actions import Drop, Forget
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


def records(play):
    session = play.scheduler.snapshot()["sessions"][S]
    return len(session["tasks"]), len(session["objects"])


def test_a_task_is_forgotten_when_no_output_of_it_is_held():
    play = Playbook()
    play.let(opened(), engine(0), submitted(task(1)))
    assert Forget((tid(1),)) in play.let(reported(0, finished=(done(1),)))
    assert records(play) == (0, 0)


def test_what_could_be_asked_for_again_is_remembered_until_it_is_let_go():
    play = Playbook()
    play.let(opened(), engine(0), submitted(task(1), task(2, [101], keep=True)))
    play.let(reported(0, finished=(done(1), done(2, [102]))))
    assert records(play) == (2, 2)
    found = play.let(Unkept(S, (oid(102),)))
    assert found[0] == Drop((oid(102),))
    assert found[-1] == Forget((tid(2), tid(1)))
    assert records(play) == (0, 0)


def test_a_chain_of_thousands_comes_loose_at_once():
    count = 3000
    chain = [
        task(one, [10_000 + one - 1] if one > 1 else [], [10_000 + one]) for one in range(1, count)
    ]
    chain.append(task(count, [10_000 + count - 1], [99_999], keep=True))
    play = Playbook()
    play.let(opened(), engine(0), submitted(*chain))
    attempt = 0
    while play.state(count).value != "finished":
        attempt += 1
        open_ = play.scheduler.snapshot()["engines"][0]["open"]
        rows = []
        for task_id, (assignment, _) in open_.items():
            number = task_id & 0xFFFFFFFF
            made = [99_999] if number == count else [10_000 + number]
            rows.append(done(number, made, assignment, seconds=1e-6))
        play.let(reported(0, finished=tuple(rows)))
        assert attempt < 10
    play.let(Unkept(S, (oid(99_999),)))
    assert records(play) == (0, 0)
