"""The examples of Rain's user guide, 38 to 40: directories, and data as files."""

import io
import re
import tarfile

import pytest

from flowlab import Input, InputDir, OutputDir, blob, directory, remote, tasks
from flowlab.errors import TaskError
from flowlab.model.specs import DataType

pytestmark = pytest.mark.engines


@pytest.fixture
def tree(tmp_path):
    """A local directory: `file`, `deep/leaf`, and an empty one."""
    made = tmp_path / "tree"
    (made / "deep").mkdir(parents=True)
    (made / "empty").mkdir()
    (made / "file").write_text("file")
    (made / "deep" / "leaf").write_text("leaf")
    return made


def fetch(task):
    return task.output.fetch().get_bytes()


def read(folder):
    """path -> text of the files below, and None for directories."""
    return {
        each.relative_to(folder).as_posix(): each.read_text() if each.is_file() else None
        for each in folder.rglob("*")
    }


def failure(client, declare):
    """What is said when the task that `declare` makes has failed."""
    with client.new_session() as session:
        declare()
        session.submit()
        with pytest.raises(TaskError) as caught:
            session.wait_all()
    return str(caught.value)


def test_38_directories(rain, tree, tmp_path):
    # Creates a directory object from the local file system
    d = directory(str(tree))
    # Create blob data objects
    data1 = blob(b"12345")
    data2 = blob(b"67890")
    # Task that creates a directory from data objects
    d2 = tasks.MakeDirectory(
        [
            ("myfile.txt", data1),  # Map 'data1' as file 'myfile.txt' into directory
            ("adir", d),  # Map directory 'd' as subdir named 'adir'
            ("a/deep/path/x", data2),  # Map 'data2' as a file 'x'
        ]
    )
    # Task taking a file from a directory data object
    d3 = tasks.SliceDirectory(d2, "a/deep/path/x")
    # Task taking a directory from a directory data object, indicated by '/' at the end
    d4 = tasks.SliceDirectory(d2, "a/deep/")
    # Taking directory as output of Execute; `git clone` is replaced by a copy
    clone = tasks.Execute(
        ["cp", "-r", InputDir("from", dataobj=d2), "rain"], output_paths=[OutputDir("rain")]
    )
    for task in (d2, d3, d4, clone):
        task.output.keep()
    rain.submit()
    assert fetch(d3) == b"67890"
    expected = {
        "myfile.txt": "12345", "adir": None, "adir/file": "file", "adir/deep": None,
        "adir/deep/leaf": "leaf", "adir/empty": None, "a": None, "a/deep": None,
        "a/deep/path": None, "a/deep/path/x": "67890",
    }  # fmt: skip
    for number, (task, seen) in enumerate(
        [(d2, expected), (d4, {"path": None, "path/x": "67890"}), (clone, expected)]
    ):
        task.output.fetch().write(tmp_path / str(number))
        assert read(tmp_path / str(number)) == seen
    assert [each.output.data_type for each in (d2, d3, d4, clone)] == ["dir", "blob", "dir", "dir"]


def test_38_raw_bytes_of_a_directory_are_a_tar(rain, tree):
    task = tasks.LoadDir(str(tree))
    task.output.keep()
    rain.submit()
    with tarfile.open(fileobj=io.BytesIO(fetch(task))) as archive:
        assert sorted(archive.getnames()) == ["deep", "deep/leaf", "empty", "file"]
        assert archive.extractfile("deep/leaf").read() == b"leaf"


def test_directories_stand_wherever_blobs_can(rain, tree, tmp_path):
    @remote(inputs={"given": InputDir()}, outputs=[OutputDir("tree"), "names"])
    def grow(ctx, given):
        given.write("tree")
        with open("tree/new", "w") as file:
            file.write("new")
        import os

        return ctx.stage_directory("tree"), " ".join(sorted(os.listdir()))

    d = directory(tree)
    first = grow(tasks.Sleep(d, 0.05))
    listed = tasks.Execute(["ls", first.outputs["tree"]], stdout=True)
    again = grow(tasks.SliceDirectory(first.outputs["tree"], "./"))
    tasks.Store(again.outputs["tree"], tmp_path / "stored")
    first.keep_outputs()
    listed.output.keep()
    rain.submit()
    rain.wait_all()
    assert fetch(listed) == b"deep\nempty\nfile\nnew\n"
    assert first.outputs["names"].fetch().get_bytes() == b""
    assert first.outputs["tree"].fetch().data_type is DataType.DIR
    assert read(tmp_path / "stored")["new"] == "new"


