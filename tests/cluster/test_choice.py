"""What a user may give for engines, and what it becomes."""

import json
import os
import pickle

import pytest

from flowlab.cluster.choice import EngineChoice, available_cores, choose
from flowlab.errors import ClusterError, UsageError

CONNECTION = {"registration": 5, "interface": "tcp://127.0.0.1", "key": "k"}


def test_by_default_one_engine_an_available_core():
    choice = choose()
    assert choice.own
    assert choice.wanted == available_cores() == len(os.sched_getaffinity(0))
    assert choice.listen == ""


def test_a_number_of_engines():
    assert choose(3).wanted == 3
    with pytest.raises(UsageError, match="at least 1"):
        choose(0)
    with pytest.raises(UsageError, match=r"not 'localhost'; there is no server to connect to"):
        choose("localhost", "7210")  # as Rain's Client was made


@pytest.mark.parametrize("listen", ["10.0.0.1", "tcp://", "tcp://10.0.0.1", "ipc:///x:1", None])
def test_an_address_to_listen_at_has_a_port_or_a_star(listen):
    assert choose(listen="tcp://10.0.0.1:*").listen == "tcp://10.0.0.1:*"
    assert choose(listen="tcp://[::1]:5555").listen == "tcp://[::1]:5555"
    with pytest.raises(UsageError, match="listen is an address"):
        choose(listen=listen)


@pytest.mark.parametrize("name", ["ipcontroller-x-client.json", "cluster-x.json"])
def test_a_file_of_a_running_cluster(tmp_path, name):
    (tmp_path / "ipcontroller-x-client.json").write_text(json.dumps(CONNECTION))
    choice = choose(cluster=str(tmp_path / name))
    assert not choice.own
    assert dict(choice.connection) == CONNECTION
    assert pickle.loads(pickle.dumps(choice)) == choice


def test_a_cluster_id_of_a_profile(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    security = tmp_path / "profile_lab" / "security"
    security.mkdir(parents=True)
    (security / "ipcontroller-x-client.json").write_text(json.dumps(CONNECTION))
    assert dict(choose(cluster="x", profile="lab").connection) == CONNECTION


def test_no_cluster_there_is_an_error_with_the_remedy(tmp_path):
    with pytest.raises(ClusterError, match="ipcluster start"):
        choose(cluster=tmp_path / "cluster-x.json")


def test_a_profile_that_is_absent_is_an_error_and_is_not_made(tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    with pytest.raises(ClusterError, match=r"profile 'lab'.*ipython profile create lab --parallel"):
        choose(profile="lab")
    assert not list(tmp_path.iterdir())
    (tmp_path / "profile_lab").mkdir()
    assert choose(profile="lab").profile == "lab"
    assert choose(profile="default").profile == "default"


def test_another_file_is_no_connection(tmp_path):
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(ClusterError, match="no connection file"):
        choose(cluster=tmp_path / "x.json")


def test_n_and_cluster_contradict_each_other(tmp_path):
    with pytest.raises(UsageError, match="not both"):
        choose(2, cluster=tmp_path / "x.json")


def test_another_object_is_refused():
    with pytest.raises(UsageError, match="Cluster or Client"):
        choose(cluster=42)


def test_the_key_is_not_shown():
    assert "secret" not in repr(EngineChoice(connection=(("key", "secret"),)))
