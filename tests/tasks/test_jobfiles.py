"""Files of a job's directory: which words name them, and what of them comes back."""

import os
from pathlib import Path

import pytest

from flowlab.errors import UsageError
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.instance import DataInstance
from flowlab.tasks.jobfiles import JobFile, JobFiles, JobPath, as_job_path, named_path, walk


class Context:
    def __init__(self, place):
        self.sandbox = place

    def stage_file(self, path):
        staged = self.sandbox.parent / "staged"
        (self.sandbox / path).rename(staged)
        return DataInstance(DataType.BLOB, "", staged)


@pytest.fixture
def place(tmp_path):
    made = tmp_path / "work"
    made.mkdir()
    return made


def blob(text):
    return DataInstance(DataType.BLOB, None, text.encode())


def changed(files, place):
    """What came back: names and texts."""
    out = place.parent / "back"
    files.take_changed(Context(place)).write(out)
    return {str(one.relative_to(out)): one.read_text() for one in out.rglob("*") if one.is_file()}


def test_a_path_below_the_directory_names_a_file(tmp_path):
    (tmp_path / "here").write_text("")
    roots = [str(tmp_path)]
    for word in (f"{tmp_path}/new", f"{tmp_path}/./sub/../new"):
        assert as_job_path(word, roots) == JobPath("new")
    assert as_job_path(tmp_path / "new", roots) == JobPath("new", typed=True)
    assert as_job_path(tmp_path, roots) == JobPath(".", typed=True)
    assert as_job_path(f"../{tmp_path.name}/here", roots) == JobPath("here")


def test_a_name_without_a_path_is_meant_when_it_is_there_and_stays(tmp_path):
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "here").write_text("")
    for word in ("sub/here", "./sub/here", "sub", Path("sub/here")):
        assert named_path(word, [str(tmp_path)]) == str(Path(word))
        assert as_job_path(word, [str(tmp_path)]) is word


def test_another_path_may_lead_to_the_directory(tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "link").symlink_to("job")
    roots = [f"{tmp_path}/link", f"{tmp_path}/job"]
    for root in roots:
        assert as_job_path(f"{root}/new", roots) == JobPath("new")


@pytest.mark.parametrize(
    "word", ["new", "", "a\0b", "two\nlines", "/etc/passwd", "../x", 3, b"here"]
)
def test_any_other_value_is_itself(tmp_path, word):
    (tmp_path / "here").write_text("")
    assert named_path(word, [str(tmp_path)]) is None
    assert as_job_path(word, [str(tmp_path)]) is word


def test_a_neighbour_of_the_directory_is_none_of_its_files(tmp_path):
    (tmp_path / "job").mkdir()
    (tmp_path / "job2").write_text("")
    assert named_path(f"{tmp_path}/job2", [f"{tmp_path}/job"]) is None


def test_values_are_changed_however_deep():
    assert walk([1, (2, {"a": [3]}), {4}], lambda value: {"was": value}) == [
        {"was": 1}, ({"was": 2}, {"a": [{"was": 3}]}), {"was": {4}},
    ]  # fmt: skip


def test_files_stand_where_they_stood_and_words_say_where(place):
    files = JobFiles(place, [JobFile("sub/a", given=True), JobFile("out/b", given=False)])
    files.write([blob("one")])
    assert (place / "sub/a").read_text() == "one"
    assert (place / "out").is_dir()
    assert files.located(JobPath("sub/a")) == f"{place}/sub/a"
    assert files.located(JobPath("sub/a", typed=True)) == place / "sub/a"
    assert files.located("sub/a") == "sub/a"


def test_a_program_can_be_run_there_and_one_that_became_one_comes_back(place):
    files = JobFiles(place, [JobFile("a", given=True, runs=True), JobFile("b", given=True)])
    files.write([blob("1"), blob("2")])
    assert os.access(place / "a", os.X_OK)
    assert not os.access(place / "b", os.X_OK)
    (place / "b").chmod(0o755)
    assert changed(files, place) == {"b": "2"}
    assert os.access(place.parent / "back" / "b", os.X_OK)


def test_what_was_changed_and_made_comes_back(place):
    wanted = [
        JobFile("same", given=True),
        JobFile("other", given=True),
        JobFile("new", given=False),
    ]
    files = JobFiles(place, [*wanted, JobFile("never", given=False)])
    files.write([blob("1"), blob("2")])
    (place / "other").write_text("3")
    (place / "new").mkdir()
    (place / "new" / "deep").write_text("4")
    (place / "unnamed").write_text("5")
    assert changed(files, place) == {"other": "3", "new/deep": "4"}


def test_a_directory_can_be_given_and_added_to(place, tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_text("1")
    data = DataInstance(DataType.DIR, "dir", pack_directory(tmp_path / "tree"))
    files = JobFiles(place, [JobFile("tree", given=True)])
    files.write([data])
    (place / "tree" / "b").write_text("2")
    assert changed(files, place) == {"tree/b": "2"}


def test_the_directory_itself_can_be_named(place, tmp_path):
    (tmp_path / "tree").mkdir()
    (tmp_path / "tree" / "a").write_text("1")
    data = DataInstance(DataType.DIR, "dir", pack_directory(tmp_path / "tree"))
    (place / ".flowlab-node").mkdir()
    files = JobFiles(place, [JobFile(".", given=True)])
    files.write([data])
    assert sorted(os.listdir(place)) == [".flowlab-node", "a"]
    (place / "b").write_text("2")
    (place / ".flowlab-node" / "x").write_text("ours")
    assert changed(files, place) == {"b": "2"}


def test_a_bundle_in_the_way_is_said(place):
    (place / "a").write_text("of a bundle")
    with pytest.raises(UsageError, match="'a' of the job's directory is also a file"):
        JobFiles(place, [JobFile("a", given=True)]).write([blob("1")])
