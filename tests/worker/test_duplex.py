"""Two ends of a link without a socket: frames are carried by hand, and lost by hand."""

import pytest

from flowlab.errors import LinkError
from flowlab.worker.duplex import Duplex
from flowlab.worker.messages import Beat, HandedBack, Refused, Report

ONE, TWO, THREE = (Report(None, traces=()), Beat(cpu=0.5), HandedBack())


def test_what_is_numbered_is_kept_until_it_is_acknowledged():
    here, there = Duplex("e"), Duplex("e")
    frame = here.number(ONE)
    assert there.receive(frame) == ONE
    assert here.unacknowledged == (ONE,)
    assert here.receive(there.aside()) is None
    assert here.unacknowledged == ()


def test_a_frame_that_comes_twice_is_received_once():
    here, there = Duplex("e"), Duplex("e")
    frame = here.number(ONE)
    assert [there.receive(frame), there.receive(frame)] == [ONE, None]


def test_what_was_lost_with_a_connection_is_sent_again_and_nothing_twice():
    here, there = Duplex("e"), Duplex("e")
    first, _lost = here.number(ONE), here.number(TWO)
    there.receive(first)
    again = [there.receive(frame) for frame in here.resend()]
    assert again == [None, TWO]


def test_a_gap_is_an_error_and_not_skipped():
    here, there = Duplex("e"), Duplex("e")
    here.number(ONE)
    with pytest.raises(LinkError, match="message 2 came after message 0"):
        there.receive(here.number(TWO))
    assert there.seen == 0


def test_a_new_epoch_numbers_again_what_was_not_acknowledged():
    here = Duplex("old")
    old = Duplex("old")
    old.receive(here.number(ONE))
    here.receive(old.aside())
    here.number(TWO)
    here.number(THREE)
    new = Duplex("new")
    assert here.renew("new")
    assert [new.receive(frame) for frame in here.resend()] == [TWO, THREE]
    assert not here.renew("new")


def test_frames_of_another_epoch_neither_count_nor_acknowledge():
    here, stale = Duplex("new"), Duplex("old")
    here.number(ONE)
    frame = stale.number(TWO)
    assert here.receive(frame) is None
    assert (here.seen, here.unacknowledged) == (0, (ONE,))


def test_what_goes_aside_is_outside_the_count():
    here, there = Duplex("e"), Duplex("other")
    assert here.receive(there.aside(Refused("no"))) == Refused("no")
    assert here.seen == 0


def test_a_late_side_acknowledges_only_what_is_safe_and_in_order():
    here, there = Duplex("e"), Duplex("e", late=True)
    for envelope in (here.number(ONE), here.number(ONE), here.number(ONE)):
        there.receive(envelope)
    there.settle(2)
    here.receive(there.aside())
    assert len(here.unacknowledged) == 3
    there.settle(1)
    here.receive(there.aside())
    assert len(here.unacknowledged) == 1
    there.renew("another")
    assert there.aside().seen == 0


def test_each_message_is_told_once_when_the_other_side_has_it():
    here, there = Duplex("e"), Duplex("e")
    arrived = []
    here.arrived = arrived.append
    two = Report(None, traces=())
    first, _ = here.number(ONE), here.number(two)
    there.receive(first)
    here.receive(there.aside())
    assert arrived == [ONE]
    here.renew("another")  # what is not safe goes on waiting
    assert arrived == [ONE]
    assert len(here.unacknowledged) == 1
