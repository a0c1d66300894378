"""Directories put together from objects, and taken apart."""

import pytest

from flowlab.errors import TaskError, UsageError, WrongKind
from flowlab.model.inputs import Output, OutputDir
from flowlab.model.specs import DataType
from flowlab.tasks.basic import Concat
from flowlab.tasks.directories import MakeDirectory, SliceDirectory
from flowlab.tasks.objects import blob, directory


@pytest.fixture
def tree(tmp_path):
    """A directory object: `file`, `deep/leaf`, and `link` to the latter."""
    made = tmp_path / "tree"
    (made / "deep").mkdir(parents=True)
    (made / "file").write_text("file")
    (made / "deep" / "leaf").write_text("leaf")
    (made / "link").symlink_to("deep/leaf")
    return directory(made)


def files(engine, task):
    """path -> text of all files of a task's only output."""
    (instance,) = engine.run(task)
    place = engine.place / f"seen{len(list(engine.place.iterdir()))}"
    instance.write(place)
    return {
        path.relative_to(place).as_posix(): path.read_text()
        for path in place.rglob("*")
        if path.is_file()
    }


def test_objects_are_put_at_their_paths(engine, tree):
    a, b = blob("12345"), Concat([blob("678"), blob("90")])
    pairs = [("a/deep/path/x", b), ("myfile.txt", a), ("adir", tree)]
    expected = {
        "myfile.txt": "12345",
        "a/deep/path/x": "67890",
        "adir/file": "file",
        "adir/deep/leaf": "leaf",
        "adir/link": "leaf",
    }
    assert files(engine, MakeDirectory(pairs)) == expected
    assert files(engine, MakeDirectory(dict(pairs), name="x")) == expected
    assert MakeDirectory(pairs).output.data_type is DataType.DIR


def test_nothing_makes_an_empty_directory(engine):
    assert files(engine, MakeDirectory([])) == {}


@pytest.mark.parametrize("top", ["", ".", "./"])
def test_a_directory_may_be_the_top_and_files_come_into_it(engine, tree, top):
    made = files(engine, MakeDirectory([("deep/more", blob("more")), (top, tree)]))
    assert made == {"file": "file", "deep/leaf": "leaf", "link": "leaf", "deep/more": "more"}


def test_a_path_that_is_taken_fails_the_task(engine, tree):
    with pytest.raises(TaskError, match="'deep/leaf' is taken"):
        engine.run(MakeDirectory([("deep/leaf", blob("")), (".", tree)]))
    with pytest.raises(TaskError, match=r"cannot put an object at the path 'deep'.*not empty"):
        engine.run(MakeDirectory([("deep", tree), (".", tree)]))
    with pytest.raises(TaskError, match=r"^cannot put an object at the path 'a/b': File exists$"):
        engine.run(MakeDirectory([("a/b", blob("")), ("a", blob(""))]))


@pytest.mark.parametrize(
    ("paths", "error", "message"),
    [
        ([("/abs", 1)], UsageError, "'/abs' must be a relative path"),
        ([("../out", 1)], UsageError, "'../out' must be a relative path"),
        ([("a", 1), ("./a", 1)], UsageError, "two objects are put at the path 'a'"),
        ([("", 1)], UsageError, "needs the path of a file"),
        ([1], WrongKind, r"pairs \(path, object\), not "),
        (["ab"], WrongKind, r"pairs \(path, object\), not 'ab'"),
        ([("a", 1, 2)], WrongKind, r"pairs \(path, object\), not "),
        ("ab", WrongKind, "or a mapping, not 'ab'"),
        (5, WrongKind, "or a mapping, not 5"),
    ],
)
def test_what_is_no_directory_is_refused(session, paths, error, message):
    thing = blob("")
    if isinstance(paths, list):
        paths = [
            tuple(thing if part == 1 else part for part in each)
            if isinstance(each, tuple)
            else each
            for each in paths
        ]
    with pytest.raises(error, match=message):
        MakeDirectory(paths)
    assert session.added == [thing]


def _with(thing, pair):
    return tuple(thing if part == 1 else part for part in pair)


def test_plain_values_in_a_directory_are_refused_with_the_remedy():
    with pytest.raises(UsageError, match=r"wrap it in blob\(…\)"):
        MakeDirectory([("a", "text")])


@pytest.mark.parametrize(
    ("path", "text"), [("file", "file"), ("deep/leaf", "leaf"), ("link", "leaf")]
)
def test_a_file_is_taken_out(engine, tree, path, text):
    task = SliceDirectory(tree, path)
    assert (task.output.label, task.output.data_type) == (path, DataType.BLOB)
    (instance,) = engine.run(task)
    assert instance.get_str() == text


def test_a_directory_is_taken_out_by_a_slash(engine, tree):
    task = SliceDirectory(tree, "deep/")
    assert (task.output.label, task.output.data_type) == ("deep/", DataType.DIR)
    assert files(engine, task) == {"leaf": "leaf"}
    assert set(files(engine, SliceDirectory(tree, "./"))) == {"file", "deep/leaf", "link"}


def test_the_output_may_be_described(engine, tree):
    task = SliceDirectory(tree, "file", Output("mine", content_type="text"))
    assert engine.value(task) == "file"
    assert task.output.label == "mine"
    assert SliceDirectory(tree, "deep/", OutputDir()).output.label == "deep/"


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("absent", "Path 'absent' not found in the directory; it has 'deep', 'deep/leaf', 'file'"),
        ("absent/", "Path 'absent' not found"),
        ("deep", "Path 'deep' is a dir in the directory; end its path with '/'"),
        ("file/", "Path 'file' is a blob in the directory; leave out the last '/'"),
    ],
)
def test_what_is_not_there_fails_the_task(engine, tree, path, message):
    with pytest.raises(TaskError, match=message):
        engine.run(SliceDirectory(tree, path))


def test_a_member_that_is_missed_among_many_is_said_with_some_of_them(engine):
    many = MakeDirectory([(f"f{number}", blob("")) for number in range(10, 23)])
    with pytest.raises(TaskError, match=r"it has 'f10', .* 'f19' and 3 more$"):
        engine.run(SliceDirectory(many, "x"))
    with pytest.raises(TaskError, match=r"it is empty$"):
        engine.run(SliceDirectory(MakeDirectory([]), "x"))


def test_what_cannot_be_sliced_is_refused(tree):
    with pytest.raises(TypeError, match=r"Directory expected\."):
        SliceDirectory(blob(""), "a")
    with pytest.raises(TypeError, match="makes a dir, not a blob"):
        SliceDirectory(tree, "deep/", Output("x"))
    with pytest.raises(TypeError, match="makes a blob, not a dir"):
        SliceDirectory(tree, "file", OutputDir("x"))
    with pytest.raises(UsageError, match="must be a relative path"):
        SliceDirectory(tree, "/file")
    with pytest.raises(UsageError, match="names no file"):
        SliceDirectory(tree, ".")
    with pytest.raises(TypeError, match="a path is a string"):
        SliceDirectory(tree, 3)
