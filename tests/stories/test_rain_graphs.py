"""The examples of Rain's user guide, 1 to 8: graphs, objects, built-in tasks.

Each is the guide's own text but for the line `client = Client(…)`. Typing errors in it are mended,
and what it fetches from the network is made by local programs.
"""

import time

import pytest

from flowlab import Output, blob, pickled, tasks
from flowlab.errors import TaskError, UsageError

pytestmark = pytest.mark.engines


def test_1_hello_world(sized):
    with sized.new_session() as session:  # Creates a session
        a = blob("Hello ")  # Create a definition of data object in the current session
        b = blob("world!")
        t = tasks.Concat([a, b])  # Create a task definition in the current session
        assert t.state is None
        session.submit()  # Send the created graph
        session.wait_all()  # Wait until all submitted tasks are completed
        t.update()
        assert t.state == "finished"


def test_2_hello_world_in_a_default_session(sized):
    session = sized.new_session(name="My session", default=True)
    try:
        a = blob("Hello ")
        b = blob("world!")
        t = tasks.Concat([a, b])
        session.submit()
        session.wait_all()
        t.update()
        assert t.state == "finished"
        assert (session.name, t.owner) == ("My session", session)
    finally:
        session.close()
    with pytest.raises(UsageError, match="No active session"):
        blob("Hello ")


def test_3_a_result_is_fetched(sized):
    with sized.new_session() as session:
        a = blob("Hello ")
        b = blob("world!")
        t = tasks.Concat((a, b))
        t.output.keep()
        session.submit()
        result = t.output.fetch()
        assert result.get_bytes() == b"Hello world!"


@pytest.mark.parametrize("shortened", [False, True])
def test_4_a_task_reads_the_output_of_another(sized, shortened):
    with sized.new_session() as session:
        a = blob("Hello ")
        b = blob("world!")
        t1 = tasks.Sleep(b, 0.5)
        t2 = tasks.Concat((a, t1 if shortened else t1.output))
        t2.output.keep()
        began = time.monotonic()
        session.submit()
        result = t2.output.fetch()
        assert result.get_bytes() == b"Hello world!"
        assert time.monotonic() - began >= 0.5


def test_5_more_outputs(rain):
    data = blob("data")
    # an equivalent of 'cat data | tee output1 > output2'
    t = tasks.Execute(["tee", Output("output1")], stdout="output2", stdin=data)
    assert set(t.outputs.labels()) == {"output1", "output2"}
    t.keep_outputs()
    with pytest.raises(UsageError, match=r"has no unique output \(outputs=2\)"):
        _ = t.output
    rain.submit()
    assert [each.get_bytes() for each in t.fetch_outputs()] == [b"data", b"data"]
    assert t.outputs["output1"].fetch().get_bytes() == b"data"
    assert t.outputs["output2"].fetch().get_bytes() == b"data"
    t.unkeep_outputs()
    with pytest.raises(UsageError, match="without keep flag"):
        t.fetch_outputs()


def test_6_constants(rain):
    made = [
        blob(b"Raw data"),
        blob(b"Raw data", label="input data"),
        blob("String data"),
        blob("[1, 2, 3, 4]", content_type="json"),
        blob([1, 2, 3, 4], encode="json"),
        blob([1, 2, 3, 4], encode="pickle"),
        pickled([1, 2, 3, 4]),
    ]
    rain.keep_all()
    rain.submit()
    fetched = [each.fetch() for each in made]
    types = [None, None, "text", "json", "json", "pickle", "pickle"]
    assert [each.content_type for each in fetched] == types
    assert [each.label for each in made] == ["const", "input data", *["const"] * 4, "pickle"]
    assert fetched[0].get_bytes() == fetched[1].get_bytes() == b"Raw data"
    assert [each.load() for each in fetched[2:]] == ["String data", *[[1, 2, 3, 4]] * 4]


def test_7_names(rain):
    objects1 = [blob("a"), blob("b")]
    t1 = tasks.Concat(objects1, name="my-plain-name")
    t2 = tasks.Execute(["true", "xyz"], name="main_tasks/training/train1")
    t3 = tasks.Execute(["true", "abc"], name="main_tasks/training/train1")
    rain.submit()
    rain.wait_all()
    assert [each.name for each in (t1, t2, t3)] == [
        "my-plain-name", "main_tasks/training/train1", "main_tasks/training/train1",
    ]  # fmt: skip
    assert t2.id != t3.id


def test_8_built_in_tasks(rain, tmp_path):
    source, target = tmp_path / "data", tmp_path / "result"
    source.write_text("external data, ")
    # Create tasks opening an external file
    data1 = tasks.Load(str(source))
    # Create a constant object
    data2 = blob("constant data")
    # Merge two objects
    merge = tasks.Concat((data1, data2))
    # Sleep for 1s
    result = tasks.Sleep(merge, 0.2)
    # Write result into file
    tasks.Store(result, str(target))
    rain.submit()
    rain.wait_all()
    assert target.read_text() == "external data, constant data"


def test_files_that_cannot_be_loaded_fail_the_session(sized):
    for path, message in [
        ("not/absolute", "Path 'not/absolute' is not absolute"),
        ("/not/there", "Path '/not/there' not found"),
    ]:
        with sized.new_session() as session:
            tasks.Load(path)
            session.submit()
            with pytest.raises(TaskError, match=message):
                session.wait_all()
            with pytest.raises(TaskError, match=message):
                session.wait_all()


def test_a_directory_cannot_be_joined(sized, tmp_path):
    with sized.new_session() as session:
        tasks.Concat([blob("a"), tasks.LoadDir(tmp_path)])
        session.submit()
        with pytest.raises(TaskError, match="Input 1 object is not blob"):
            session.wait_all()
