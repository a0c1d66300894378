"""Pieces take turns: one a link and direction, two a taker, the first transfer first."""

from flowlab.model.limits import PIECE, UNDER_WAY
from flowlab.worker.messages import Coming, Piece, Stopped, Wanted, Written
from tests.cluster.sea import B1, B2, C1, HOME, B, C, Sea, X, Y


def sent(sea, kind):
    return [(place, message) for place, message in sea.sent if isinstance(message, kind)]


def test_an_object_goes_piece_after_piece_and_the_last_may_be_smaller():
    sea = Sea()
    sea.join(B1, B)
    sea.want(X, sea.make(X, B, pieces=3), HOME)
    sea.calm()
    pieces = [(piece.at, piece.size) for _, piece in sent(sea, Piece)]
    assert pieces == [(0, PIECE), (PIECE, PIECE), (2 * PIECE, PIECE - 1)]
    ((place, coming),) = sent(sea, Coming)
    assert (place, coming.object, coming.size) == (None, X, 3 * PIECE - 1)
    assert sea.made == [(X, HOME, 1)]


def test_nothing_more_is_asked_for_than_a_taker_has_credits_for():
    sea = Sea()
    sea.join(B1, B)
    sea.want(X, sea.make(X, B, pieces=9), HOME)
    for _ in range(20):  # the taker reads nothing
        for place, is_relay in sea.moves():
            if place is not None or is_relay:
                sea.move(place, is_relay)
    assert len(sent(sea, Wanted)) == UNDER_WAY
    assert len(sent(sea, Piece)) == 1
    sea.calm()
    assert sea.most == UNDER_WAY
    assert len(sent(sea, Wanted)) == len(sent(sea, Piece)) == 9


def test_two_transfers_to_one_taker_follow_each_other_and_to_two_go_side_by_side():
    sea = Sea()
    sea.join(B1, B)
    sea.join(C1, C)
    sea.want(X, sea.make(X, B), HOME)
    sea.want(Y, sea.make(Y, B), HOME)
    sea.want(X, sea.relay._known[X].origin, C)
    sea.calm()
    home = [message.transfer for place, message in sent(sea, Piece) if place is None]
    assert home == sorted(home)
    takers = [place for place, _ in sent(sea, Piece)]
    assert takers[:3] != [None] * 3
    assert {one[:2] for one in sea.made} == {(X, HOME), (Y, HOME), (X, C)}


def test_what_is_over_is_told_to_both_ends_and_its_credits_come_back():
    sea = Sea()
    sea.join(B1, B)
    sea.join(C1, C)
    sea.want(X, sea.make(X, B, pieces=9), C)
    for _ in range(4):
        for move in sea.moves():
            sea.move(*move)
    sea.relay.drop([X])
    assert {place for place, _ in sent(sea, Stopped)} == {B1, C1}
    sea.calm()
    assert sea.relay.turns.ends[C1].credits == UNDER_WAY
    assert not sea.drafts
    assert len(sent(sea, Piece)) < 9
    sea.want(Y, sea.make(Y, B), C)
    sea.calm()
    assert sea.made == [(Y, C, 1)]


def test_an_answer_to_what_is_over_frees_the_way_and_nothing_else():
    sea = Sea()
    sea.join(B1, B)
    sea.join(B2, B)
    sea.want(X, sea.make(X, B), HOME)
    end = sea.relay.turns.ends[B1]
    number = end.reading
    assert number
    sea.relay.drop([X])
    sea.relay.heard(None, Written(number))
    assert end.reading == number
    sea.calm()
    assert end.reading == 0
    assert sea.made == []
