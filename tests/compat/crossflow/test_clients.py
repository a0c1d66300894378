"""Submit, map, upload and gather, on a client that runs its tasks in this process."""

import filecmp
import gc
import os
import tracemalloc
from pathlib import Path

import pytest

import flowlab
from flowlab.compat import crossflow
from flowlab.compat.crossflow.clients import Client
from flowlab.compat.crossflow.filehandling import FileHandle
from flowlab.compat.crossflow.tasks import STDOUT, FunctionTask, SubprocessTask
from flowlab.errors import SessionError, UsageError, WrongKind
from flowlab.model.limits import MIB
from flowlab.model.specs import DataType
from flowlab.staging.owned import settled
from tests.compat.crossflow.declare import command


def joined():
    task = SubprocessTask("cat a b > c")
    task.set_inputs(["a", "b"])
    task.set_outputs(["c"])
    return task


def test_submit_gives_a_future_for_each_output(here):
    task = SubprocessTask("split -l 1 x; cat x")
    task.set_inputs(["x"])
    task.set_outputs(["xa?", STDOUT])
    parts, said = here.submit(task, "file1.txt")
    assert parts.object.data_type is DataType.DIR
    assert ([one.read_text() for one in parts.result()], said.result()) == (["one\n"], "one\n")
    single = here.submit(joined(), "file1.txt", "file2.txt")
    assert single.result().read_text() == "one\ntwo\n"


def test_a_task_without_outputs_gives_a_future_to_wait_for(here):
    assert here.submit(SubprocessTask("true")).result() == ()
    assert here.submit(FunctionTask(dict)).result() == {}


def test_map_runs_a_task_for_each_item(here):
    found = here.map(joined(), ["file1.txt", "file2.txt"], "file1.txt")
    assert [each.result().read_text() for each in found] == ["one\none\n", "two\none\n"]
    task = FunctionTask(divmod)
    task.set_inputs(["x", "y"])
    with pytest.raises(TypeError, match="divmod"):  # it takes no keywords
        here.map(task, [7], 3)[0].result()


def test_map_gives_a_list_for_each_output(here):
    task = FunctionTask(lambda x, y: (x + y, x * y))
    task.set_inputs(["x", "y"])
    task.set_outputs(["sum", "product"])
    sums, products = here.map(task, [5, 6, 7], [7, 8, 9])
    assert here.gather([sums, products]) == [[12, 14, 16], [35, 48, 63]]
    assert here.map(task, [], 5) == ([], [])
    assert here.map(joined(), [], []) == []


def test_map_refuses_what_it_cannot_zip(here):
    with pytest.raises(ValueError, match="not all iterables are same length"):
        here.map(joined(), ["file1.txt"], ["file1.txt", "file2.txt"])
    with pytest.raises(TypeError, match="needs a list"):
        here.map(joined(), "file1.txt", "file2.txt")


def test_a_failed_declaration_leaves_nothing_behind(here):
    with pytest.raises(OSError, match="absent"):
        here.map(joined(), ["file1.txt", "absent"], "file2.txt")
    assert here.session.task_count == 0


def test_what_else_was_declared_in_the_session_is_not_submitted(here):
    with here.session.bind_only():
        other = flowlab.remote(lambda ctx: b"x")()
    assert here.submit(len, "ab").result() == 2
    assert not other.submitted
    here.session.discard(other)


def test_objects_and_tasks_of_flowlab_are_arguments_too(here):
    with here.session.bind_only():
        made = flowlab.remote(lambda ctx: b"three\n")()
        constant = flowlab.blob("four\n", "four.txt")
    future = here.submit(joined(), made, constant)
    assert future.result().read_text() == "three\nfour\n"
    with here.session.bind_only():
        read = flowlab.remote(lambda ctx, one: one.get_bytes().upper())(future.object)
    read.keep_outputs()
    here.session.submit([read])
    assert read.output.fetch().get_bytes() == b"THREE\nFOUR\n"


def test_the_seeds_call_without_a_task_says_what_is_missing(here):
    with pytest.raises(TypeError, match="the first argument is a task or a function"):
        here.submit("file1.txt", "file2.txt")


