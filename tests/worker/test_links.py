"""Links to what many tasks read: one file with many names, and always a right one."""

import errno
import os
from pathlib import Path

import pytest

from flowlab.worker.links import _MOST, Links
from tests.worker.workshop import batch, inline, job, object_id


@pytest.fixture
def links(tmp_path):
    return Links(tmp_path / "kept")


def put(links, source, target):
    """The file that the link is; it leads to its source."""
    links.put(str(source), str(target))
    assert os.readlink(target) == str(source)
    return os.lstat(target).st_ino


def kept(tmp_path):
    return sorted((tmp_path / "kept").glob("*"))


def test_from_the_second_time_on_it_is_one_file_with_many_names(links, tmp_path):
    first, *others = (put(links, "/x", tmp_path / name) for name in "abcd")
    assert len(set(others)) == 1
    assert first not in others
    assert put(links, "/y", tmp_path / "y") not in {first, *others}
    assert len(kept(tmp_path)) == 1


def test_what_is_read_once_leaves_nothing_behind(links, tmp_path):
    for number in range(3 * _MOST):
        put(links, f"/{number}", tmp_path / str(number))
    assert kept(tmp_path) == []


def test_it_keeps_no_more_than_it_may(links, tmp_path):
    for number in range(2 * _MOST):
        put(links, f"/{number}", tmp_path / f"{number}-a")
        put(links, f"/{number}", tmp_path / f"{number}-b")
        assert len(kept(tmp_path)) <= _MOST


def test_who_has_a_link_keeps_it(links, tmp_path):
    put(links, "/x", tmp_path / "a")
    number = put(links, "/x", tmp_path / "b")
    links.clear()
    assert kept(tmp_path) == []
    assert os.lstat(tmp_path / "b").st_ino == number
    assert put(links, "/x", tmp_path / "c") != number
    links.clear()


@pytest.mark.parametrize("code", [errno.EPERM, errno.EXDEV, errno.EMLINK])
def test_where_a_link_can_have_no_other_name_it_is_a_link_all_the_same(
    links, tmp_path, monkeypatch, code
):
    def refuse(*_, **__):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "link", refuse)
    assert len({put(links, "/x", tmp_path / name) for name in "abc"}) == 3


def test_a_task_that_removes_what_is_kept_harms_nobody(links, tmp_path):
    put(links, "/x", tmp_path / "a")
    put(links, "/x", tmp_path / "b")
    for path in kept(tmp_path):
        path.unlink()
    put(links, "/x", tmp_path / "c")
    (tmp_path / "kept").rmdir()
    put(links, "/x", tmp_path / "d")
    links.clear()


def test_what_is_in_the_way_is_said_as_ever(links, tmp_path):
    for _ in range(3):
        with pytest.raises(FileExistsError):
            links.put("/x", str(tmp_path))
    assert os.path.isdir(tmp_path)


def test_an_engine_at_rest_keeps_none(shop):
    home = shop.loop._stage.sandbox.home

    def call(ctx):
        ctx.inputs[0].lay("/x", "x")
        return os.lstat("x").st_ino, len(list((home / "links").glob("*")))

    shop.loop._memory._functions["call"], shop.loop._memory._pickled["call"] = call, b"-"
    jobs = [job(n, inputs=[object_id(1)], function="call", publish=True) for n in range(1, 5)]
    sheet = shop.run(batch(jobs, values={object_id(1): inline(1)}))
    files, found = zip(*(shop.value(sheet, n) for n in range(1, 5)), strict=True)
    assert (len(set(files)), found) == (2, (0, 1, 1, 1))
    assert list(home.glob("links/*")) == []
    assert list(Path(shop.loop._stage.sandbox.path).iterdir()) == []
