"""Links to what many tasks read: one file with many names, and always a right one."""

import errno
import os
import shutil
from pathlib import Path

import pytest

from flowlab.worker.links import _MOST, Links
from flowlab.worker.messages import HandedBack
from tests.worker.workshop import batch, job


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


def put_for_a_while(links, source, target):
    number = put(links, source, target)
    target.unlink()
    return number


def test_from_the_second_task_on_it_is_one_file(links, tmp_path):
    _, *others = (put_for_a_while(links, "/x", tmp_path / name) for name in "abcd")
    assert len(set(others)) == 1
    assert put(links, "/y", tmp_path / "y") not in others
    assert len(kept(tmp_path)) == 1


def test_two_links_of_one_task_are_two_files(links, tmp_path):
    """Else a program that renames the one to the other would do nothing."""
    for name in "abc":
        put_for_a_while(links, "/x", tmp_path / name)
    assert put(links, "/x", tmp_path / "d") != put(links, "/x", tmp_path / "e")


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
    put_for_a_while(links, "/x", tmp_path / "a")
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


def _remove(path):
    path.unlink()


def _overwrite(path):
    path.unlink()
    path.write_text("wrong")


def _mislead(path):
    path.unlink()
    path.symlink_to("/wrong")


def _block(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("harm", [_remove, _overwrite, _mislead, _block])
def test_a_task_that_harms_what_is_kept_harms_nobody(links, tmp_path, harm):
    for name in "ab":
        put_for_a_while(links, "/x", tmp_path / name)
    (path,) = kept(tmp_path)
    harm(path)
    put_for_a_while(links, "/x", tmp_path / "c")
    links.clear()
    put_for_a_while(links, "/x", tmp_path / "d")
    put_for_a_while(links, "/x", tmp_path / "e")


def test_nor_does_one_that_removes_the_place(links, tmp_path):
    for name in "ab":
        put_for_a_while(links, "/x", tmp_path / name)
    shutil.rmtree(tmp_path / "kept")
    put(links, "/x", tmp_path / "c")
    links.clear()


def test_what_is_in_the_way_is_said_as_ever(links, tmp_path):
    for _ in range(3):
        with pytest.raises(FileExistsError):
            links.put("/x", str(tmp_path))
    assert os.path.isdir(tmp_path)


def test_an_engine_at_rest_keeps_none(shop):
    home = shop.loop._stage.sandbox.home

    def call(ctx):
        ctx.lay("/x", "x")
        return os.lstat("x").st_ino, len(list((home / "links").glob("*")))

    shop.loop._memory._functions["call"], shop.loop._memory._pickled["call"] = call, b"-"
    sheet = shop.run(batch([job(n, function="call", publish=True) for n in range(1, 5)]))
    files, found = zip(*(shop.value(sheet, n) for n in range(1, 5)), strict=True)
    assert (len(set(files)), found) == (2, (0, 1, 1, 1))
    assert list(home.glob("links/*")) == []
    assert list(Path(shop.loop._stage.sandbox.path).iterdir()) == []


def test_nor_one_whose_tasks_were_taken_between_two_slices(shop):
    home = shop.loop._stage.sandbox.home

    def call(ctx):
        ctx.lay("/x", "x")
        return 0

    shop.loop._memory._functions["call"], shop.loop._memory._pickled["call"] = call, b"-"
    shop.loop.accept(batch([job(n, function="call") for n in range(1, 6)]))
    for _ in range(3):
        assert shop.loop.run_slice(0.0)
    assert len(list(home.glob("links/*"))) == 1
    shop.loop.accept(HandedBack())
    assert not shop.loop.run_slice(0.0)
    assert list(home.glob("links/*")) == []
