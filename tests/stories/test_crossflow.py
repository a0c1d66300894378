"""Crossflow's own examples on real engines: between hosts, on a running cluster, and at length."""

import gc
import os

import fsspec
import pytest

from flowlab.compat import crossflow
from flowlab.compat.crossflow import clients, tasks
from flowlab.model.limits import MIB
from flowlab.staging.leases import close_own
from tests.stories.islands import HOME
from tests.stories.watching import Watcher, wait_until

pytestmark = pytest.mark.engines


@pytest.fixture(autouse=True)
def _place(tmp_path_factory, monkeypatch):
    """Stand where the files are."""
    monkeypatch.chdir(tmp_path_factory.mktemp("files"))
    yield
    crossflow.set_stage_point(None)


@pytest.fixture(params=["directory", "s3"])
def stage_point(request, tmp_path_factory):
    """A shared directory, and a prefix in a bucket of a real S3 server."""
    if request.param == "s3":
        yield request.getfixturevalue("s3")
    else:
        yield str(tmp_path_factory.mktemp("shared"))
    close_own()  # as at the end of this process, while there still is a server


def joining():
    """The seed's task."""
    my_task = tasks.SubprocessTask("cat a b > c")
    my_task.set_inputs(["a", "b"])
    my_task.set_outputs(["c"])
    return my_task


def lying(point):
    """Files at the stage point, as they are there now, without leases."""
    files, root = fsspec.url_to_fs(point, skip_instance_cache=True)
    return [one for one in files.find(root) if not one.endswith(".lease")]


def test_files_pass_between_hosts_by_the_stage_point_and_nothing_stays(islands_of, stage_point):
    contents = [os.urandom(3 * MIB), os.urandom(200_000)]
    for name, content in zip(("file1.txt", "file2.txt"), contents, strict=True):
        with open(name, "wb") as file:
            file.write(content)
    islands = islands_of(("b",), on_error="continue")
    my_client = clients.Client(session=islands.session)
    crossflow.set_stage_point(stage_point)

    islands.free("b")
    joined = my_client.submit(joining(), "file1.txt", "file2.txt")
    assert joined.result().read_binary() == b"".join(contents)
    islands.occupy()
    islands.free(HOME)
    twice = my_client.submit(joining(), joined, joined)
    assert twice.result().read_binary() == b"".join(contents * 2)

    told = islands.between()
    assert (told["bytes"], told["staged"]) == (0, 3)  # both files to b, and what it made back
    assert len(lying(stage_point)) == 3
    islands.session.close()
    assert wait_until(lambda: not lying(stage_point))


def test_a_handle_at_a_stage_point_is_read_where_it_lies(islands_of, stage_point):
    islands = islands_of(("b",), on_error="continue")
    my_client = clients.Client(session=islands.session)
    content = os.urandom(MIB)
    with open("file1.txt", "wb") as file:
        file.write(content)
    handle = crossflow.FileHandler(stage_point).load("file1.txt")
    assert len(lying(stage_point)) == 1
    islands.free("b")
    joined = my_client.submit(joining(), handle, handle)
    assert joined.result().read_binary() == content * 2
    assert len(lying(stage_point)) == 1  # nobody staged it again
    del joined, handle
    my_client.close()
    gc.collect()  # a task and what it makes know each other
    assert wait_until(lambda: not lying(stage_point))


def test_a_client_takes_the_connection_file_of_a_running_cluster(farm):
    path = farm._cluster.controller.connection_files["client"]
    os.symlink(path, "scheduler.json")
    for number in (1, 2):
        with open(f"file{number}.txt", "w") as file:
            file.write(f"{number}\n")
    with clients.Client(scheduler_file="scheduler.json") as my_client:
        joined = my_client.submit(joining(), "file1.txt", "file2.txt")
        assert joined.result(timeout=60).read_text() == "1\n2\n"


def test_a_thousand_tasks_over_a_hundred_files_read_each_once(client):
    with client.new_session(on_error="continue") as session:
        names = [f"in{number}" for number in range(100)]
        for name in names:
            with open(name, "w") as file:
                file.write(name)
        my_client = clients.Client(session=session)
        read = tasks.SubprocessTask("cat a")
        read.set_inputs(["a"])
        read.set_outputs([tasks.STDOUT])
        watcher = Watcher(session)
        futures = my_client.map(read, names * 10)
        assert my_client.gather(futures) == names * 10
        watcher.stop()
        assert my_client._uploads.loads == 100
        constants = {one.object.task.inputs[0].object_id for one in futures}
        assert len(constants) == 100


def test_its_tasks_are_seen_like_all_others(client):
    with client.new_session(on_error="continue") as session:
        my_client = clients.Client(session=session)
        said = tasks.SubprocessTask("echo to people; echo in trouble >&2; exit 3")
        watcher = Watcher(session)
        assert my_client.submit(said).exception().returncode == 3
        graph = session.make_graph()
        assert "echo" in graph.make_dot("g")
        watcher.wait_for(lambda me: "to people" in str(me.entries))
        watcher.wait_for(lambda me: "in trouble" in str(me.entries))
        watcher.stop()
