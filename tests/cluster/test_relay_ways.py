"""The ways of the relay: by a stage point, and from where an object's owner keeps it."""
# mirrors: flowlab/cluster/relay.py, beside what test_relay.py asks of pieces

from flowlab.cluster.relay import Why
from flowlab.model.ids import EngineId, HostId
from flowlab.model.limits import PIECE
from flowlab.worker.messages import Load
from tests.cluster.sea import B1, HOME, B, C, X, Y

D, E = HostId("d"), HostId("e")
D1, E1 = EngineId(21), EngineId(31)
FOLDER = "point/flowlab-run"


def test_by_a_stage_point_it_is_written_once_and_read_once_a_host(sea):
    file = sea.make(X, B)
    for host in (C, HOME, C):
        assert sea.want(X, file, host, FOLDER) is None
    sea.calm()
    assert sorted(sea.made) == [(X, C, 1), (X, HOME, 1)]
    assert (sea.writes, sea.relay.deposits, sea.relay.turns.bytes) == (1, 1, 0)
    sea.relay.drop([X])
    sea.calm()
    assert sea.point == {}


def test_what_is_altered_at_the_stage_point_is_written_again_and_then_given_up(sea):
    file = sea.make(X, B)
    sea.want(X, file, HOME, FOLDER)
    sea.calm()
    (url,) = sea.point
    sea.point[url] = (X, None, 0)
    sea.want(X, file, C, FOLDER)
    sea.calm()
    assert (X, C, 1) in sea.made
    assert sea.writes == 2
    sea.is_closed = True
    del sea.files[C][X]
    sea.relay._known[X].files.pop(C)
    sea.want(X, file, C, FOLDER)
    sea.calm()
    assert sea.lost == [(X, C, Why.REFUSED, "the point is closed")]


def test_who_deposits_may_die_and_another_does_it(sea):
    file = sea.make(X, B)
    sea.want(X, file, C, FOLDER)
    sea.kill(B1)
    sea.calm()
    assert sea.made == [(X, C, 1)]
    assert sea.lost == []


def test_a_deposit_that_nobody_waits_for_any_longer_is_removed(sea):
    file = sea.make(X, B)
    sea.want(X, file, C, FOLDER)
    for move in sea.moves():
        sea.move(*move)  # it is written, and not yet told
    sea.relay.drop([X])
    sea.calm()
    assert sea.point == {}
    assert sea.made == []


def test_a_file_of_this_host_is_read_here_once_and_goes_on_from_here(sea):
    value = sea.keep(X, HOME)
    for host in (C, B, HOME):
        assert sea.want(X, value, host) is None
    sea.calm()
    assert sorted(sea.made) == [(X, B, 1), (X, C, 1), (X, HOME, 1)]
    assert len([one for _, one in sea.sent if isinstance(one, Load)]) == 1
    other = sea.keep(Y, HOME)
    sea.want(Y, other, C, FOLDER)
    sea.calm()
    assert (Y, C, 1) in sea.made
    assert sea.writes == 1


def test_a_host_that_can_read_a_url_does_and_one_that_cannot_gets_it_from_here(sea):
    value = sea.keep(X)
    sea.blind.add(C)
    sea.want(X, value, B)
    sea.want(X, value, C)
    sea.calm()
    assert sorted(one for one in sea.made if one[1] != HOME) == [(X, B, 1), (X, C, 1)]
    assert sea.lost == []
    sea.blind.add(HOME)
    sea.want(Y, sea.keep(Y), C)
    sea.calm()
    assert sea.lost == [(Y, host, Why.REFUSED, "it cannot be read") for host in (C, HOME)]


def test_what_home_cannot_read_comes_home_from_a_host_that_has_it(sea):
    value = sea.keep(X)
    sea.want(X, value, B)
    sea.calm()
    sea.blind.add(HOME)
    sea.want(X, value, HOME)
    sea.calm()
    assert (sea.made, sea.lost) == ([(X, B, 1), (X, HOME, 1)], [])


def test_many_who_find_it_altered_have_it_written_once_more(sea):
    file = sea.make(X, B)
    sea.want(X, file, HOME, FOLDER)
    sea.calm()
    (url,) = sea.point
    sea.point[url] = (X, None, 0)
    sea.join(D1, D)
    sea.join(E1, E)
    for host in (C, D, E):
        sea.want(X, file, host, FOLDER)
    sea.calm()
    assert sorted(sea.made) == [(X, host, 1) for host in sorted((C, D, E, HOME))]
    assert (sea.writes, sea.lost) == (2, [])


def test_all_hosts_have_the_same_of_a_url_that_changes(sea):
    value = sea.keep(X)
    sea.want(X, value, B)
    sea.calm()
    sea.owned[value.url] = (2, PIECE)
    sea.want(X, value, C)
    sea.calm()
    assert sea.made == [(X, B, 1), (X, C, 1)]


def test_of_two_hosts_that_read_at_the_same_time_one_counts(sea):
    value = sea.keep(X)
    sea.want(X, value, B)
    sea.want(X, value, C)
    sea.move(B1, is_relay=False)
    sea.owned[value.url] = (2, PIECE)
    sea.calm()
    assert sea.made == [(X, B, 1), (X, C, 1)]


def test_a_full_store_is_no_fault_of_the_stage_point(sea):
    sea.full.add(C)
    sea.want(X, sea.make(X, B), C, FOLDER)
    sea.calm()
    assert sea.lost == [(X, C, Why.REFUSED, "no room")]
    assert sea.writes == 1
