"""What a client shares with its sessions."""

import threading

import pytest

from flowlab.errors import ClusterError, SessionError, UsageError
from flowlab.events.messages import CapacityKnown, EngineJoined, EnginesUnavailable, Entry
from flowlab.model.ids import EngineId, HostId
from flowlab.session.reach import SOME
from tests.session.declare import constant, task, wait_until


def test_it_starts_once_and_tells_how_it_stands(ways):
    reach = ways.reach(ways.local())
    assert "first submit" in str(reach.describe())
    reach.start()
    reach.start()
    assert reach.started
    assert reach.describe()["kind"] == "answering"


def test_each_engine_is_told_with_what_it_holds(session):
    reach = session._reach
    assert reach.server_info() == {"governors": [], "objects": []}
    made, data = task(session, inputs=[constant(session, b"x")]), task(session, "hang")
    made.output.keep()
    session.submit()
    made.wait()
    wait_until(lambda: session.explain(data).state == "running")
    told = reach.server_info()
    assert told["governors"] == [
        {
            "governor_id": 0,
            "tasks": [data.id],
            "objects": [made.output.id],
            "objects_to_delete": [],
            "resources": {"cpus": 2},
        }
    ]
    assert told["objects"] == [made.inputs[0].id]
    session.close()
    wait_until(lambda: not reach.server_info()["governors"][0]["tasks"])
    assert not reach.server_info()["governors"][0]["objects"]
    assert not reach.server_info()["objects"]


def test_the_store_is_opened_at_first_need(ways):
    reach = ways.reach(ways.local())
    opened = []
    make = reach.open_store
    reach.open_store = lambda: opened.append(1) or make()
    assert not opened
    assert reach.store is reach.store
    assert opened == [1]


def test_another_process_may_not_use_it(ways):
    reach = ways.reach(ways.local())
    reach.pid += 1
    with pytest.raises(SessionError, match="was forked"):
        reach.start()


def test_cpus_are_checked_by_what_is_known_best(session):
    reach = session._reach
    large = task(session, cpus=4)
    reach.check_place(large)
    reach.largest = 3
    with pytest.raises(UsageError, match=r"needs 4 cpus, .* has 3; .*Client\(n=4\)"):
        reach.check_place(large)
    reach.mirror.take([Entry(1, 1.0, None, CapacityKnown(8, 8))])
    reach.check_place(large)


def entered(*events):
    return [Entry(n, 1.0, None, event) for n, event in enumerate(events, start=1)]


def joined(number, host):
    return EngineJoined(EngineId(number), HostId(f"id-{host}"), 1, 0, host)


def test_a_place_that_nobody_is_is_refused_once_all_engines_are_known(session):
    reach = session._reach
    there, nowhere = task(session, where=["b"]), task(session, where=["c", 7])
    reach.check_place(nowhere)  # who knows who comes
    reach.mirror.take(entered(CapacityKnown(2, 2), joined(0, "a")))
    reach.check_place(nowhere)
    reach.mirror.take(entered(joined(1, "b")))
    reach.check_place(there)
    with pytest.raises(UsageError, match=r"c, 7 only.*known are a \(engine 0\), b \(engine 1\)"):
        reach.check_place(nowhere)


def test_hosts_are_told_when_all_have_come(session, monkeypatch):
    reach = session._reach
    monkeypatch.setattr(reach, "start", lambda: None)
    told = []
    waiting = threading.Thread(target=lambda: told.append(reach.hosts()))
    waiting.start()
    reach.mirror.take(entered(CapacityKnown(3, 2), joined(2, "a"), joined(0, "b")))
    assert not told
    reach.mirror.take(entered(joined(1, "a")))
    waiting.join(10)
    assert told == [{"b": [0], "a": [1, 2]}]


def test_hosts_that_cannot_be_had_are_an_error(session, monkeypatch):
    reach = session._reach
    monkeypatch.setattr(reach, "start", lambda: None)
    reach.mirror.take(entered(EnginesUnavailable("no licence")))
    with pytest.raises(ClusterError, match="no licence"):
        reach.hosts()
    reach.mirror.take(entered(CapacityKnown(1, 1), joined(0, "a")))
    assert reach.hosts() == {"a": [0]}


def test_how_many_engines_there_are_is_told_or_guessed(ways):
    reach = ways.reach(ways.local())
    assert reach.engines() == SOME
    reach.largest = 3
    assert reach.engines() == 3
    reach.mirror.take([Entry(1, 1.0, None, CapacityKnown(5, 4))])
    assert reach.engines() == 5
    reach.mirror.take([Entry(2, 1.0, None, CapacityKnown(0, 1))])
    assert reach.engines() == 1
    joined = [Entry(n, 1.0, None, EngineJoined(EngineId(n), HostId("h"), 1)) for n in (3, 4)]
    reach.mirror.take(joined)
    assert reach.engines() == 2


def test_a_start_that_failed_is_tried_again(ways, monkeypatch):
    link = ways.local()
    reach = ways.reach(link)
    made = link._pump._make_cluster
    monkeypatch.setattr(link._pump, "_make_cluster", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        reach.start()
    assert not reach.started
    monkeypatch.setattr(link._pump, "_make_cluster", made)
    reach.start()
    assert reach.started
    assert reach.describe()["kind"] == "answering"
