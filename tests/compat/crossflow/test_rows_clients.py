"""Crossflow's behaviour, row by row: C25–C29, clients; in this process and on engines."""
# mirrors: what Crossflow documents of clients, over clients, futures and uploads

from pathlib import Path

import pytest

import flowlab
from flowlab.compat.crossflow import clients
from flowlab.compat.crossflow.tasks import STDOUT
from tests.compat.crossflow.declare import command, function


def test_c25_a_client_starts_what_it_needs_and_takes_a_cluster():
    client = clients.Client(n_workers=1)
    assert "not started" in repr(client._engines)
    client.close()
    with pytest.raises(flowlab.ClusterError, match="dask"):
        clients.Client("tcp://127.0.0.1:8786")


def test_c26_a_future_for_each_output(client):
    single = client.submit(command("cat a > c", ["a"], ["c"]), "file1.txt")
    assert isinstance(single, clients.Future)
    several = client.submit(command("cat a > c", ["a"], ["c", STDOUT]), "file1.txt")
    assert [type(each) for each in several] == [clients.Future] * 2
    glob = client.submit(command("cat f*", ["f*"]), ["file?.txt", "file1.txt"])
    assert glob.result() == "one\ntwo\none\n"


def test_c26_arguments_of_plain_functions_are_left_alone(client):
    assert client.submit(len, "file1.txt").result() == len("file1.txt")
    assert client.submit(sum, list(range(20_000))).result() == sum(range(20_000))  # goes apart


def test_c26_a_file_is_as_it_was_when_its_task_was_submitted(client):
    futures = []
    for number in range(3):
        Path("same.txt").write_text(str(number))
        futures.append(client.submit(command("cat a", ["a"]), "same.txt"))
    Path("same.txt").unlink()
    assert client.gather(futures) == ["0", "1", "2"]


def test_c27_map_zips_lists_and_repeats_the_rest(client):
    task = command("cat a; echo {n}", ["a", "n"])
    assert client.gather(client.map(task, ["file1.txt", "file2.txt"], 5)) == [
        "one\n5\n",
        "two\n5\n",
    ]
    assert client.gather(client.map(task, "file1.txt", [1, 2])) == ["one\n1\n", "one\n2\n"]
    both = command("cat a; cat a > b", ["a"], ["b", STDOUT])
    files, texts = client.map(both, ["file1.txt", "file2.txt"])
    assert client.gather(texts) == ["one\n", "two\n"]
    assert [each.read_text() for each in client.gather(files)] == ["one\n", "two\n"]
    assert client.map(task, [], 5) == []
    for lengths in ([1, 2], [2, 1]):
        with pytest.raises(ValueError, match="same length"):
            client.map(task, *[["file1.txt"] * length for length in lengths])


def test_c28_futures_are_edges_of_the_graph(client):
    first = client.submit(command("seq 4 > n; split -l 2 n part.", (), ["part.*", "n"]))
    parts, numbers = first
    again = client.submit(command("cat p* n | wc -l", ["p?", "n"]), parts, numbers)
    assert again.object.task.inputs[0] is parts.object
    assert again.result().split() == ["8"]
    total = client.submit(
        function(lambda text, extra: int(text) + extra, ["text", "extra"]), again, 1
    )
    assert client.gather([total, [again]]) == [9, [again.result()]]
    listed = client.submit(command("cat f*", ["f*"]), [numbers, "file1.txt", parts])
    assert listed.result() == "1\n2\n3\n4\none\n1\n2\n3\n4\n"


def test_c29_an_upload_is_a_handle_or_the_object_itself(client):
    future, table = client.upload("file1.txt"), client.upload({"a": 1})
    assert future.result().read_text() == "one\n"
    assert client.submit(command("cat a", ["a"]), future).result() == "one\n"
    assert client.submit(dict.get, table, "a").result() == 1
