"""Snapshots are plain data, equal when the schedulers agree."""

from tests.scheduler.playbook import Playbook, engine, opened, replay, submitted, task


def test_a_snapshot_is_plain_data_and_does_not_change_afterwards():
    play = Playbook()
    play.let(opened(), engine(0))
    before = play.scheduler.snapshot()
    text = repr(before)
    play.let(submitted(task(1), task(2, [101])))
    assert repr(before) == text
    assert play.scheduler.snapshot() != before


def test_a_replay_gives_an_equal_snapshot():
    play = Playbook()
    play.let(opened(), engine(0), submitted(task(1), task(2, [101])))
    assert replay(play.facts) == play.scheduler.snapshot()
