"""A job's directory where jobs are declared: each file is one object, and comes back whole."""

import errno
import os
import stat
import time

import pytest

from flowlab.errors import StoreError, WrongPath
from flowlab.model.limits import INLINE_OBJECT
from flowlab.model.payload import Located
from flowlab.model.specs import DataType
from flowlab.staging.directory import pack_directory
from flowlab.staging.instance import DataInstance
from flowlab.tasks.jobfiles import JobFile, JobPath
from flowlab.tasks.jobfolder import JobFolder


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "job"
    (made / "tree").mkdir(parents=True)
    (made / "tree" / "leaf").write_text("leaf")
    (made / "small").write_text("small")
    return made


def test_arguments_are_read_however_deep(root):
    folder = JobFolder(root)
    given = {"in": [f"{root}/small", 3, "small"]}
    assert folder.read(given) == {"in": [JobPath("small"), 3, "small"]}


def test_a_link_to_the_directory_and_its_own_path_name_the_same_files(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    folder = JobFolder(tmp_path / "link")
    for each in (tmp_path / "link", root):
        assert folder.read(f"{each}/small") == JobPath("small")


def test_each_file_is_one_object_however_many_name_it(root, session):
    folder = JobFolder(root)
    first = folder.files([f"{root}/small", ["small", root / "new", "none"]])
    again = folder.files(["small"])
    assert [file for file, _ in first] == [JobFile("small", True), JobFile("new", False)]
    assert first[0][1] is again[0][1]
    assert first[1][1] is None


def test_what_lies_in_a_named_directory_travels_with_it(root):
    ((file, obj),) = JobFolder(root).files(["tree/leaf", "tree"])
    assert (file, obj.data_type) == (JobFile("tree", True), DataType.DIR)


def test_a_large_file_is_read_by_who_needs_it(root):
    (root / "large").write_bytes(b"x" * (INLINE_OBJECT + 1))
    ((_, obj),) = JobFolder(root).files(["large"])
    assert isinstance(obj.value, Located)


def test_a_large_directory_is_read_by_who_needs_it(root):
    ((_, small),) = JobFolder(root).files(["tree"])
    assert not isinstance(small.value, Located)
    (root / "tree" / "large").write_bytes(b"x" * (INLINE_OBJECT + 1))
    ((_, large),) = JobFolder(root).files(["tree"])
    assert isinstance(large.value, Located)


def test_a_program_is_told_to_be_one(root):
    (root / "small").chmod(0o755)
    ((file, _),) = JobFolder(root).files(["small"])
    assert file == JobFile("small", True, runs=True)


def test_what_came_back_stands_in_the_directory(root, tmp_path):
    back = tmp_path / "back"
    (back / "tree" / "new").mkdir(parents=True)
    (back / "tree" / "leaf").write_text("changed")
    (back / "tree" / "new" / "one").write_text("made")
    JobFolder(root).write(DataInstance(DataType.DIR, "dir", pack_directory(back)))
    found = {
        str(one.relative_to(root)): one.read_text() for one in root.rglob("*") if one.is_file()
    }
    assert found == {"small": "small", "tree/leaf": "changed", "tree/new/one": "made"}


def back(tmp_path, **texts):
    """What a job made: an archive, as of a bundle."""
    made = tmp_path / "back"
    made.mkdir()
    for name, text in texts.items():
        (made / name).write_text(text)
    return DataInstance(DataType.DIR, "dir", pack_directory(made))


def test_a_file_keeps_its_mode_and_gets_a_new_time(root, tmp_path):
    (root / "small").chmod(0o640)
    (root / "program").write_text("")
    (root / "program").chmod(0o755)
    (root / "usual").write_text("")
    began = time.time()
    JobFolder(root).write(back(tmp_path, small="1", program="2", new="3"))
    modes = {name: stat.S_IMODE((root / name).stat().st_mode) for name in os.listdir(root)}
    assert (modes["small"], modes["program"], modes["new"]) == (0o640, 0o755, modes["usual"])
    assert all((root / name).stat().st_mtime > began - 2 for name in ("small", "program", "new"))


def test_a_program_that_was_made_can_be_run(root, tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "new").write_text("")
    (tmp_path / "made" / "new").chmod(0o755)
    data = DataInstance(DataType.DIR, "dir", pack_directory(tmp_path / "made"))
    JobFolder(root).write(data)
    assert os.access(root / "new", os.X_OK)


@pytest.mark.parametrize("is_far", [False, True])
def test_a_link_still_leads_to_the_file(root, tmp_path, monkeypatch, is_far):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real").write_text("before")
    (tmp_path / "elsewhere" / "real").chmod(0o600)
    (root / "link").symlink_to(tmp_path / "elsewhere" / "real")
    if is_far:
        monkeypatch.setattr(os, "replace", refuse_far(os.replace))
    JobFolder(root).write(back(tmp_path, link="after"))
    assert (root / "link").is_symlink()
    assert os.listdir(tmp_path / "elsewhere") == ["real"]
    assert (tmp_path / "elsewhere" / "real").read_text() == "after"
    assert stat.S_IMODE((tmp_path / "elsewhere" / "real").stat().st_mode) == 0o600


def refuse_far(replace):
    """As between file systems: only within one directory."""

    def refusing(source, target):
        if os.path.dirname(source) != os.path.dirname(target):
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        replace(source, target)

    return refusing


def test_what_cannot_be_written_is_named(root, tmp_path):
    (root / "taken").mkdir()
    with pytest.raises(StoreError, match=r"/job/taken' cannot be written: Is a directory"):
        JobFolder(root).write(back(tmp_path, taken="1"))
    assert sorted(os.listdir(root)) == ["small", "taken", "tree"]


def test_there_must_be_a_directory(tmp_path):
    with pytest.raises(WrongPath, match=r"there is no job directory '.*/no'"):
        JobFolder(tmp_path / "no")
