"""The code of Crossflow's and PyMW's documents, on engines told that they are on two hosts."""
# mirrors: flowlab/compat with real engines; its rows are tested in tests/compat

import os
from pathlib import Path

import fsspec
import pytest

from flowlab.model.limits import MIB
from tests.stories.islands import HOME

pytestmark = pytest.mark.engines


@pytest.fixture(params=["directory", "bucket"])
def place(request, tmp_path):
    """A stage point: a shared directory, and a bucket of a real S3 server."""
    if request.param == "bucket":
        yield request.getfixturevalue("s3")
    else:
        shared = tmp_path / "usr shared tmp"
        shared.mkdir()
        yield str(shared)


def lying(place):
    """Files at a stage point now, without leases."""
    files, path = fsspec.core.url_to_fs(place, skip_instance_cache=True, use_listings_cache=False)
    return [one for one in files.find(path) if "/flowlab-" in one and not one.endswith(".lease")]


def test_crossflow_s_document(islands_of, place, tmp_path, monkeypatch):
    islands = islands_of(on_error="continue")
    monkeypatch.chdir(tmp_path)
    for name in ("file1.txt", "file2.txt"):
        Path(name).write_bytes(os.urandom(MIB // 2).hex().encode())
    whole = Path("file1.txt").read_text() + Path("file2.txt").read_text()
    islands.free("b")

    # As it is written there, but for the imports, the connection, and the task that it forgot
    from flowlab.compat import crossflow
    from flowlab.compat.crossflow import clients, tasks

    crossflow.set_stage_point(place)
    try:
        my_task = tasks.SubprocessTask("cat a b > c")
        my_task.set_inputs(["a", "b"])
        my_task.set_outputs(["c"])
        my_client = clients.Client(session=islands.session)
        joined = my_client.submit(my_task, "file1.txt", "file2.txt")

        assert joined.result().read_text() == whole
        islands.occupy()
        twice = tasks.SubprocessTask("cat c c > d")
        twice.set_inputs(["c"])
        twice.set_outputs(["d"])
        islands.free("c")
        doubled = my_client.submit(twice, joined)
        assert doubled.result().read_text() == whole * 2
    finally:
        crossflow.set_stage_point(None)
    told = islands.between()
    assert (told["bytes"], told["staged"]) == (0, 4), "two files here, one of b, one of c"
    assert len(lying(place)) >= 2
    my_client.close()
    del joined, doubled
    islands.session.close()
    islands.close()
    assert lying(place) == []


def test_pymw_s_document(islands_of, tmp_path, monkeypatch):
    islands = islands_of(on_error="continue")
    monkeypatch.chdir(tmp_path)
    for name in ("one.dat", "two.dat"):
        Path(name).write_bytes(os.urandom(MIB))
    for host in ("b", "c"):
        islands.free(host)
    from flowlab.compat.pymw import PyMW_Master

    def sizes(name):
        import os
        from pathlib import Path

        Path("temporary").write_text("gone at the task's end")
        return os.environ.get("FLOWLAB_HOST", ""), sorted(os.listdir(".")), os.stat(name).st_size

    master = PyMW_Master(client=islands.client)
    files = ["one.dat", "two.dat"]
    submitted = [
        master.submit_task(sizes, input_data=(name,), data_files=files) for name in files * 10
    ]
    found = [master.get_result(task)[1] for task in submitted]
    assert {host for host, _, _ in found} <= {"b", "c"}
    assert all(listed == ["one.dat", "temporary", "two.dat"] for _, listed, _ in found)
    assert all(size == MIB for _, _, size in found)
    assert islands.between()["copies"] <= 2, "the group of files is packed once, sent once a host"
    assert HOME not in {host for host, _, _ in found}
