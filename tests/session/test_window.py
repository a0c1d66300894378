"""How much log may be on its way to handlers."""

from flowlab.events.messages import Entry, Logged, Said
from flowlab.model.ids import SessionId, TaskId, join_id
from flowlab.session.window import Holds, Window

ONE, TWO = SessionId(1), SessionId(2)


def logged(seq, size, session=ONE):
    task = TaskId(join_id(session, 10))
    return Entry(seq, 1.0, session, Logged(task, 1, seq, 0, (), size))


class Told(list):
    """What was said of sessions."""

    def hold(self, session, held):
        self.append((session, held))


def test_a_session_is_held_when_too_much_is_on_its_way_until_half_of_it_was_heard():
    told = Told()
    window = Window(told.hold, most=100)
    window.sent([logged(1, 60), logged(2, 40)])
    assert told == []
    window.sent([logged(3, 1), logged(4, 50)])
    assert told == [(ONE, True)]
    window.heard(ONE, 2)
    assert told == [(ONE, True)]  # 51 are left
    window.heard(ONE, 3)
    assert told == [(ONE, True), (ONE, False)]
    window.sent([logged(5, 60)])
    assert told[2:] == [(ONE, True)]
    window.heard(ONE, 99)
    assert told[3:] == [(ONE, False)]
    assert (window._sent, window._sizes) == ({}, {})


def test_sessions_do_not_hold_each_other():
    told = Told()
    window = Window(told.hold, most=100)
    window.sent([logged(1, 90), logged(2, 90, TWO), logged(3, 20, TWO)])
    assert told == [(TWO, True)]
    window.heard(ONE, 3)
    assert told == [(TWO, True)]


def test_what_is_no_log_does_not_count_and_nobody_is_held_by_one_who_left():
    told = Told()
    window = Window(told.hold, most=100)
    window.sent([Entry(1, 1.0, ONE, Said(TaskId(1), 1, 1, "stdout", "x" * 1_000, 1.0))])
    assert told == []
    window.sent([logged(2, 200)])
    window.close()
    window.sent([logged(3, 200)])
    assert told == [(ONE, True), (ONE, False)]
    window.heard(TWO, 7)  # of what is not known, nothing follows


def test_a_session_goes_on_when_no_kernel_holds_it_any_longer():
    told = Told()
    holds = Holds(told.hold)
    for held in (True, True, False):
        holds.hold(ONE, held)
    assert told == [(ONE, True)]
    holds.hold(ONE, False)
    assert told == [(ONE, True), (ONE, False)]
