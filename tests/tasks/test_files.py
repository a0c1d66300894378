"""Load, LoadDir and Store: files of the engine's file system."""

import os

import pytest

from flowlab.errors import TaskError, UsageError, WrongKind
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.tasks.files import Load, LoadDir, Store
from flowlab.tasks.objects import blob, directory


@pytest.fixture
def tree(tmp_path):
    """A directory with a file below it, and an empty one."""
    made = tmp_path / "tree"
    (made / "deep").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "deep" / "file").write_text("content")
    return made


def test_a_file_is_copied_in(engine, tree):
    task = Load(tree / "deep" / "file", Output("text", content_type="text"), name="in")
    assert engine.value(task) == "content"
    (tree / "deep" / "file").write_text("changed")
    assert engine.made[task.output.object_id].get_bytes() == b"content"
    assert (task.name, task.output.label) == ("in", "text")


def test_a_directory_is_copied_in(engine, tree):
    task = LoadDir(str(tree))
    assert task.output.data_type is DataType.DIR
    (instance,) = engine.run(task)
    instance.write(engine.place / "copy")
    assert (engine.place / "copy" / "deep" / "file").read_text() == "content"
    assert (engine.place / "copy" / "empty").is_dir()


@pytest.mark.parametrize(
    ("kind", "path", "message"),
    [
        (Load, "deep/file", r"Path 'deep/file' is not absolute"),
        (LoadDir, "deep", r"Path 'deep' is not absolute"),
        (Load, "/no/such/file", r"Path '/no/such/file' not found"),
        (LoadDir, "/no/such/dir", r"Path '/no/such/dir' not found"),
    ],
)
def test_a_path_must_be_absolute_and_there(engine, kind, path, message):
    with pytest.raises((UsageError, TaskError), match=message):
        engine.run(kind(path))


def test_a_file_is_no_directory_and_a_directory_no_file(engine, tree):
    with pytest.raises(TaskError, match="is no file; LoadDir takes directories"):
        engine.run(Load(tree))
    with pytest.raises(TaskError, match="is no directory; Load takes files"):
        engine.run(LoadDir(tree / "deep" / "file"))


def test_a_file_that_cannot_be_read_is_said(engine):
    with pytest.raises(TaskError, match="'/proc/self/mem' cannot be read: Input/output"):
        engine.run(Load("/proc/self/mem"))


def test_outputs_of_the_other_kind_are_refused(session):
    with pytest.raises(WrongKind, match=r"makes a dir, not a blob: give OutputDir\(…\)"):
        LoadDir("/x", Output("x"))
    with pytest.raises(WrongKind, match=r"makes a blob, not a dir: give Output\(…\)"):
        Load("/x", OutputDir("x"))
    with pytest.raises(WrongKind, match="label or an Output, not 5"):
        Load("/x", 5)
    with pytest.raises(WrongKind, match="a path is a string, not 5"):
        Load(5)
    assert session.added == []
    assert LoadDir("/x", "mine").output.label == "mine"
    assert Load("/x", Output(content_type="json")).output.label == "output"


def test_a_blob_is_stored_over_what_is_there(engine, tree):
    target = tree / "deep" / "file"
    task = Store(blob("new"), target)
    assert len(task.outputs) == 0
    assert engine.run(task) == []
    assert target.read_text() == "new"
    target.write_text("mine now")  # a copy that may be changed
    assert os.access(target, os.W_OK)


def test_a_directory_is_stored_where_nothing_is(engine, tree, tmp_path):
    (tmp_path / "place" / "out").mkdir(parents=True)
    task = Store(directory(tree), tmp_path / "place" / "out")
    for _ in range(2):  # as after the death of an engine that had not reported it
        engine.run(task)
        assert (tmp_path / "place" / "out" / "deep" / "file").read_text() == "content"
        assert os.listdir(tmp_path / "place") == ["out"]


def test_a_directory_is_not_mixed_with_another(engine, tree, tmp_path):
    (tmp_path / "place" / "out").mkdir(parents=True)
    (tmp_path / "place" / "out" / "mine").write_text("mine")
    with pytest.raises(TaskError, match=r"cannot store into .*out': it exists and is not empty"):
        engine.run(Store(directory(tree), tmp_path / "place" / "out"))
    assert os.listdir(tmp_path / "place" / "out") == ["mine"]
    assert os.listdir(tmp_path / "place") == ["out"]
    with pytest.raises(TaskError, match=r"cannot store into .*out/mine': .*Not a directory"):
        engine.run(Store(directory(tree), tmp_path / "place" / "out" / "mine"))


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("relative", "Path 'relative' is not absolute"),
        ("/no/such/dir/file", "cannot store into '/no/such/dir/file': No such file or directory$"),
    ],
)
def test_what_cannot_be_stored_is_said(engine, path, message):
    with pytest.raises((UsageError, TaskError), match=message):
        engine.run(Store(blob(""), path))