def test_blobs_and_directories_are_not_mixed_up(sized, tree):
    with sized.new_session():
        with pytest.raises(TypeError, match=r"Directory expected\."):
            tasks.SliceDirectory(blob("x"), "x")
        with pytest.raises(Exception, match="expects data type blob"):
            tasks.Execute("true", input_paths=[Input("a", dataobj=directory(tree))])
    said = failure(sized, lambda: tasks.Execute("touch made", output_paths=[OutputDir("made")]))
    assert "Output 'made' (content_type='') expects type dir, but blob is provided" in said
    said = failure(sized, lambda: tasks.SliceDirectory(directory(tree), "no/such"))
    assert "Path 'no/such' not found in the directory" in said


# Root is found out; for anybody else the system refuses to write
REFUSED = r"the task changed its read-only input '{}'|Permission ?[Dd]enied|PermissionError"


def test_39_a_linked_input_may_not_be_changed_and_a_copy_may(sized):
    with sized.new_session() as session:
        obj = blob("first line\n")
        obj.keep()
        stored = tasks.Concat([obj])
        stored.output.keep()
        # THIS IS INVALID! You cannot modify linked objects
        tasks.Execute(
            "echo 'New line' >> myfile", shell=True, input_paths=[Input("myfile", dataobj=stored)]
        )
        session.submit()
        with pytest.raises(TaskError, match=REFUSED.format("myfile")):
            session.wait_all()
    with sized.new_session() as session:
        obj = tasks.Concat([blob("first line\n")])
        # This is ok. Writable copy of 'obj' is created.
        changed = tasks.Execute(
            "echo 'New line' >> myfile",
            shell=True,
            input_paths=[Input("myfile", dataobj=obj, write=True)],
            output_paths=["myfile"],
        )
        untouched = tasks.Concat([obj, changed])
        untouched.output.keep()
        session.submit()
        assert fetch(untouched) == b"first line\nfirst line\nNew line\n"


@pytest.mark.parametrize("size", [10, 200_000], ids=["small", "in the store"])
def test_39_the_stored_object_is_unharmed_when_a_task_changes_its_input(sized, size):
    """As root too, whom no mode stops."""
    with sized.new_session(on_error="continue") as session:
        obj = tasks.Concat([blob(b"x" * size)])
        obj.output.keep()
        session.submit()
        obj.wait()
        bad = tasks.Execute(
            "printf YYYY | dd of=myfile conv=notrunc",
            shell=True,
            input_paths=[Input("myfile", dataobj=obj)],
        )
        tree = tasks.Execute(
            "echo more >> d/x",
            shell=True,
            input_paths=[InputDir("d", dataobj=tasks.MakeDirectory({"x": obj}))],
        )
        after = tasks.Execute(["cat", obj], stdout=True)
        after.output.keep()
        session.submit()
        for task, name in [(bad, "myfile"), (tree, "d/x")]:
            with pytest.raises(TaskError, match=REFUSED.format(name)):
                task.wait()
        assert fetch(after) == fetch(obj) == b"x" * size


def test_40_a_function_maps_its_inputs_as_files(rain):
    @remote()
    def my_remote_function(ctx, input1):
        input1.write("myfile")  # Writes data that can be edited without change of the object
        with open("myfile", "a") as file:
            file.write(" edited")
        input1.link("myfile2")  # Creates a read-only file of the object
        with open("myfile") as one, open("myfile2") as two:
            return f"{one.read()}|{two.read()}|{input1.get_str()}"

    task = my_remote_function(tasks.Concat([blob("text")]))
    task.output.keep()
    rain.submit()
    assert fetch(task) == b"text edited|text|text"


def test_40_a_function_that_writes_to_a_linked_file_fails(sized):
    @remote()
    def bad(ctx, input1):
        input1.link("mapped")
        with open("mapped", "w") as file:
            file.write("changed")
        return b""

    said = failure(sized, lambda: bad(blob("text")))
    assert re.search(REFUSED.format("mapped"), said)


def test_40_in_the_client_data_are_written_as_well(rain, tree, tmp_path):
    made = [blob("text"), directory(tree)]
    rain.keep_all()
    rain.submit()
    for name, obj in zip(("blob", "dir"), made, strict=True):
        instance = obj.fetch()
        instance.write(tmp_path / f"{name}-written")
        instance.link(tmp_path / f"{name}-linked")
    assert (tmp_path / "blob-written").read_text() == (tmp_path / "blob-linked").read_text()
    assert not (tmp_path / "blob-linked").is_symlink()
    assert read(tmp_path / "dir-written") == read(tmp_path / "dir-linked") == read(tree)
