"""Who has what, and what becomes of a transfer when engines and objects come and go."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowlab.cluster.relay import Why
from flowlab.model.ids import SessionId
from flowlab.model.limits import UNDER_WAY
from flowlab.worker.messages import Piece, Wanted
from tests.cluster.sea import B1, B2, C1, C2, HOME, B, C, Sea, X, Y, Z


def begin(sea, rounds=3):
    """Let a transfer begin."""
    for _ in range(rounds):
        for move in sea.moves():
            sea.move(*move)


def test_it_goes_to_a_host_once_however_often_it_is_wanted(sea):
    file = sea.make(X, B)
    assert [sea.want(X, file, C) for _ in range(5)] == [None] * 5
    begin(sea)
    assert sea.want(X, file, C) is None
    sea.calm()
    found = sea.want(X, file, C)
    assert found.host == C
    assert sea.want(X, file, B) == file
    assert sea.made == [(X, C, 1)]
    assert sea.relay.copies == 1
    assert len([one for _, one in sea.sent if isinstance(one, Piece)]) == 3


def test_a_copy_at_home_is_given_before_any_engine_is_asked(sea):
    file = sea.make(X, B)
    sea.want(X, file, HOME)
    sea.calm()
    del sea.sent[:]
    sea.want(X, file, C)
    sea.calm()
    assert {place for place, one in sea.sent if isinstance(one, Wanted)} == {None}


def test_another_engine_of_the_host_goes_on_giving(sea):
    sea.want(X, sea.make(X, B, pieces=9), C)
    begin(sea, 6)
    sea.kill(B1)
    sea.calm()
    assert sea.made == [(X, C, 1)]
    assert sea.lost == []
    assert {place for place, one in sea.sent if isinstance(one, Wanted)} == {B1, B2}
    assert len([one for _, one in sea.sent if isinstance(one, Piece)]) == 9


def test_a_copy_on_another_host_goes_on_giving(sea):
    file = sea.make(X, B, pieces=9)
    sea.want(X, file, HOME)
    sea.calm()
    sea.kill(B1)
    sea.kill(B2)
    sea.want(X, file, C)
    sea.calm()
    assert (X, C, 1) in sea.made


def test_what_nobody_has_any_longer_is_lost(sea):
    file = sea.make(X, B, pieces=9)
    sea.want(X, file, C)
    begin(sea)
    sea.kill(B1)
    sea.kill(B2)
    ((_, host, why, fault),) = sea.lost
    assert (host, why) == (C, Why.LOST)
    assert "engine" in fault
    sea.want(X, file, C)
    assert [one[2] for one in sea.lost] == [Why.LOST] * 2
    sea.calm()
    assert not sea.drafts


def test_a_file_that_is_gone_is_looked_for_elsewhere_and_then_lost(sea):
    file = sea.make(X, B)
    sea.want(X, file, HOME)
    sea.calm()
    del sea.files[HOME][X]
    sea.want(X, file, C)
    sea.calm()
    assert (X, C, 1) in sea.made
    del sea.files[B][X], sea.files[C][X]
    sea.want(X, file, HOME)
    sea.calm()
    assert sea.lost == [(X, HOME, Why.LOST, "it is gone")]


def test_when_the_taker_dies_another_one_begins_anew(sea):
    sea.want(X, sea.make(X, B, pieces=4), C)
    begin(sea, 6)
    ((taker, _),) = sea.drafts
    sea.kill(taker)
    sea.calm()
    assert sea.made == [(X, C, 1)]
    assert sea.lost == []


def test_when_nobody_is_left_to_take_it_nothing_is_lost(sea):
    file = sea.make(X, B, pieces=4)
    sea.want(X, file, C)
    begin(sea)
    sea.kill(C1)
    sea.kill(C2)
    assert [one[2] for one in sea.lost] == [Why.REFUSED]
    sea.calm()
    assert sea.want(X, file, HOME) is None
    sea.calm()
    assert sea.made == [(X, HOME, 1)]


def test_a_host_that_refuses_it_says_why_and_may_be_asked_again(sea):
    file = sea.make(X, B)
    sea.full.add(C)
    sea.want(X, file, C)
    sea.calm()
    assert sea.lost == [(X, C, Why.REFUSED, "no room")]
    sea.full.clear()
    sea.want(X, file, C)
    sea.calm()
    assert sea.made == [(X, C, 1)]


def test_what_was_made_again_is_not_mixed_with_what_was_before(sea):
    sea.want(X, sea.make(X, B, pieces=6), C)
    begin(sea, 6)
    again = sea.make(X, B, pieces=6, version=2)
    sea.relay.made(X, again)
    sea.calm()
    assert sea.made == [(X, C, 2)]
    at_c = sea.want(X, again, C)
    assert at_c.host == C
    sea.relay.made(X, sea.make(X, B, version=3))
    assert sea.want(X, sea.relay._known[X].origin, C) is None


def test_what_is_made_again_where_it_was_wanted_is_there(sea):
    sea.want(X, sea.make(X, B, pieces=6), C)
    begin(sea)
    sea.relay.made(X, sea.make(X, C, version=2))
    assert sea.made == [(X, C, 2)]


def test_what_is_dropped_does_not_come_and_is_forgotten(sea):
    file = sea.make(X, B, pieces=6)
    sea.want(X, file, C)
    sea.want(Y, sea.make(Y, B), C)
    begin(sea)
    sea.relay.drop([X])
    assert [one[:3] for one in sea.lost] == [(X, C, Why.CALLED_OFF)]
    assert not sea.relay.is_known(X)
    sea.relay.end_session(SessionId(1))
    assert [one[0] for one in sea.lost] == [X, Y]
    sea.calm()
    assert not sea.drafts
    assert sea.made == []


def test_engines_elsewhere_are_told_by_host(sea):
    assert sea.relay.engines_elsewhere() == {B: [B1, B2], C: [C1, C2]}
    assert sea.relay.host_of(C1) == C
    sea.kill(C1)
    assert sea.relay.host_of(C1) is None
    sea.join(B1, C)  # the same number, another process
    assert sea.relay.engines_elsewhere() == {B: [B2], C: [C2, B1]}


def test_nothing_is_remembered_of_hosts_that_are_gone(sea):
    sea.want(X, sea.make(X, B), HOME)
    sea.calm()
    for engine in (B1, B2, C1, C2):
        sea.kill(engine)
    assert not sea.relay.is_known(X)


FOLDER = "point/flowlab-run"
PLAY = st.lists(
    st.one_of(
        st.tuples(
            st.just("want"),
            st.sampled_from((X, Y, Z)),
            st.sampled_from((HOME, B, C)),
            st.sampled_from(("", FOLDER)),
        ),
        st.tuples(st.just("alter"), st.sampled_from((X, Y, Z)), st.none()),
        st.tuples(st.just("close"), st.none(), st.none()),
        st.tuples(st.just("blind"), st.sampled_from((HOME, B, C)), st.none()),
        st.tuples(st.just("keep"), st.sampled_from((X, Y, Z)), st.sampled_from((HOME, ""))),
        st.tuples(st.just("move"), st.integers(0, 50), st.integers(1, 9)),
        st.tuples(st.just("kill"), st.sampled_from((B1, B2, C1, C2)), st.none()),
        st.tuples(st.just("again"), st.sampled_from((X, Y, Z)), st.sampled_from((HOME, B, C))),
        st.tuples(st.just("drop"), st.sampled_from((X, Y, Z)), st.none()),
        st.tuples(st.just("vanish"), st.sampled_from((X, Y, Z)), st.sampled_from((HOME, B, C))),
        st.tuples(st.just("full"), st.sampled_from((HOME, B, C)), st.none()),
    ),
    max_size=60,
)


class Play:
    """Objects that are made, wanted and dropped in any order; `due` are those that must come."""

    def __init__(self):
        self.sea = sea = Sea()
        for engine, host in ((B1, B), (B2, B), (C1, C), (C2, C)):
            sea.join(engine, host)
        self.version = 0
        self.files = {}
        self.due = set()
        for object_id, host in ((X, B), (Y, C), (Z, HOME)):
            self.again(object_id, host)

    def want(self, object_id, host, folder):
        if object_id in self.files and host in self.sea.hosts.values():
            count = len(self.sea.lost)
            found = self.sea.want(object_id, self.files[object_id], host, folder)
            if found is None and len(self.sea.lost) == count:
                self.due.add((object_id, host))

    def move(self, number, times):
        for _ in range(times):
            if moves := self.sea.moves():
                self.sea.move(*moves[number % len(moves)])

    def kill(self, engine, _):
        if engine in self.sea.hosts:
            self.sea.kill(engine)

    def again(self, object_id, host):
        if host in self.sea.hosts.values():
            self.version += 1
            file = self.sea.make(object_id, host, 1 + self.version % 4, self.version)
            self.files[object_id] = file
            if self.sea.relay.is_known(object_id):
                self.sea.relay.made(object_id, file)

    def keep(self, object_id, host):
        self.version += 1
        self.files[object_id] = value = self.sea.keep(object_id, host, self.version)
        if self.sea.relay.is_known(object_id):
            self.sea.relay.made(object_id, value)

    def alter(self, object_id, _):
        for url, (one, _, size) in self.sea.point.items():
            if one == object_id:
                self.sea.point[url] = (one, None, size)

    def close(self, *_):
        self.sea.is_closed = not self.sea.is_closed

    def blind(self, host, _):
        self.sea.blind ^= {host}

    def drop(self, object_id, _):
        self.files.pop(object_id, None)
        self.sea.relay.drop([object_id])

    def vanish(self, object_id, host):
        self.sea.files[host].pop(object_id, None)

    def full(self, host, _):
        self.sea.full ^= {host}


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PLAY)
def test_whatever_happens_each_wish_is_answered_and_all_credits_come_back(story):
    play = Play()
    for name, *words in story:
        getattr(play, name)(*words)
    play.sea.calm()
    answered = {one[:2] for one in play.sea.made} | {one[:2] for one in play.sea.lost}
    assert play.due <= answered
    relay = play.sea.relay
    assert relay.describe()["coming"] == 0
    assert not play.sea.drafts
    for end in relay.turns.ends.values():
        assert (end.credits, end.reading, end.writing) == (UNDER_WAY, 0, 0)
        assert not any((end.to_read, end.to_write, end.queue))
    relay.drop((X, Y, Z))
    play.sea.calm()
    assert play.sea.point == {}
    assert relay.knows_nothing