def test_keywords_are_a_plain_functions(here):
    assert here.submit(sorted, [1, 3, 2], reverse=True, pure=False).result() == [3, 2, 1]
    assert here.gather(here.map(sorted, [[1, 3], [5, 7]], reverse=True)) == [[3, 1], [7, 5]]
    with pytest.raises(WrongKind, match="takes no keyword 'workers'"):
        here.submit(joined(), "file1.txt", "file2.txt", workers=["w1"])


def test_resources_are_cpus(here):
    assert here.submit(len, "a", resources={"cpus": 1}).object.task.resources.cpus == 1
    with pytest.raises(UsageError, match="4"):
        here.submit(len, "a", resources={"CPU": 4})  # more than there are
    with pytest.raises(ValueError, match="'GPU'"):
        here.submit(len, "a", resources={"GPU": 1})


def test_an_upload_is_sent_once(here):
    future = here.upload("file1.txt")
    assert future.result().read_text() == "one\n"
    assert here.upload("file1.txt").object is future.object
    assert here.submit(joined(), future, future).result().read_text() == "one\none\n"
    assert here.upload([1, 2]).result() == [1, 2]
    assert here.upload("absent").result() == "absent"
    assert here.upload(FileHandle.load("file2.txt")).result().read_text() == "two\n"
    assert here.upload(future) is future
    with pytest.raises(TypeError, match="nothing was written"):
        here.upload(FileHandle.new("x"))


def test_gather_raises_or_skips(here):
    futures = here.map(int, ["1", "x", "3"])
    with pytest.raises(ValueError, match="invalid literal"):
        here.gather(futures)
    assert here.gather(futures, errors="skip") == [1, 3]
    with pytest.raises(ValueError, match="'raise' or 'skip'"):
        here.gather(futures, errors="ignore")


def test_a_closed_client_says_so():
    client = Client(inline=True)
    with client:
        assert client.submit(len, "abc").result() == 3
    client.close()
    with pytest.raises(SessionError, match="the client is closed"):
        client.submit(len, "abc")
    assert "crossflow" in repr(client)


def test_a_client_leaves_others_engines_alone(here):
    with Client(session=here.session) as borrowed:
        assert borrowed.submit(len, "abc").result() == 3
        future = borrowed.submit(len, "abc")
        borrowed.cancel([future])
    assert here.submit(len, "abcd").result() == 4


def test_what_a_task_reads_stays_staged_when_a_client_of_others_engines_is_gone(here, place):
    first = here.submit(command(f"until [ -e {place}/go ]; do sleep 0.01; done"))
    (place / "stage").mkdir()
    crossflow.set_stage_point(place / "stage")
    handle = FileHandle.load("file1.txt")
    staged = Path(handle.staged.url)
    with Client(session=here.session) as borrowed:
        future = borrowed.submit(command("cat a", ["a"]), handle)
    del handle, borrowed
    gc.collect()
    settled()
    assert staged.exists()
    (place / "go").touch()
    assert (first.result(), future.result()) == ("", "one\n")
    del future
    gc.collect()
    settled()
    assert not staged.exists()


def test_what_was_staged_for_a_client_goes_with_its_own_engines(place):
    (place / "stage").mkdir()
    crossflow.set_stage_point(place / "stage")
    handle = FileHandle.load("file1.txt")
    staged = Path(handle.staged.url)
    with Client(inline=True) as client:
        future = client.upload(handle)
        del handle
        assert future.result().read_text() == "one\n"
        settled()
        assert staged.exists()
    settled()
    assert not staged.exists()


def test_the_names_are_found_at_the_top():
    for name in crossflow.__all__:
        assert getattr(crossflow, name)
    assert set(crossflow.__all__) <= set(dir(crossflow))
    assert crossflow.clients.Client is crossflow.Client
    with pytest.raises(AttributeError, match="no attribute 'kernels'"):
        crossflow.kernels  # noqa: B018 - to look is enough


def test_a_large_file_passes_without_being_in_memory(here, place):
    size = 64 * MIB
    with open("large", "wb") as file:
        file.writelines(os.urandom(MIB) for _ in range(size // MIB))
    task = SubprocessTask("cp a c; cp a part1")
    task.set_inputs(["a"])
    task.set_outputs(["c", "part*"])
    tracemalloc.start()
    try:
        one, many = here.submit(task, "large")
        one.result().save("copy")
        many.result()[0].save("copy of one of many")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert filecmp.cmp("large", "copy", shallow=False)
    assert filecmp.cmp("large", "copy of one of many", shallow=False)
    assert peak < size // 3
