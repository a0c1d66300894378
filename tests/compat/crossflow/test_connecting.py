"""Whose engines and which session a client uses, and what it refuses."""

import json

import pytest

import flowlab
from flowlab.compat.crossflow.connecting import connect
from flowlab.errors import ClusterError, UsageError
from flowlab.events.messages import OnError

DASK = {"type": "Scheduler", "id": "Scheduler-1", "address": "tcp://10.0.0.1:8786", "workers": {}}


def asked(cluster=None, scheduler_file=None, n_workers=None, session=None, **options):
    return connect(cluster, scheduler_file, n_workers, session, options)


@pytest.mark.parametrize("known", [DASK, {"address": "tcp://h:1", "workers": {}}])
def test_a_dask_scheduler_file_is_refused_with_the_remedy(known, place):
    (place / "scheduler.json").write_text(json.dumps(known))
    with pytest.raises(ClusterError, match="dask cluster; flowlab runs on ipyparallel engines"):
        asked(scheduler_file="scheduler.json")


def test_the_address_of_a_dask_scheduler_is_refused():
    with pytest.raises(ClusterError, match=r"dask scheduler; .*ipcluster start"):
        asked("tcp://10.0.0.1:8786")


def test_a_dask_cluster_is_refused():
    cluster = type("LocalCluster", (), {"__module__": "distributed.deploy.local"})()
    with pytest.raises(ClusterError, match="LocalCluster is a dask cluster"):
        asked(cluster)


@pytest.mark.parametrize("text", [None, "no json", '{"a": 1}', "[]"])
def test_what_is_no_connection_file_is_refused(text, place):
    if text is not None:
        (place / "scheduler.json").write_text(text)
    with pytest.raises(ClusterError, match=r"scheduler\.json"):
        asked(scheduler_file=str(place / "scheduler.json"))


def test_a_connection_file_of_ipyparallel_names_the_cluster(place):
    (place / "scheduler.json").write_text(json.dumps({"registration": 1, "key": "x"}))
    engines, session = asked(scheduler_file=place / "scheduler.json")
    assert dict(engines._choice.connection)["registration"] == 1
    assert session.on_error == OnError.CONTINUE
    engines.close()


def test_contradictions_are_refused():
    with pytest.raises(UsageError, match="not both"):
        asked("a", "b")
    with pytest.raises(UsageError, match="session= has engines already"):
        asked(session=object(), n_workers=2)


def test_a_notebooks_session_is_used_and_one_that_would_fail_as_a_whole_is_not():
    with flowlab.Client(inline=True) as client:
        with client.new_session(on_error="continue") as session:
            assert asked() == (None, session)
        with client.new_session() as strict:
            engines, own = asked()
            assert own is not strict
            engines.close()
            assert asked(session=strict) == (None, strict)


def test_without_anything_engines_of_its_own_start_with_the_first_task():
    engines, session = asked(n_workers=3)
    assert repr(engines) == "<Client 3 engines, not started>"
    assert session.name == "crossflow"
    engines.close()
