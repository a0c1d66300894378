"""How our own controller and engines are set up, before anything is started."""

import logging

import pytest

from flowlab.cluster.own import CONTROLLER_ARGS, make_cluster
from flowlab.cluster.run import RunDirectory

QUIET = logging.NullHandler()


@pytest.fixture
def run(tmp_path):
    here = RunDirectory.create(tmp_path / "base")
    yield here
    here.remove()


def test_its_files_lie_in_the_private_directory(run):
    cluster = make_cluster(run, None, resume=False, heard=QUIET)
    assert cluster.profile_dir == str(run.profile)
    assert cluster.cluster_file == str(run.path / "cluster.json")


def test_it_survives_this_process_so_that_another_can_take_it_up(run):
    assert make_cluster(run, None, resume=False, heard=QUIET).shutdown_atexit is False


def test_the_hub_keeps_no_results(run):
    assert "--IPController.db_class=nodb" in CONTROLLER_ARGS
    assert make_cluster(run, None, resume=False, heard=QUIET).controller_args == CONTROLLER_ARGS


def test_there_is_nothing_to_resume_when_nothing_was_started(run):
    with pytest.raises(FileNotFoundError):
        make_cluster(run, None, resume=True, heard=QUIET)


def test_a_profile_of_the_users_is_taken(run, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    (tmp_path / "profile_lab").mkdir()
    config = "c.Cluster.n = 7\n"
    (tmp_path / "profile_lab" / "ipcluster_config.py").write_text(config)
    assert make_cluster(run, "lab", resume=False, heard=QUIET).n == 7
